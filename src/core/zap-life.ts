import type { Gap, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import type { NewWebhook } from '../wire/webhook.ts';
import { count, note } from './activity.ts';
import { HEALTHY } from './health.ts';
import { changeSettings } from './settings.ts';

// Zapier unsubscribes whenever a Zap is switched off, and subscribes whenever it is switched on or
// published after an edit; it never says why, and either call may get lost or come late. So a webhook
// outlives the unsubscription, dormant, and the next subscription of the same Zap adopts it.

/** A Zap that was off for less was only being edited: what came in meanwhile is caught up on. */
const CAUGHT_UP_MS = 15 * 60_000;

/**
 * The time that a webhook now switched on again leaves out; null where it goes on without a gap. Switched
 * off by errors it leaves out nothing: what was accepted is delivered once the receiver works.
 */
export function gapOf(
  {
    enabled,
    disabledReason,
    disabledAt,
  }: Pick<Webhook, 'enabled' | 'disabledReason' | 'disabledAt'>,
  now: number,
): Gap | null {
  if (enabled || disabledReason === 'errors' || disabledAt === null) return null;
  return now - disabledAt < CAUGHT_UP_MS ? null : { from: disabledAt, to: now };
}

/** The webhook takes the settings of its Zap's new subscription and goes on with what it had gathered. */
export async function adopt(
  tx: Repositories,
  webhook: Webhook,
  given: Pick<NewWebhook, 'target_url' | 'granularity_hours' | 'filters'>,
  now: number,
): Promise<Webhook> {
  const gap = gapOf(webhook, now);
  const next = await changeSettings(tx, webhook, given, now);
  await tx.lanes.endPauses(webhook.id, now);
  const adopted = await tx.webhooks.change(next, {
    enabled: true,
    disabledReason: null,
    disabledAt: null,
    health: HEALTHY,
    subscription: webhook.subscription + 1,
    gaps: await gapsStillMet(tx, webhook, gap),
  });
  await note(tx, webhook.id, now, 'enabled', await adoptedDetail(tx, adopted, gap));
  return adopted;
}

/** A gap matters as long as a lane may still have to pass it. */
async function gapsStillMet(tx: Repositories, webhook: Webhook, gap: Gap | null): Promise<Gap[]> {
  const gaps = [...webhook.gaps, ...(gap ? [gap] : [])];
  const oldest = await tx.lanes.oldest(webhook.id);
  return oldest === null ? [] : gaps.filter(({ to }) => to > oldest);
}

async function adoptedDetail(tx: Repositories, webhook: Webhook, gap: Gap | null): Promise<string> {
  const waiting = await tx.lanes.waiting(webhook, 1000);
  const many = waiting === 1000 ? '1,000 or more messages' : count(waiting, 'message');
  const rest = gap ? '; what came in while it was off is left out' : '';
  return `The Zap was switched on, going on with ${many} gathered before${rest}`;
}

/**
 * The Zap is off, or gone: the webhook and what it has gathered stay as they are, for a while. One that was
 * off already may have a gap behind it, which is kept.
 */
export async function unsubscribe(
  tx: Repositories,
  webhook: Webhook,
  now: number,
  detail: string,
): Promise<Webhook> {
  if (webhook.disabledReason === 'unsubscribed') return webhook;
  const gap = gapOf(webhook, now);
  await note(tx, webhook.id, now, 'disabled', detail);
  return tx.webhooks.change(webhook, {
    enabled: false,
    disabledReason: 'unsubscribed',
    disabledAt: now,
    ...(gap && { gaps: [...webhook.gaps, gap] }),
  });
}
