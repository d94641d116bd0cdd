import { WAITING_COUNTED } from '../../core/switch.ts';
import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import { CostPanel } from '../costs/cost-panel.tsx';
import { Page } from '../page.tsx';
import { Dangerous, Form } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { ChatSearch } from './chat-choice.tsx';
import { Doing, DoingBadge } from './doing.tsx';
import { Happenings, type HappeningsData } from './happenings.tsx';
import { titleOf } from './names.ts';
import { SecretCard } from './secret-card.tsx';
import {
  FilterWords,
  SETTINGS_FORM,
  SettingsForm,
  type SettingsProps,
  ZapSettingsForm,
} from './settings-form.tsx';
import { Switch } from './switch.tsx';
import type { Unsent } from './unsent.ts';
import { UnsentNotice } from './unsent-notice.tsx';
import { words } from './words.ts';

export interface WebhookPageProps {
  webhook: Webhook;
  status: WebhookStatus;
  happenings: HappeningsData;
  unsent: Unsent | null;
  isOutOfReach: boolean;
  isSecretShown: boolean;
  settings: SettingsProps;
}

/** One webhook: how it is doing, what happened, and what may be changed. */
export function WebhookPage(props: WebhookPageProps) {
  const { webhook, status, happenings, unsent, isOutOfReach, isSecretShown, settings } = props;
  const text = useWords(words);
  const title = titleOf(webhook);
  return (
    <Page title={title} section="webhooks">
      <div class="heading">
        <h1 dir="auto">{title}</h1>
        <DoingBadge webhook={webhook} status={status} />
      </div>
      {unsent && <UnsentNotice unsent={unsent} />}
      {isOutOfReach && <p class="notice warning">{text.outOfReach}</p>}
      <Doing webhook={webhook} status={status} />
      <Happenings webhook={webhook} status={status} data={happenings} />
      <div class="beside">
        <div>
          <SettingsCard webhook={webhook} settings={settings} />
          <Switch webhook={webhook} />
        </div>
        <CostPanel webhookId={webhook.id} />
      </div>
      <SecretCard webhook={webhook} isShown={isSecretShown} />
      <DeleteCard webhook={webhook} status={status} />
    </Page>
  );
}

function SettingsCard({ webhook, settings }: Pick<WebhookPageProps, 'webhook' | 'settings'>) {
  const text = useWords(words);
  const action = `/webhooks/${webhook.id}`;
  if (webhook.source === 'zapier') {
    return (
      <article id="settings">
        <h2>{text.settings}</h2>
        <p class="soft">{text.zapsOwn}</p>
        <dl class="facts">
          <dt>{text.url}</dt>
          <dd>
            <code>{webhook.targetUrl}</code>
          </dd>
          <dt>{text.filters}</dt>
          <dd>
            <FilterWords fields={settings.fields} />
          </dd>
        </dl>
        <ZapSettingsForm action={action} {...settings} />
      </article>
    );
  }
  return (
    <article id="settings">
      <h2>{text.settings}</h2>
      <SettingsForm action={action} isNew={false} {...settings} />
      <ChatSearch action={action} settings={SETTINGS_FORM} />
    </article>
  );
}

function DeleteCard({ webhook, status }: Pick<WebhookPageProps, 'webhook' | 'status'>) {
  const text = useWords(words);
  const { id, source } = webhook;
  const isZap = source === 'zapier';
  const { waiting } = status;
  return (
    <article>
      <Dangerous title={text.remove}>
        <p>
          {text.removeText(waiting, waiting >= WAITING_COUNTED)} {isZap && text.removeZap}{' '}
          {text.removeConversations}
        </p>
        <Form action={`/webhooks/${id}/delete`}>
          <button type="submit" class="danger">
            {text.removeButton}
          </button>
        </Form>
      </Dangerous>
    </article>
  );
}

/** Where a webhook is made for one's own receiver. */
export function NewWebhookPage({ settings }: { settings: SettingsProps }) {
  const text = useWords(words);
  return (
    <Page title={text.newTitle} section="webhooks">
      <h1>{text.newTitle}</h1>
      <div class="beside">
        <article>
          <SettingsForm action="/webhooks/new" isNew={true} {...settings} />
          <ChatSearch action="/webhooks/new" settings={SETTINGS_FORM} />
        </article>
        <CostPanel webhookId={null} />
      </div>
    </Page>
  );
}
