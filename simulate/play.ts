import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './cast.ts';
import type { Dated } from './cloud-requests.ts';
import { conversations, isMessage, stretchFor } from './conversations.ts';
import type { Feed, Together } from './feed.ts';
import type { Sender } from './sender.ts';

export interface Limits {
  perSecond: number;
  /** Messages; Infinity for no end. */
  count: number;
  /** Infinity for no end. */
  milliseconds: number;
}

/** What happened since the last look goes out together. */
const LOOK_EVERY_MS = 50;

/**
 * Plays until a limit is reached or the signal says stop; what is under way is finished first.
 * @throws {import('./sender.ts').RefusedError}
 */
export async function play(
  cast: readonly Account[],
  seed: number,
  feed: Feed,
  sender: Sender,
  { perSecond, count, milliseconds }: Limits,
  stop: AbortSignal,
): Promise<void> {
  const stretch = stretchFor(cast, seed, perSecond);
  const everything = conversations(cast, seed);
  const sendInOrder = async (groups: readonly Together[]) => {
    for (const group of groups) {
      if (!stop.aborted) await sender.send(group);
    }
  };
  const sendAll = async (groups: readonly Together[]) => {
    const lanes = Map.groupBy(groups, ({ lane }) => lane);
    await Promise.all([...lanes.values()].map(sendInOrder));
  };
  await sendAll(feed.opening(cast));
  const start = Date.now();
  let next = everything.next().value;
  let messages = 0;
  while (next && messages < count && !stop.aborted) {
    const passed = Date.now() - start;
    const due: Dated[] = [];
    while (next && messages < count && next.at * stretch <= Math.min(passed, milliseconds)) {
      due.push({ happening: next, at: start + Math.floor(next.at * stretch) });
      if (isMessage(next)) messages += 1;
      next = everything.next().value;
    }
    if (due.length > 0) await sendAll(feed.requests(due));
    if (passed >= milliseconds) break;
    await sleep(LOOK_EVERY_MS);
  }
  await sendAll(feed.closing());
}
