import type { LoggedMessage } from './rows.ts';

/** What is asked of the logs of chats, one chat at a time. */
export interface ChatLogs {
  /** Up to `limit` from that seq on, in order. */
  from(chatId: number, seq: number, limit: number): Promise<LoggedMessage[]>;
  /** The last `limit` before that seq. */
  before(chatId: number, seq: number, limit: number): Promise<LoggedMessage[]>;
  /** Seq of the last; null where there is none. */
  last(chatId: number): Promise<number | null>;
  /** The first from that seq on, and its place among all messages (`id`). */
  next(chatId: number, seq: number): Promise<{ seq: number; id: number } | undefined>;
}

/**
 * Messages of several logs by their places among all messages. Each log is in that order by itself, so that
 * from each only a page is read, from where the place would be in it: no index by place is needed.
 */
export async function conversation(
  logs: ChatLogs,
  chatIds: readonly number[],
  { before, after, limit }: { before?: number; after?: number; limit: number },
): Promise<LoggedMessage[]> {
  const forward = before === undefined && after !== undefined;
  const found: LoggedMessage[] = [];
  for (const chatId of chatIds) {
    const seq = await firstSeqFrom(logs, chatId, forward ? after + 1 : before);
    found.push(...(await (forward ? logs.from : logs.before)(chatId, seq, limit)));
  }
  found.sort((a, b) => a.position - b.position);
  return forward ? found.slice(0, limit) : found.slice(-limit);
}

/** The first seq of the chat's log that stands at the place or behind it: found by halving. */
async function firstSeqFrom(
  logs: ChatLogs,
  chatId: number,
  position: number | undefined,
): Promise<number> {
  if (position === undefined) return Number.MAX_SAFE_INTEGER;
  let low = 1;
  let high = ((await logs.last(chatId)) ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await logs.next(chatId, middle);
    if (!found || found.id >= position) high = middle;
    else low = found.seq + 1;
  }
  return low;
}
