import type { Gap, Lane, LaneAction, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { wantsChat } from './filters.ts';
import { BLAMELESS } from './parking.ts';
import { park } from './set-aside.ts';
import { dueAt, laneAfter } from './window.ts';

// What people ask of the lanes of a webhook: to be closed now, to go on at once, to start anew. There
// may be a million, so it is written down when it is asked, and its owner carries it out in chunks, while
// nothing of the webhook is under way: never a race with a delivery, never a long transaction, and a crash
// in the middle goes on where it was.

/** Lanes a transaction. */
const CHUNK = 500;

/**
 * Does the next chunk of the oldest thing asked of the webhook's lanes.
 * @param webhook null where it has been removed
 * @returns whether there may be more to do
 */
export async function carryOutChunk(
  tx: Repositories,
  webhookId: number,
  webhook: Webhook | null,
  now: number,
): Promise<boolean> {
  const [next] = await tx.actions.pending(webhookId);
  if (!next) return false;
  const { id, action, position } = next;
  const last = await chunk(tx, webhookId, webhook, action, position, now);
  if (last === null) await tx.actions.done(id);
  else await tx.actions.advance(id, last);
  return true;
}

/** @returns the last chat done, or null where no more are left */
async function chunk(
  tx: Repositories,
  webhookId: number,
  webhook: Webhook | null,
  action: LaneAction,
  position: number,
  now: number,
): Promise<number | null> {
  if (webhook && action.kind === 'replay') return replayChunk(tx, webhook, action.from, position);
  if (webhook && action.kind === 'park') {
    const lane = await tx.lanes.get(webhookId, action.chatId);
    if (lane?.seal && lane.error) await park(tx, webhook, lane, now);
    return null;
  }
  const lanes = await tx.lanes.page(webhookId, position, CHUNK);
  const changed = webhook ? await changedLanes(tx, webhook, lanes, action, now) : [];
  await tx.lanes.save(
    ...(changed.filter((lane, i) => lane !== null && lane !== lanes[i]) as Lane[]),
  );
  await tx.lanes.remove(...lanes.filter((_, i) => !changed[i]));
  return lanes.length < CHUNK ? null : (lanes.at(-1) as Lane).chatId;
}

/** The lanes as the action leaves them; null where nothing is left in one. */
async function changedLanes(
  tx: Repositories,
  webhook: Webhook,
  lanes: readonly Lane[],
  action: LaneAction,
  now: number,
): Promise<(Lane | null)[]> {
  switch (action.kind) {
    case 'flush':
      return lanes.map((lane) =>
        lane.seal || lane.openedAt > action.at ? lane : dueBy(lane, now),
      );
    case 'resume':
      // Its pauses begin anew, as those of its webhook do; what speaks against its payload still does.
      return lanes.map((lane) => (lane.seal ? { ...dueBy(lane, now), attempts: 0 } : lane));
    case 'reschedule':
      return lanes.map((lane) => rescheduled(webhook, lane, action));
    case 'start_anew': {
      const ranges = lanes.map(({ chatId, nextSeq: fromSeq }) => ({
        ...{ chatId, fromSeq },
        direction: webhook.filters.direction ?? null,
        gaps: [...webhook.gaps, leftOut(action)],
      }));
      const firsts = await tx.messages.firsts(ranges);
      return lanes.map((lane, i) => {
        const next = firsts[i] ?? null;
        return next?.seq === lane.nextSeq ? lane : laneAfter(lane, next, webhook);
      });
    }
    case 'remove':
      return lanes.map(() => null);
    default:
      return [...lanes];
  }
}

/** What a webhook that starts anew leaves out. */
export const leftOut = ({ after }: Extract<LaneAction, { kind: 'start_anew' }>): Gap => ({
  after: 0,
  upTo: after,
});

const dueBy = (lane: Lane, now: number): Lane =>
  lane.dueAt > now ? { ...lane, dueAt: now } : lane;

/** Heads may have been under way as singles when the program died: they are repeated as what they were. */
function rescheduled(
  webhook: Webhook,
  lane: Lane,
  { singles }: Extract<LaneAction, { kind: 'reschedule' }>,
): Lane {
  if (lane.seal) return lane;
  if (singles && lane.openedAt <= singles.openedBy) {
    const { direction } = singles;
    return { ...lane, seal: { lastSeq: lane.nextSeq, shape: 'single', direction } };
  }
  return { ...lane, dueAt: dueAt(lane.openedAt, webhook, lane.draining) };
}

/** Moves the cursors back to the first message since then; what that covers is no longer set aside. */
async function replayChunk(
  tx: Repositories,
  webhook: Webhook,
  from: number,
  position: number,
): Promise<number | null> {
  const found = await tx.chats.after(webhook.workspaceId, position, CHUNK);
  for (const { chat, account } of found) {
    if (!wantsChat(webhook.filters, chat, account)) continue;
    const direction = webhook.filters.direction ?? null;
    const range = { chatId: chat.id, fromSeq: 1, direction };
    const first = await tx.messages.firstReceivedSince(range, from);
    if (!first) continue;
    await tx.parked.removeCovered(webhook.id, chat.id, first.seq, direction);
    const lane = await tx.lanes.get(webhook.id, chat.id);
    if (lane && lane.nextSeq <= first.seq && !lane.seal) continue;
    if (lane?.seal && lane.seal.lastSeq < first.seq) continue;
    const goesOn = lane && lane.nextSeq <= first.seq;
    const draining = chat.redirectTo !== null;
    const openedAt = goesOn ? lane.openedAt : first.receivedAt;
    await tx.lanes.put({
      webhookId: webhook.id,
      chatId: chat.id,
      nextSeq: goesOn ? lane.nextSeq : first.seq,
      openedAt,
      dueAt: dueAt(openedAt, webhook, draining),
      attempts: 0,
      blame: BLAMELESS,
      error: null,
      seal: null,
      draining,
    });
  }
  return found.length < CHUNK ? null : (found.at(-1)?.chat.id as number);
}
