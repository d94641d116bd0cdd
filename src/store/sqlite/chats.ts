import type { Database, Statement } from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { Chats, type Held } from '../everyday/chats.ts';
import type { Tables } from '../schema.ts';
import { statementCache } from './statements.ts';

/** The chats. There is one writer at a time, so nothing more has to be done to hold one. */
export class SqliteChats extends Chats {
  readonly #sql: (text: string) => Statement;

  constructor(database: Database, db: Kysely<Tables>) {
    super(db);
    this.#sql = statementCache(database);
  }

  async hold(ids: readonly number[]): Promise<Map<number, Held>> {
    const rows = this.#sql(
      `SELECT id, redirect_to IS NOT NULL
              OR EXISTS (SELECT 1 FROM chat AS younger WHERE younger.redirect_to = chat.id) AS isJoined
         FROM chat WHERE id IN (SELECT value FROM json_each(?)) AND workspace_id > 0`,
    ).all(JSON.stringify(ids)) as { id: number; isJoined: number }[];
    return new Map(rows.map(({ id, isJoined }) => [id, { isJoined: isJoined === 1 }]));
  }
}
