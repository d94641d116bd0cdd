import type { Database, Statement } from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { Counters } from '../everyday/counters.ts';
import type { DayCount } from '../rows.ts';
import type { Tables } from '../schema.ts';
import { statementCache } from './statements.ts';

/** The daily counters: every delivery passes through `add`. */
export class SqliteCounters extends Counters {
  readonly #sql: (text: string) => Statement;

  constructor(database: Database, db: Kysely<Tables>) {
    super(db);
    this.#sql = statementCache(database);
  }

  async add(counts: readonly DayCount[]): Promise<void> {
    for (const { webhookId, day, succeeded, failed, messages } of counts) {
      this.#sql(
        `INSERT INTO daily_counter (webhook_id, day, succeeded, failed, messages)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET succeeded = succeeded + excluded.succeeded,
           failed = failed + excluded.failed, messages = messages + excluded.messages`,
      ).run(webhookId, day, succeeded, failed, messages);
    }
  }
}
