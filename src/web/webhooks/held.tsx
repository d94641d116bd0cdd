import { restsUntil } from '../../core/health.ts';
import { usualResume, WAITING_COUNTED } from '../../core/switch.ts';
import type { WebhookStatus } from '../../core/webhooks.ts';
import { gatheredForZap } from '../../core/zap-life.ts';
import type { Lane, Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { formatSpan, Span, Time } from '../time.tsx';
import { useView, useWords } from '../view.tsx';
import { amounts, waitingAmount } from './amounts.ts';
import { heldWords } from './held-words.ts';
import { Live, livePages, markOf } from './part.tsx';
import { Choices, Resume } from './resume.tsx';
import { useErrorText } from './sentences.ts';
import { webhookPath } from './the-webhook.ts';

/** What holds the webhook up. */
export interface HeldData {
  /** How its last delivery failed. */
  lastError: Lane['error'] | null;
  /** With how many messages it goes on once its Zap is on again. */
  gathered: number;
}

export async function loadHeld(
  { store: { read }, clock }: WebContext,
  webhook: Webhook,
): Promise<HeldData> {
  const nothing: HeldData = { lastError: null, gathered: 0 };
  if (webhook.disabledReason === 'unsubscribed') {
    const gathered = await gatheredForZap(read, webhook, clock.now(), WAITING_COUNTED);
    return { ...nothing, gathered };
  }
  if (webhook.disabledReason === 'errors') {
    const [email] = await read.outbox.ofWebhook(webhook.id);
    return { ...nothing, lastError: email?.facts.lastError ?? null };
  }
  if (!webhook.enabled || webhook.health.consecutiveErrors === 0) return nothing;
  const activities = await read.history.activities(webhook.id);
  const failed = activities.find(({ action, chatId }) => action === 'failed' && chatId !== null);
  const lane = failed && (await read.lanes.get(webhook.id, failed.chatId as number));
  return { ...nothing, lastError: lane?.error || null };
}

interface HeldProps {
  webhook: Webhook;
  status: WebhookStatus;
  data: HeldData;
}

/** Why nothing is sent at the moment, and how it goes on; nothing where the webhook delivers. */
export function Held(props: HeldProps) {
  const { webhook } = props;
  const { now } = useView();
  return (
    <Live id="held" path={`${webhookPath(webhook)}/held`} mark={heldMark(props, now)}>
      {!webhook.enabled && (
        <article class={`held ${webhook.disabledReason === 'errors' ? 'bad' : ''}`}>
          {webhook.disabledReason === 'unsubscribed' ? <ZapOff {...props} /> : <Off {...props} />}
        </article>
      )}
      {webhook.enabled && webhook.health.consecutiveErrors > 0 && (
        <article class="held warn">
          <Retrying {...props} />
        </article>
      )}
    </Live>
  );
}

function heldMark({ webhook, status, data }: HeldProps, now: number): string {
  const { enabled, disabledReason, disabledAt, health } = webhook;
  if (!enabled) return markOf(disabledReason, disabledAt, status.waiting, data);
  if (health.consecutiveErrors === 0) return markOf();
  return markOf(health, formatSpan(nextTry(webhook, status, now) - now, 'en'), data);
}

/** Unix milliseconds; `now` or before where it is under way. */
const nextTry = ({ health }: Webhook, { nextAttemptAt }: WebhookStatus, now: number): number =>
  nextAttemptAt ?? restsUntil(health, now);

function Off({ webhook, status: { waiting }, data }: HeldProps) {
  const text = useWords(heldWords);
  const amount = waitingAmount(waiting, useWords(amounts));
  const isByErrors = webhook.disabledReason === 'errors';
  return (
    <>
      <h2>{isByErrors ? text.offAfter(webhook.health.consecutiveErrors) : text.offByYou}</h2>
      <dl class="facts">
        <Since webhook={webhook} />
        <LastError error={data.lastError} />
        <dt>{text.held}</dt>
        <dd>{amount}</dd>
      </dl>
      {isByErrors && <p>{text.repairFirst}</p>}
      {waiting === 0 ? (
        <Resume webhook={webhook} from={usualResume(webhook)} label={text.switchOn} />
      ) : (
        <Choices webhook={webhook} waiting={waiting} />
      )}
    </>
  );
}

function ZapOff({ webhook, data: { gathered } }: HeldProps) {
  const text = useWords(heldWords);
  const amount = waitingAmount(gathered, useWords(amounts));
  return (
    <>
      <h2>{text.zapOff}</h2>
      <dl class="facts">
        <Since webhook={webhook} />
        <dt>{text.held}</dt>
        <dd>{amount}</dd>
      </dl>
      <p>{text.zapOffNext}</p>
      <p class="hint">{text.zapOffRule}</p>
    </>
  );
}

function Retrying({ webhook, status, data }: HeldProps) {
  const text = useWords(heldWords);
  const { now } = useView();
  const { health } = webhook;
  const isPausing = restsUntil(health, now) > now;
  const next = nextTry(webhook, status, now);
  return (
    <>
      <h2>{text.retrying}</h2>
      <dl class="facts">
        <dt>{text.nextTry}</dt>
        <dd>{next > now ? <Span at={next} /> : text.rightNow}</dd>
        <LastError error={data.lastError} />
        <dt>{text.errors}</dt>
        <dd>{text.errorsOf(health.consecutiveErrors)}</dd>
      </dl>
      {isPausing && (
        <Resume webhook={webhook} from="where_it_stopped" label={text.tryNow} hint={text.tryHint} />
      )}
    </>
  );
}

function Since({ webhook: { disabledAt } }: Pick<HeldProps, 'webhook'>) {
  const { since } = useWords(heldWords);
  if (disabledAt === null) return null;
  return (
    <>
      <dt>{since}</dt>
      <dd>
        <Time at={disabledAt} />
      </dd>
    </>
  );
}

function LastError({ error }: { error: HeldData['lastError'] }) {
  const errorText = useErrorText();
  const { lastError } = useWords(heldWords);
  if (error === null) return null;
  return (
    <>
      <dt>{lastError}</dt>
      <dd dir="auto">{errorText(error)}</dd>
    </>
  );
}

export function heldPages(pages: Pages, context: WebContext): void {
  const { webhooks, clock } = context;

  livePages(pages, context, 'held', async (webhook) => {
    const props = {
      webhook,
      status: await webhooks.status(webhook),
      data: await loadHeld(context, webhook),
    };
    return { mark: heldMark(props, clock.now()), part: <Held {...props} /> };
  });
}
