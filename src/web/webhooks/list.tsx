import type { ComponentChildren } from 'preact';
import { WAITING_COUNTED } from '../../core/switch.ts';
import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import { EstimateLink } from '../estimate/link.tsx';
import { Page } from '../page.tsx';
import { Span } from '../time.tsx';
import { Empty } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';
import { hostOf, titleOf } from './names.ts';
import { StatusBadge } from './status-badge.tsx';
import type { Unsent } from './unsent.ts';
import { UnsentNotice } from './unsent-notice.tsx';
import { words } from './words.ts';

export interface ListedWebhook {
  webhook: Webhook;
  status: WebhookStatus;
  unsent: Unsent | null;
}

/** All webhooks of the workspace, each with how it is doing. */
export function ListPage({ listed }: { listed: ListedWebhook[] }) {
  const text = useWords(words);
  const href = useHref();
  return (
    <Page title={text.title} section="webhooks">
      <div class="heading">
        <h1>{text.title}</h1>
        {listed.length > 0 && (
          <a class="button" href={href('/webhooks/new')}>
            {text.add}
          </a>
        )}
      </div>
      <p>{text.intro}</p>
      {listed.length === 0 ? (
        <NoWebhook />
      ) : (
        <ul class="cards">
          {listed.map((one) => (
            <WebhookCard key={one.webhook.id} {...one} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function NoWebhook() {
  const text = useWords(words);
  const href = useHref();
  return (
    <Empty title={text.none}>
      <p>{text.noneText}</p>
      <ul class="cards ways">
        <li class="card">
          <h3>{text.viaZapier}</h3>
          <p>{text.viaZapierText}</p>
          <a class="button" href={href('/zapier')}>
            {text.viaZapierAction}
          </a>
        </li>
        <li class="card">
          <h3>{text.byHand}</h3>
          <p>{text.byHandText}</p>
          <a class="button" href={href('/webhooks/new')}>
            {text.byHandAction}
          </a>
        </li>
      </ul>
      <EstimateLink />
    </Empty>
  );
}

function WebhookCard({ webhook, status, unsent }: ListedWebhook) {
  const href = useHref();
  return (
    <li class="card">
      <div class="heading">
        <h2 dir="auto">
          <a href={href(`/webhooks/${webhook.id}`)}>{titleOf(webhook)}</a>
        </h2>
        <StatusBadge webhook={webhook} status={status} />
      </div>
      {unsent && <UnsentNotice unsent={unsent} />}
      <WebhookFacts webhook={webhook} status={status} />
    </li>
  );
}

/** Where it sends to and how often, what waits, and when it last worked. */
export function WebhookFacts({ webhook, status }: { webhook: Webhook; status: WebhookStatus }) {
  const text = useWords(words);
  const { granularityHours, lastSuccessAt, enabled, source, zapId } = webhook;
  return (
    <dl class="figures">
      <Fact label={text.sendsTo}>{hostOf(webhook)}</Fact>
      {source === 'zapier' && <Fact label={text.madeBy}>{text.byZap(zapId)}</Fact>}
      <Fact label={text.granularity}>{text.granularities[granularityHours]}</Fact>
      <Fact label={enabled ? text.waiting : text.held}>
        {text.messages(status.waiting, status.waiting >= WAITING_COUNTED)}
      </Fact>
      <Fact label={text.lastSuccess}>
        {lastSuccessAt === null ? text.never : <Span at={lastSuccessAt} />}
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
