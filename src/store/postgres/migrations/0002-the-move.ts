import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // One row, where a data folder was moved in: how it stood then, how far each table has come (JSON), and
  // when it was complete; see src/store/move/.
  `CREATE TABLE move (
    id SMALLINT PRIMARY KEY DEFAULT 1 CHECK (id = 1), source TEXT NOT NULL,
    begun_at BIGINT NOT NULL, progress TEXT NOT NULL DEFAULT '{}', finished_at BIGINT)`,
];

/** What came from a data folder. */
export const theMove: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
