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
  const { seal, chatId, error } = lane;
  if (!seal || !error) throw new Error('Only what has failed can be set aside');
  // A lane that was asked to go on at once counts its pauses anew; what it is blamed for it still did.
  const attempts = Math.max(1, lane.attempts, lane.blame.attempts);
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
