import type { Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { note } from './activity.ts';
import { HEALTHY } from './health.ts';

/** Messages that wait are counted up to here: counting reads them all. */
export const WAITING_COUNTED = 10_000;

/** With what a webhook goes on that is switched on again. */
export type ResumeFrom = 'where_it_stopped' | 'now';

/** After errors nothing is left out; one that its owner had switched off begins anew. */
export const usualResume = ({ disabledReason }: Pick<Webhook, 'disabledReason'>): ResumeFrom =>
  disabledReason === 'errors' ? 'where_it_stopped' : 'now';

/** Switches a webhook on, or ends its pause, and clears its errors. */
export async function enable(
  tx: Repositories,
  webhook: Webhook,
  from: ResumeFrom,
  now: number,
): Promise<Webhook> {
  await tx.outbox.cancel(webhook.id);
  if (from === 'where_it_stopped') {
    await tx.actions.add(webhook.id, { kind: 'resume' });
    await note(tx, webhook.id, now, { kind: webhook.enabled ? 'resumed' : 'on_where_it_stopped' });
  } else {
    const leftOut = await tx.lanes.waiting(webhook, WAITING_COUNTED);
    await tx.actions.add(webhook.id, { kind: 'start_anew', after: await tx.messages.position() });
    await note(tx, webhook.id, now, { kind: 'on_from_now', leftOut });
  }
  const change = {
    enabled: true,
    disabledReason: null,
    disabledAt: null,
    disabledPosition: null,
    health: HEALTHY,
  };
  return tx.webhooks.change(webhook, change);
}

/** The owner switches a webhook off. */
export async function disable(tx: Repositories, webhook: Webhook, now: number): Promise<Webhook> {
  await note(tx, webhook.id, now, { kind: 'off_by_hand' });
  return tx.webhooks.change(webhook, {
    enabled: false,
    disabledReason: 'owner',
    disabledAt: now,
    disabledPosition: await tx.messages.position(),
  });
}
