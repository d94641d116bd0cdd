import type { Statement } from 'better-sqlite3';
import type { ChatLogs } from '../conversation.ts';
import type { LoggedMessage } from '../rows.ts';
import { COLUMNS } from './message-columns.ts';

const OF_CHAT = `SELECT ${COLUMNS} FROM message WHERE chat_id = ?`;

export const chatLogs = (sql: (text: string) => Statement): ChatLogs => ({
  from: async (...values) =>
    sql(`${OF_CHAT} AND seq >= ? ORDER BY seq LIMIT ?`).all(...values) as LoggedMessage[],
  before: async (...values) =>
    sql(`${OF_CHAT} AND seq < ? ORDER BY seq DESC LIMIT ?`).all(...values) as LoggedMessage[],
  last: async (chatId) =>
    sql('SELECT max(seq) FROM message WHERE chat_id = ?').pluck().get(chatId) as number | null,
  next: async (...values) =>
    sql('SELECT seq, id FROM message WHERE chat_id = ? AND seq >= ? ORDER BY seq LIMIT 1').get(
      ...values,
    ) as { seq: number; id: number } | undefined,
});
