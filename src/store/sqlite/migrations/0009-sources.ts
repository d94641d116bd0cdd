import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // secrets and former_secrets are encrypted; dropped: how many by reason, as JSON; last_refusal: its code.
  `CREATE TABLE source (
    id TEXT PRIMARY KEY, workspace_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    secrets TEXT NOT NULL, former_secrets TEXT NOT NULL, created_at INTEGER NOT NULL,
    last_heard_at INTEGER, taken INTEGER NOT NULL DEFAULT 0, dropped TEXT NOT NULL DEFAULT '{}',
    last_refused_at INTEGER, last_refusal TEXT)`,
  'CREATE INDEX source_by_workspace ON source (workspace_id, created_at)',
];

/** What connects WhatsApp accounts: each source that calls us at a URL of its own. */
export const sources: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
