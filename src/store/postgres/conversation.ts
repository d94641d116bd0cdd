import type { ChatLogs } from '../conversation.ts';
import type { LoggedMessage } from '../rows.ts';
import { COLUMNS } from './message-columns.ts';
import type { Queries } from './queries.ts';

const OF_CHAT = `SELECT ${COLUMNS} FROM message WHERE chat_id = $1`;

export const chatLogs = (db: Queries): ChatLogs => ({
  from: (...values) =>
    db.rows<LoggedMessage>(`${OF_CHAT} AND seq >= $2 ORDER BY seq LIMIT $3`, values),
  before: (...values) =>
    db.rows<LoggedMessage>(`${OF_CHAT} AND seq < $2 ORDER BY seq DESC LIMIT $3`, values),
  last: async (chatId) => {
    const text = 'SELECT max(seq) AS last FROM message WHERE chat_id = $1';
    const [row] = await db.rows<{ last: number | null }>(text, [chatId]);
    return row?.last ?? null;
  },
  next: async (...values) => {
    const text =
      'SELECT seq, id FROM message WHERE chat_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1';
    const [row] = await db.rows<{ seq: number; id: number }>(text, values);
    return row;
  },
});
