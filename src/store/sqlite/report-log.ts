import Database from 'better-sqlite3';
import type { Direction } from '../../wire/payload.ts';
import { toAccount } from '../everyday/accounts.ts';
import { toChat } from '../everyday/chats.ts';
import type { AccountFigures, Arrived, Period, ReportLog } from '../report-log.ts';
import type { Account, Chat } from '../rows.ts';
import { databasePath } from './data-folder.ts';
import { SqliteMessages } from './messages.ts';
import { statementCache } from './statements.ts';

const PAGE = 1000;

/** Opens a data folder for one report. @throws where the database cannot be read */
export async function openSqliteReportLog(folder: string): Promise<ReportLog> {
  const db = new Database(databasePath(folder), { readonly: true, fileMustExist: true });
  // All that is read is of one moment.
  db.exec('BEGIN');
  return new SqliteReportLog(db);
}

class SqliteReportLog implements ReportLog {
  readonly messages: SqliteMessages;
  readonly #db: Database.Database;
  readonly #sql: (text: string) => Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#sql = statementCache(db);
    this.messages = new SqliteMessages(db);
  }

  async *arrivals(workspaceId: number, period: Period, direction: Direction | null) {
    // By arrival they would be nearly in order of the log; after a clock was set back they are not.
    const rows = this.#sql(
      `SELECT chat_id AS chatId, received_at AS receivedAt,
              octet_length(text) + octet_length(sender_name) + octet_length(sender_phone)
                + octet_length(recipient_name) + octet_length(recipient_phone) AS octets
         FROM message
        WHERE workspace_id = @workspaceId AND received_at >= @from AND received_at < @to
          AND (@direction IS NULL OR direction = @direction)
        ORDER BY id`,
    ).iterate({ workspaceId, ...period, direction }) as IterableIterator<Arrived>;
    let page: Arrived[] = [];
    for (const row of rows) {
      page.push(row);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    yield page;
  }

  async chats(workspaceId: number, ids: readonly number[]) {
    const accounts = new Map<number, Account>();
    const chats: { chat: Chat; account: Account }[] = [];
    for (const row of this.#sql(
      'SELECT * FROM chat WHERE workspace_id = ? AND id IN (SELECT value FROM json_each(?))',
    ).all(workspaceId, JSON.stringify(ids))) {
      const chat = toChat(row as Parameters<typeof toChat>[0]);
      const account = accounts.get(chat.accountId) ?? this.#account(chat.accountId);
      accounts.set(account.id, account);
      chats.push({ chat, account });
    }
    return chats;
  }

  #account(id: number): Account {
    const row = this.#sql('SELECT * FROM account WHERE id = ?').get(id);
    return toAccount(row as Parameters<typeof toAccount>[0]);
  }

  async accounts(workspaceId: number, todayFrom: number): Promise<AccountFigures[]> {
    // With max() SQLite takes the other columns from the row that has it.
    return this.#sql(
      `WITH last AS (
         SELECT chat.account_id, max(message.id), message.received_at, message.timestamp
           FROM chat JOIN message ON message.chat_id = chat.id AND message.seq = chat.last_seq
          WHERE chat.workspace_id = @workspaceId GROUP BY chat.account_id),
       today AS (
         SELECT chat.account_id, count(*) AS messages
           FROM message JOIN chat ON chat.id = message.chat_id
          WHERE message.workspace_id = @workspaceId AND message.received_at >= @todayFrom
          GROUP BY chat.account_id)
       SELECT account.id AS accountId, last.received_at AS lastReceivedAt,
              last.timestamp AS lastTimestamp, coalesce(today.messages, 0) AS messagesToday
         FROM account
         LEFT JOIN last ON last.account_id = account.id
         LEFT JOIN today ON today.account_id = account.id
        WHERE account.workspace_id = @workspaceId ORDER BY account.id`,
    ).all({ workspaceId, todayFrom }) as AccountFigures[];
  }

  async close(): Promise<void> {
    this.#db.close();
  }
}
