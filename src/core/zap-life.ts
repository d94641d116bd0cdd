import { randomUUID } from 'node:crypto';
import type { Gap, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import type { NewWebhook } from '../wire/webhook.ts';
import { type NewFacts, note } from './activity.ts';
import { HEALTHY } from './health.ts';
import { changeSettings } from './settings.ts';

// Zapier unsubscribes whenever a Zap is switched off, and subscribes whenever it is switched on or
// published after an edit; it never says why, and either call may get lost or come late. So a webhook
// outlives the unsubscription, dormant, and the next subscription of the same Zap adopts it.

/** A Zap that was off for less was only being edited: what came in meanwhile is caught up on. */
const CAUGHT_UP_MS = 15 * 60_000;
/** What a Zap had gathered is counted up to here: counting reads it all. */
const GATHERED_COUNTED = 1000;
/** Zapier is to have had the answer to its subscription before it gets the first delivery. */
const SETTLES_MS = 3000;
/** A 410 so early may only mean that Zapier has not got there yet: it is an error like any other. */
const NEW_FOR_MS = 60_000;

/**
 * The stretch of the log that a webhook now switched on again leaves out; null where it goes on without a
 * gap. Switched off by errors it leaves out nothing: what was accepted is delivered once the receiver works.
 * @param position the place in the log that was given last
 */
export function gapOf(
  webhook: Pick<Webhook, 'enabled' | 'disabledReason' | 'disabledAt' | 'disabledPosition'>,
  now: number,
  position: number,
): Gap | null {
  const { enabled, disabledReason, disabledAt, disabledPosition } = webhook;
  if (enabled || disabledReason === 'errors') return null;
  if (disabledAt === null || disabledPosition === null) return null;
  if (now - disabledAt < CAUGHT_UP_MS) return null;
  return { after: disabledPosition, upTo: position };
}

/** What a subscription that begins now sets on its webhook. */
export const subscribed = (now: number) => ({
  subscription: `sub_${randomUUID()}`,
  subscribedAt: now,
  health: { ...HEALTHY, pausedUntil: now + SETTLES_MS },
});

/** Whether a 410 means that the Zap is off or gone: its unsubscription has got lost. */
export function isZapGone(
  { source, subscribedAt }: Pick<Webhook, 'source' | 'subscribedAt'>,
  status: number | undefined,
  startedAt: number,
): boolean {
  return source === 'zapier' && status === 410 && startedAt - (subscribedAt ?? 0) >= NEW_FOR_MS;
}

/** The webhook takes the settings of its Zap's new subscription and goes on with what it had gathered. */
export async function adopt(
  tx: Repositories,
  webhook: Webhook,
  { target_url, granularity_hours, filters }: NewWebhook,
  now: number,
): Promise<Webhook> {
  const gap = gapOf(webhook, now, await tx.messages.position());
  const settings = { target_url, granularity_hours, filters };
  const next = await changeSettings(tx, webhook, settings, now);
  await tx.actions.add(webhook.id, { kind: 'resume' });
  await tx.outbox.cancel(webhook.id);
  const adopted = await tx.webhooks.change(next, {
    enabled: true,
    disabledReason: null,
    disabledAt: null,
    disabledPosition: null,
    gaps: await gapsStillMet(tx, webhook, gap),
    ...subscribed(now),
  });
  await note(tx, webhook.id, now, await zapOn(tx, adopted, gap));
  return adopted;
}

/** With how many messages, counted up to `atMost`, the webhook goes on should its Zap be switched on now. */
export async function gatheredForZap(
  read: Repositories,
  webhook: Webhook,
  now: number,
  atMost: number,
): Promise<number> {
  const gap = gapOf(webhook, now, await read.messages.position());
  const gaps = [...webhook.gaps, ...(gap ? [gap] : [])];
  return read.lanes.waiting({ ...webhook, gaps }, atMost);
}

/** A Zap has one trigger: should it have had the other before, that is over. */
export async function endOtherTrigger(
  tx: Repositories,
  { workspaceId, zapId, granularityHours }: Webhook,
  now: number,
): Promise<Webhook | null> {
  if (zapId === null) return null;
  const shape = granularityHours === 0 ? 'bundle' : 'single';
  const other = await tx.webhooks.ofZap(workspaceId, zapId, shape);
  if (!other?.enabled) return null;
  return unsubscribe(tx, other, now, 'zap_has_other_trigger');
}

/** A gap matters as long as a lane may still have to pass it, or a delivery that was set aside lies over it. */
async function gapsStillMet(tx: Repositories, webhook: Webhook, gap: Gap | null): Promise<Gap[]> {
  const gaps = [...webhook.gaps, ...(gap ? [gap] : [])];
  const lane = await tx.lanes.firstPosition(webhook.id);
  const parked = await tx.parked.firstPosition(webhook.id);
  const first = Math.min(lane ?? Number.POSITIVE_INFINITY, parked ?? Number.POSITIVE_INFINITY);
  return gaps.filter(({ upTo }) => upTo >= first);
}

async function zapOn(tx: Repositories, webhook: Webhook, gap: Gap | null): Promise<NewFacts> {
  const waiting = await tx.lanes.waiting(webhook, GATHERED_COUNTED);
  const orMore = waiting === GATHERED_COUNTED;
  return { kind: 'zap_on', waiting, orMore, leavesOut: gap !== null };
}

/**
 * The Zap is off, or gone: the webhook and what it has gathered stay as they are, for a while. One that was
 * off already may have a gap behind it, which is kept.
 */
export async function unsubscribe(
  tx: Repositories,
  webhook: Webhook,
  now: number,
  why: 'zap_off' | 'zap_has_other_trigger',
): Promise<Webhook> {
  if (webhook.disabledReason === 'unsubscribed') return webhook;
  const position = await tx.messages.position();
  const gap = gapOf(webhook, now, position);
  await note(tx, webhook.id, now, { kind: why });
  return tx.webhooks.change(webhook, {
    enabled: false,
    disabledReason: 'unsubscribed',
    disabledAt: now,
    disabledPosition: position,
    ...(gap && { gaps: [...webhook.gaps, gap] }),
  });
}
