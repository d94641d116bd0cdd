import type { Statement } from 'better-sqlite3';
import type { LoggedMessage } from '../rows.ts';
import { COLUMNS } from './message-columns.ts';

type Sql = (text: string) => Statement;

/**
 * Messages of several logs by their places among all messages. Each log is in that order by itself, so that
 * from each only a page is read, from where the place would be in it: no index by place is needed.
 */
export function conversation(
  sql: Sql,
  chatIds: readonly number[],
  { before, after, limit }: { before?: number; after?: number; limit: number },
): LoggedMessage[] {
  const forward = before === undefined && after !== undefined;
  const pages = chatIds.flatMap((chatId) =>
    forward
      ? sql(
          `SELECT ${COLUMNS} FROM message WHERE chat_id = ? AND seq >= ? ORDER BY seq LIMIT ?`,
        ).all(chatId, firstSeqFrom(sql, chatId, after + 1), limit)
      : sql(
          `SELECT ${COLUMNS} FROM message WHERE chat_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
        ).all(chatId, firstSeqFrom(sql, chatId, before), limit),
  ) as LoggedMessage[];
  const inOrder = pages.sort((a, b) => a.position - b.position);
  return forward ? inOrder.slice(0, limit) : inOrder.slice(-limit);
}

/** The first seq of the chat's log that stands at the place or behind it: found by halving. */
function firstSeqFrom(sql: Sql, chatId: number, position: number | undefined): number {
  if (position === undefined) return Number.MAX_SAFE_INTEGER;
  const last = sql('SELECT max(seq) FROM message WHERE chat_id = ?').pluck().get(chatId) as
    | number
    | null;
  const next = sql(
    'SELECT seq, id FROM message WHERE chat_id = ? AND seq >= ? ORDER BY seq LIMIT 1',
  );
  let low = 1;
  let high = (last ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = next.get(chatId, middle) as { seq: number; id: number } | undefined;
    if (!found || found.id >= position) high = middle;
    else low = found.seq + 1;
  }
  return low;
}
