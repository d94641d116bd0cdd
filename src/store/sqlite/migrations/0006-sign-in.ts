import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  "ALTER TABLE workspace ADD COLUMN language TEXT NOT NULL DEFAULT 'en'",
  'ALTER TABLE workspace ADD COLUMN password TEXT',
  'ALTER TABLE workspace ADD COLUMN link TEXT',
  'ALTER TABLE workspace ADD COLUMN link_until INTEGER',
  `CREATE TABLE session (
    hash TEXT PRIMARY KEY, workspace_id INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID`,
  'CREATE INDEX session_by_use ON session (seen_at)',
  "ALTER TABLE api_key ADD COLUMN label TEXT NOT NULL DEFAULT ''",
  'ALTER TABLE api_key ADD COLUMN last_used_at INTEGER',
];

/** The owner's way to the pages, and which key is for what. */
export const signIn: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
