import type pg from 'pg';
import type { Direction } from '../../wire/payload.ts';
import { toAccount } from '../everyday/accounts.ts';
import { toChat } from '../everyday/chats.ts';
import type { AccountFigures, Arrived, Period, ReportLog } from '../report-log.ts';
import { kyselyOver } from './kysely.ts';
import { PostgresMessages } from './messages.ts';
import { ClientQueries } from './queries.ts';
import { connect } from './set-up.ts';

const PAGE = 1000;

/** Opens the database for one report. @throws where it cannot be read */
export async function openPostgresReportLog(url: string): Promise<ReportLog> {
  const client = await connect(url, { readOnly: true });
  const queries = new ClientQueries(client);
  // All that is read is of one moment. Of what a cursor answers, all will be read.
  await queries.script(
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL cursor_tuple_fraction = 1',
  );
  return new PostgresReportLog(client, queries);
}

class PostgresReportLog implements ReportLog {
  readonly messages: PostgresMessages;
  readonly #client: pg.Client;
  readonly #queries: ClientQueries;
  #cursors = 0;

  constructor(client: pg.Client, queries: ClientQueries) {
    this.#client = client;
    this.#queries = queries;
    this.messages = new PostgresMessages(queries);
  }

  async *arrivals(workspaceId: number, { from, to }: Period, direction: Direction | null) {
    this.#cursors += 1;
    const cursor = `arrivals_${this.#cursors}`;
    // By arrival they would be nearly in order of the log; after a clock was set back they are not.
    await this.#queries.once(
      `DECLARE ${cursor} NO SCROLL CURSOR FOR
       SELECT chat_id AS "chatId", received_at AS "receivedAt",
              octet_length(text) + octet_length(sender_name) + octet_length(sender_phone)
                + octet_length(recipient_name) + octet_length(recipient_phone) AS octets
         FROM message
        WHERE workspace_id = $1 AND received_at >= $2 AND received_at < $3
          AND ($4::text IS NULL OR direction = $4)
        ORDER BY id`,
      [workspaceId, from, to, direction],
    );
    for (;;) {
      const { rows } = await this.#queries.once<Arrived>(`FETCH ${PAGE} FROM ${cursor}`);
      yield rows;
      if (rows.length < PAGE) break;
    }
    await this.#queries.once(`CLOSE ${cursor}`);
  }

  async chats(workspaceId: number, ids: readonly number[]) {
    const db = kyselyOver(this.#queries);
    const accounts = await db
      .selectFrom('account')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .execute();
    const byId = new Map(accounts.map((row) => [row.id, toAccount(row)]));
    const rows = await this.#queries.rows<Parameters<typeof toChat>[0]>(
      'SELECT * FROM chat WHERE workspace_id = $1 AND id = ANY($2)',
      [workspaceId, ids],
    );
    return rows.map(toChat).flatMap((chat) => {
      const account = byId.get(chat.accountId);
      return account ? [{ chat, account }] : [];
    });
  }

  async accounts(workspaceId: number, todayFrom: number): Promise<AccountFigures[]> {
    return this.#queries.rows<AccountFigures>(
      `WITH last AS (
         SELECT DISTINCT ON (chat.account_id)
                chat.account_id, message.received_at, message.timestamp
           FROM chat JOIN message ON message.chat_id = chat.id AND message.seq = chat.last_seq
          WHERE chat.workspace_id = $1 ORDER BY chat.account_id, message.id DESC),
       today AS (
         SELECT chat.account_id, count(*) AS messages
           FROM message JOIN chat ON chat.id = message.chat_id
          WHERE message.workspace_id = $1 AND message.received_at >= $2
          GROUP BY chat.account_id)
       SELECT account.id AS "accountId", last.received_at AS "lastReceivedAt",
              last.timestamp AS "lastTimestamp", coalesce(today.messages, 0) AS "messagesToday"
         FROM account
         LEFT JOIN last ON last.account_id = account.id
         LEFT JOIN today ON today.account_id = account.id
        WHERE account.workspace_id = $1 ORDER BY account.id`,
      [workspaceId, todayFrom],
    );
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
