import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { formatSpan } from '../time.tsx';
import { useView } from '../view.tsx';
import { WebhookFacts } from './list.tsx';
import { Live, livePages, markOf } from './part.tsx';
import { statusOf } from './status.ts';
import { StatusBadge } from './status-badge.tsx';
import { webhookPath } from './the-webhook.ts';

interface DoingProps {
  webhook: Webhook;
  status: WebhookStatus;
}

/** How the webhook is doing. Its badge stands elsewhere, and is kept up to date with it. */
export function Doing(props: DoingProps) {
  const { webhook } = props;
  const { now } = useView();
  return (
    <Live id="doing" path={`${webhookPath(webhook)}/doing`} mark={doingMark(props, now)}>
      <article>
        <WebhookFacts {...props} />
      </article>
    </Live>
  );
}

function doingMark({ webhook, status }: DoingProps, now: number): string {
  const { lastSuccessAt, granularityHours } = webhook;
  const judged = statusOf(webhook, status, now);
  const spans = [lastSuccessAt, 'next' in judged ? judged.next : null].map(
    (at) => at !== null && formatSpan(at - now, 'en'),
  );
  return markOf(judged.kind, spans, status.waiting, granularityHours);
}

export const DoingBadge = (props: DoingProps) => (
  <div id="doing-badge">
    <StatusBadge {...props} />
  </div>
);

export function doingPages(pages: Pages, context: WebContext): void {
  const { webhooks, clock } = context;

  livePages(pages, context, 'doing', async (webhook) => {
    const props = { webhook, status: await webhooks.status(webhook) };
    const part = (
      <>
        <Doing {...props} />
        <div id="doing-badge" hx-swap-oob="innerHTML">
          <StatusBadge {...props} />
        </div>
      </>
    );
    return { mark: doingMark(props, clock.now()), part };
  });
}
