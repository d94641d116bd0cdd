import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // facts is JSON: what the e-mail says, as it was when the webhook was switched off.
  `CREATE TABLE email (
    id INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id INTEGER NOT NULL, webhook_id INTEGER NOT NULL,
    message_id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, facts TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', reason TEXT, attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL, sent_at INTEGER)`,
  `CREATE INDEX email_by_due ON email (due_at) WHERE state IN ('waiting', 'unsent')`,
  'CREATE INDEX email_by_webhook ON email (webhook_id)',
  'CREATE INDEX email_by_age ON email (created_at)',
];

/** E-mails to owners whose webhooks were switched off. */
export const theOutbox: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
