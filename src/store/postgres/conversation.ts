import type { LoggedMessage } from '../rows.ts';
import { COLUMNS } from './message-columns.ts';
import type { Queries } from './queries.ts';

/**
 * Messages of several logs by their places among all messages. Each log is in that order by itself, so that
 * from each only a page is read, from where the place would be in it: no index by place is needed.
 */
export async function conversation(
  db: Queries,
  chatIds: readonly number[],
  { before, after, limit }: { before?: number; after?: number; limit: number },
): Promise<LoggedMessage[]> {
  const forward = before === undefined && after !== undefined;
  const found: LoggedMessage[] = [];
  for (const chatId of chatIds) {
    const from = await firstSeqFrom(db, chatId, forward ? after + 1 : before);
    const side = forward ? 'seq >= $2 ORDER BY seq' : 'seq < $2 ORDER BY seq DESC';
    const text = `SELECT ${COLUMNS} FROM message WHERE chat_id = $1 AND ${side} LIMIT $3`;
    found.push(...(await db.rows<LoggedMessage>(text, [chatId, from, limit])));
  }
  found.sort((a, b) => a.position - b.position);
  return forward ? found.slice(0, limit) : found.slice(-limit);
}

/** The first seq of the chat's log that stands at the place or behind it: found by halving. */
async function firstSeqFrom(
  db: Queries,
  chatId: number,
  position: number | undefined,
): Promise<number> {
  if (position === undefined) return Number.MAX_SAFE_INTEGER;
  const [end] = await db.rows<{ last: number | null }>(
    'SELECT max(seq) AS last FROM message WHERE chat_id = $1',
    [chatId],
  );
  let low = 1;
  let high = (end?.last ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [found] = await db.rows<{ seq: number; id: number }>(
      'SELECT seq, id FROM message WHERE chat_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1',
      [chatId, middle],
    );
    if (!found || found.id >= position) high = middle;
    else low = found.seq + 1;
  }
  return low;
}
