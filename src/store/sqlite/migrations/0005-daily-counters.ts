import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // day: days since 1970-01-01, UTC.
  `CREATE TABLE daily_counter (
    webhook_id INTEGER NOT NULL, day INTEGER NOT NULL,
    succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, messages INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, day)) WITHOUT ROWID`,
  'CREATE INDEX daily_counter_by_day ON daily_counter (day)',
];

/** What each webhook did, day by day. */
export const dailyCounters: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
