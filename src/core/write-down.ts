import type { Lane, Webhook } from '../store/rows.ts';
import type { DueLane, Repositories, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { type Delivery, findHead, type Head, rangeBehind } from './head.ts';
import type { Site } from './render.ts';
import { park } from './set-aside.ts';
import { isSameHead, replaceLane } from './settle.ts';
import { together } from './together.ts';
import { reachesTo, windowMs } from './window.ts';

/** A due lane and what its head was found to be. */
export interface Found {
  due: DueLane;
  head: Head;
}

/** What becomes of heads that were looked up. */
export interface WrittenDown {
  /** Those that may be sent. */
  deliveries: Delivery[];
  /** Lanes that were moved, by this or by someone else meanwhile, and are to be looked up anew. */
  released: DueLane[];
  /** Some were judged by settings that are out of date. */
  isOutdated: boolean;
}

/**
 * Seals bundles before their first attempt and moves lanes that have nothing to send. Lanes that were
 * moved by someone else meanwhile are left alone.
 */
export async function writeDown(
  ...[store, site, webhook, found, clock]: [Store, Site, Webhook, Found[], Clock]
): Promise<WrittenDown> {
  const unwritten = found.filter(
    ({ head }) => head.kind !== 'send' || needsSeal(head.delivery) || skipsAhead(head.delivery),
  );
  const refused = new Set<number>();
  let isOutdated = false;
  const write = async (tx: Repositories) => {
    refused.clear();
    isOutdated = false;
    const lanes = unwritten.map(({ due }) => due.lane);
    const chatIds = lanes.map(({ chatId }) => chatId);
    // Held first: what follows is then read behind every intake of these chats.
    const [, all, heldUp, grown] = await together([
      tx.chats.hold(chatIds),
      tx.lanes.all(lanes),
      // Its chat may just have been joined with another: then it may hold what has to come later.
      tx.lanes.heldUp(webhook.id, chatIds),
      grownSince(tx, webhook, unwritten, clock),
    ]);
    const seals: Lane[] = [];
    for (const [i, { due, head }] of unwritten.entries()) {
      const { lane: seen } = due;
      const stored = all[i];
      if (!stored || !isSameHead(stored, seen)) refused.add(seen.chatId);
      else if (head.kind !== 'send')
        isOutdated = (await moveLane(tx, site, stored, clock)) || isOutdated;
      else if (heldUp.has(seen.chatId) || grown.has(seen.chatId)) refused.add(seen.chatId);
      else if (needsSeal(head.delivery)) seals.push(sealed(head.delivery));
    }
    await tx.lanes.save(...seals);
  };
  if (unwritten.length > 0) await store.transaction(write, { among: [webhook.workspaceId] });
  const result: WrittenDown = { deliveries: [], released: [], isOutdated };
  for (const { due, head } of found) {
    if (head.kind !== 'send' || refused.has(due.lane.chatId)) result.released.push(due);
    else if (needsSeal(head.delivery)) {
      result.deliveries.push({ ...head.delivery, lane: sealed(head.delivery) });
    } else result.deliveries.push(head.delivery);
  }
  return result;
}

/**
 * The chats whose bundles have grown since they were cut: a message that was received before the window
 * closed has been written down only now. It is of the bundle, so that is to be cut again; which ends, since
 * the messages of a bundle are limited.
 */
async function grownSince(
  tx: Repositories,
  webhook: Webhook,
  found: readonly Found[],
  clock: Clock,
): Promise<Set<number>> {
  const open = found.flatMap(({ head }) => {
    if (head.kind !== 'send' || head.delivery.openedAt === null) return [];
    const { lane, lastSeq, openedAt, messageCount: messages } = head.delivery;
    const { chatId } = lane;
    return { chatId, range: rangeBehind(webhook, lane, lastSeq), bundle: { openedAt, messages } };
  });
  const firsts = await tx.messages.firsts(open.map(({ range }) => range));
  const window = windowMs(webhook.granularityHours);
  const now = clock.now();
  const grown = open.filter(({ bundle }, i) => {
    const next = firsts[i];
    return next && reachesTo(bundle, next.receivedAt, window, now);
  });
  return new Set(grown.map(({ chatId }) => chatId));
}

/**
 * Looks once more at a lane that has nothing to send, now that nothing can come in between: a message may
 * just have arrived, or the chat have become a redirect.
 * @returns whether it was judged by settings that are out of date
 */
async function moveLane(
  ...[tx, site, lane, clock]: [Repositories, Site, Lane, Clock]
): Promise<boolean> {
  const webhook = (await tx.webhooks.byIds([lane.webhookId])).get(lane.webhookId);
  const found = webhook && (await tx.chats.get(webhook.workspaceId, lane.chatId));
  const head = found && (await findHead(tx, site, webhook, { lane, ...found }, clock));
  if (head?.kind === 'move') await replaceLane(tx, lane, head.to);
  if (webhook && head?.kind === 'park') await park(tx, webhook, lane, clock.now());
  return head?.kind === 'send';
}

const needsSeal = ({ shape, lane }: Delivery) => shape === 'bundle' && !lane.seal;

/** A single that is not where its lane stood: messages were passed over that are not wanted any more. */
const skipsAhead = ({ shape, lane, lastSeq }: Delivery) =>
  shape === 'single' && !lane.seal && lastSeq !== lane.nextSeq;

const sealed = ({ lane, lastSeq, shape, direction }: Delivery) => ({
  ...lane,
  seal: { lastSeq, shape, direction },
});
