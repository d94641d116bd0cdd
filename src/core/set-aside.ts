import type { Lane, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { note } from './activity.ts';
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
  if (!seal || !error) throw new Error('Only what has failed can be set aside');
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
  const chatName = found?.chat.fullName ?? '';
  await note(tx, webhook.id, now, { kind: 'set_aside', chatName, attempts, error }, chatId);
}
