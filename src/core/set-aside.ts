import type { Lane, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { count, note } from './activity.ts';
import { laneBehind } from './head.ts';
import { replaceLane } from './settle.ts';

/** Sets the lane's sealed head aside: it is listed among the parked deliveries, and its chat goes on. */
export async function park(
  tx: Repositories,
  webhook: Webhook,
  lane: Lane,
  now: number,
): Promise<void> {
  const { seal, chatId, attempts, error } = lane;
  if (!seal) throw new Error('Only what has been written down can be set aside');
  await tx.parked.add({
    webhookId: webhook.id,
    chatId,
    firstSeq: lane.nextSeq,
    ...seal,
    parkedAt: now,
    attempts,
    error,
  });
  await replaceLane(tx, lane, await laneBehind(tx, webhook, lane));
  const found = await tx.chats.get(webhook.workspaceId, chatId);
  const of = found?.chat.fullName ? ` of ${found.chat.fullName}` : '';
  const detail = `Set a delivery${of} aside after ${count(attempts, 'attempt')} (${error}); its chat goes on`;
  await note(tx, webhook.id, now, 'parked', detail, chatId);
}
