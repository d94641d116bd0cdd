import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // At most so many requests at once, and so many a second (null: as its host bears).
  `ALTER TABLE webhook ADD COLUMN concurrency INTEGER NOT NULL DEFAULT 10`,
  `ALTER TABLE webhook ADD COLUMN rate INTEGER`,
  // JSON, encrypted: the secrets that it had and until when they sign as well.
  `ALTER TABLE webhook ADD COLUMN former_secrets TEXT`,
  `ALTER TABLE webhook ADD COLUMN last_success_at INTEGER`,
  // How far the head's failures speak against the payload, and what the last of them was.
  `ALTER TABLE lane ADD COLUMN blamed INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE lane ADD COLUMN blamed_since INTEGER`,
  `ALTER TABLE lane ADD COLUMN blamed_at INTEGER`,
  `ALTER TABLE lane ADD COLUMN error TEXT`,
  `CREATE TABLE parked (
    id INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id INTEGER NOT NULL, chat_id INTEGER NOT NULL,
    first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, shape TEXT NOT NULL, direction TEXT,
    parked_at INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL)`,
  'CREATE INDEX parked_by_webhook ON parked (webhook_id, id)',
  'CREATE INDEX parked_by_chat ON parked (chat_id)',
  // Whose texts and names an entry holds, so that a person's data can go.
  'ALTER TABLE request_log ADD COLUMN chat_id INTEGER',
  'ALTER TABLE activity ADD COLUMN chat_id INTEGER',
  // What was asked of a webhook's lanes and is not done yet; position is the last chat done.
  `CREATE TABLE action (
    id INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id INTEGER NOT NULL, kind TEXT NOT NULL,
    params TEXT NOT NULL, position INTEGER NOT NULL DEFAULT 0)`,
  'CREATE INDEX action_by_webhook ON action (webhook_id, id)',
];

/** Rates, secrets that overlap, deliveries set aside, and work on lanes that is done in chunks. */
export const deliveryPolicy: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
