import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ManagedByZapError } from '../../core/errors.ts';
import { restsUntil } from '../../core/health.ts';
import { type ResumeFrom, usualResume, WAITING_COUNTED } from '../../core/switch.ts';
import type { WebhookStatus } from '../../core/webhooks.ts';
import { gatheredForZap } from '../../core/zap-life.ts';
import type { Lane, UnsentReason, Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { readForm } from '../forms.ts';
import { languageOf } from '../reader.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Span, Time } from '../time.tsx';
import { Form } from '../ui.tsx';
import { useHref, useView, useWords } from '../view.tsx';
import { amounts, waitingAmount } from './amounts.ts';
import { heldWords } from './held-words.ts';
import { hasSeen, Live, markOf } from './part.tsx';
import { errorText } from './sentences.ts';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

/** What holds the webhook up. */
export interface HeldData {
  /** How its last delivery failed. */
  lastError: Lane['error'] | null;
  /** Why its owner has got no e-mail about it. */
  unsent: UnsentReason | null;
  /** With how many messages it goes on once its Zap is on again. */
  gathered: number;
}

export async function loadHeld(
  { store: { read }, clock }: WebContext,
  webhook: Webhook,
): Promise<HeldData> {
  const nothing: HeldData = { lastError: null, unsent: null, gathered: 0 };
  if (webhook.disabledReason === 'unsubscribed') {
    const gathered = await gatheredForZap(read, webhook, clock.now(), WAITING_COUNTED);
    return { ...nothing, gathered };
  }
  if (webhook.disabledReason === 'errors') {
    const [email] = await read.outbox.ofWebhook(webhook.id);
    const unsent = email?.state === 'unsent' ? email.reason : null;
    return { ...nothing, lastError: email?.facts.lastError ?? null, unsent };
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
  return (
    <Live id="held" path={`${webhookPath(webhook)}/held`} mark={heldMark(webhook)}>
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

const heldMark = ({ enabled, disabledReason, disabledAt, health }: Webhook) =>
  markOf(enabled, disabledReason, disabledAt, health.consecutiveErrors, health.pausedUntil);

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
      {data.unsent && <Unsent reason={data.unsent} />}
      {waiting === 0 ? (
        <Resume webhook={webhook} from={usualResume(webhook)} label={text.switchOn} />
      ) : (
        <Choices webhook={webhook} waiting={waiting} />
      )}
    </>
  );
}

function Choices({ webhook, waiting }: { webhook: Webhook; waiting: number }) {
  const text = useWords(heldWords);
  const { zapRuns, ...words } = useWords(amounts);
  const usual = usualResume(webhook);
  const cost =
    webhook.source === 'zapier' && waiting < WAITING_COUNTED
      ? text.cost(zapRuns(waiting), webhook.granularityHours === 0)
      : '';
  const choices = {
    where_it_stopped: {
      label: text.catchUp(waitingAmount(waiting, { zapRuns, ...words })),
      hint: `${text.catchUpHint} ${cost}`,
    },
    now: { label: text.fromNow, hint: text.fromNowHint },
  };
  const order: ResumeFrom[] = [usual, usual === 'now' ? 'where_it_stopped' : 'now'];
  return (
    <div class="choices">
      {order.map((from) => (
        <Resume
          key={from}
          webhook={webhook}
          from={from}
          {...choices[from]}
          isSecond={from !== usual}
        />
      ))}
    </div>
  );
}

interface ResumeProps {
  webhook: Webhook;
  from: ResumeFrom;
  label: string;
  hint?: string;
  isSecond?: boolean;
}

function Resume({ webhook, from, label, hint, isSecond }: ResumeProps) {
  return (
    <Form action={`${webhookPath(webhook)}/resume`}>
      <input type="hidden" name="from" value={from} />
      <button type="submit" class={isSecond ? 'outline' : undefined}>
        {label}
      </button>
      {hint && <p class="hint">{hint}</p>}
    </Form>
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

function Retrying({ webhook, status: { nextAttemptAt }, data }: HeldProps) {
  const text = useWords(heldWords);
  const { now } = useView();
  const { health } = webhook;
  const isPausing = restsUntil(health, now) > now;
  const next = nextAttemptAt ?? restsUntil(health, now);
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
  const { lastError } = useWords(heldWords);
  if (error === null) return null;
  return (
    <>
      <dt>{lastError}</dt>
      <dd dir="auto">{errorText(error)}</dd>
    </>
  );
}

function Unsent({ reason }: { reason: UnsentReason }) {
  const { unsent, toProfile } = useWords(heldWords);
  const href = useHref();
  return (
    <p class="notice warning">
      {unsent[reason]}
      {reason === 'no_owner_email' && (
        <>
          {' '}
          <a href={href('/profile')}>{toProfile}</a>
        </>
      )}
    </p>
  );
}

const resumeForm = z.object({ from: z.enum(['where_it_stopped', 'now']) });

export function heldPages(pages: Pages, context: WebContext): void {
  const { webhooks } = context;

  pages.get<OfWebhook>('/webhooks/:id/held', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    if (hasSeen(request, heldMark(webhook))) return reply.code(204).send();
    const [status, data] = await Promise.all([
      webhooks.status(webhook),
      loadHeld(context, webhook),
    ]);
    const part = <Held webhook={webhook} status={status} data={data} />;
    return send(context, request, reply, part);
  });

  pages.post<OfWebhook>('/webhooks/:id/resume', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const form = readForm(resumeForm, request.body);
    const path = webhookPath(webhook);
    if (!form.ok) return leadTo(context, request, reply, path);
    const notice = await resume(context, request, webhook, form.value.from);
    return leadTo(context, request, reply, path, notice);
  });
}

async function resume(
  { webhooks }: WebContext,
  request: FastifyRequest,
  webhook: Webhook,
  from: ResumeFrom,
) {
  const { done, zapOff } = heldWords[languageOf(request)];
  try {
    await webhooks.enable(workspaceOf(request).id, webhook.id, from);
    return { kind: 'done' as const, text: webhook.enabled ? done.trying : done[from] };
  } catch (error) {
    if (error instanceof ManagedByZapError) return { kind: 'failed' as const, text: zapOff };
    throw error;
  }
}
