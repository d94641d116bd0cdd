import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  `CREATE TABLE workspace (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, owner_name TEXT NOT NULL, owner_email TEXT NOT NULL,
    webhooks_version INTEGER NOT NULL DEFAULT 0)`,
  `CREATE TABLE api_key (
    hash TEXT PRIMARY KEY, workspace_id INTEGER NOT NULL, hint TEXT NOT NULL,
    created_at INTEGER NOT NULL)`,
  `CREATE TABLE account (
    id INTEGER PRIMARY KEY, workspace_id INTEGER NOT NULL, phone TEXT NOT NULL,
    full_name TEXT NOT NULL DEFAULT '', email TEXT NOT NULL DEFAULT '',
    skipped_attachment INTEGER NOT NULL DEFAULT 0, skipped_no_text INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace_id, phone))`,
  `CREATE TABLE chat (
    id INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL, source_id TEXT NOT NULL, source_name TEXT NOT NULL,
    given_name TEXT, phone TEXT NOT NULL, is_group INTEGER NOT NULL,
    responsible_name TEXT NOT NULL DEFAULT '', responsible_email TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL, last_seq INTEGER NOT NULL DEFAULT 0,
    first_received_seq INTEGER, first_sent_seq INTEGER,
    UNIQUE (account_id, source_id))`,
  'CREATE INDEX chat_by_workspace ON chat (workspace_id, id)',
  // Chat numbers start where they look like numbers of chats, not like a count of three.
  `INSERT INTO sqlite_sequence (name, seq) VALUES ('chat', 10000000)`,
  `CREATE TABLE message (
    id INTEGER PRIMARY KEY, workspace_id INTEGER NOT NULL, chat_id INTEGER NOT NULL,
    seq INTEGER NOT NULL, uuid TEXT NOT NULL UNIQUE, direction TEXT NOT NULL,
    timestamp INTEGER NOT NULL, received_at INTEGER NOT NULL,
    sender_name TEXT NOT NULL, sender_phone TEXT NOT NULL,
    recipient_name TEXT NOT NULL, recipient_phone TEXT NOT NULL,
    origin TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (chat_id, seq))`,
  'CREATE INDEX message_by_arrival ON message (workspace_id, received_at)',
  `CREATE TABLE seen (
    account_id INTEGER NOT NULL, direction TEXT NOT NULL, native_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, direction, native_id)) WITHOUT ROWID`,
  'CREATE INDEX seen_by_arrival ON seen (received_at)',
  `CREATE TABLE webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id INTEGER NOT NULL, name TEXT NOT NULL,
    target_url TEXT NOT NULL, granularity_hours INTEGER NOT NULL, filters TEXT NOT NULL,
    secret TEXT NOT NULL, source TEXT NOT NULL, zap_id TEXT, created_at INTEGER NOT NULL,
    enabled INTEGER NOT NULL, disabled_reason TEXT, disabled_at INTEGER, flushed_at INTEGER,
    consecutive_errors INTEGER NOT NULL DEFAULT 0, last_error_at INTEGER, paused_until INTEGER,
    requests INTEGER NOT NULL DEFAULT 0, actions INTEGER NOT NULL DEFAULT 0)`,
  'CREATE INDEX webhook_by_workspace ON webhook (workspace_id)',
  `CREATE TABLE lane (
    webhook_id INTEGER NOT NULL, chat_id INTEGER NOT NULL, next_seq INTEGER NOT NULL,
    opened_at INTEGER NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
    sealed_seq INTEGER, sealed_shape TEXT, sealed_direction TEXT,
    PRIMARY KEY (webhook_id, chat_id)) WITHOUT ROWID`,
  'CREATE INDEX lane_by_due ON lane (webhook_id, due_at)',
  'CREATE INDEX lane_by_chat ON lane (chat_id)',
  `CREATE TABLE request_log (
    webhook_id INTEGER NOT NULL, slot INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (webhook_id, slot))`,
  `CREATE TABLE activity (
    webhook_id INTEGER NOT NULL, slot INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL,
    action TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (webhook_id, slot)) WITHOUT ROWID`,
];

/** The log of messages, the lanes over it, webhooks and their two rings. */
export const theLog: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
