import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // The subscription of a Zap that is in force, and when it began; "" for webhooks made by hand.
  `ALTER TABLE webhook ADD COLUMN subscription TEXT NOT NULL DEFAULT ''`,
  'ALTER TABLE webhook ADD COLUMN subscribed_at INTEGER',
  // The place in the log (message.id) up to which messages had come when it was switched off.
  'ALTER TABLE webhook ADD COLUMN disabled_position INTEGER',
  // JSON: [{"after", "upTo"}], places in the log between which messages were not for this webhook.
  `ALTER TABLE webhook ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]'`,
  // A place in the log is never given again (AUTOINCREMENT), even when all messages are purged.
  `CREATE TABLE numbered_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id INTEGER NOT NULL, chat_id INTEGER NOT NULL,
    seq INTEGER NOT NULL, uuid TEXT NOT NULL UNIQUE, direction TEXT NOT NULL,
    timestamp INTEGER NOT NULL, received_at INTEGER NOT NULL,
    sender_name TEXT NOT NULL, sender_phone TEXT NOT NULL,
    recipient_name TEXT NOT NULL, recipient_phone TEXT NOT NULL,
    origin TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (chat_id, seq))`,
  'INSERT INTO numbered_message SELECT * FROM message ORDER BY id',
  'DROP TABLE message',
  'ALTER TABLE numbered_message RENAME TO message',
  'CREATE INDEX message_by_arrival ON message (workspace_id, received_at)',
];

/** Webhooks of Zaps that are switched off and on again. */
export const theZapsLife: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
