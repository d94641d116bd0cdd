import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // The chat of the same person that goes on in its place.
  'ALTER TABLE chat ADD COLUMN redirect_to INTEGER',
  'CREATE INDEX chat_by_redirect ON chat (redirect_to) WHERE redirect_to IS NOT NULL',
  // It was there before we were.
  'ALTER TABLE chat ADD COLUMN seeded INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE chat ADD COLUMN last_message_at INTEGER NOT NULL DEFAULT 0',
  `UPDATE chat SET last_message_at = coalesce(
     (SELECT received_at FROM message WHERE chat_id = chat.id AND seq = chat.last_seq), created_at)`,
  `CREATE INDEX chat_by_latest ON chat (workspace_id, last_message_at, id)
    WHERE redirect_to IS NULL`,
  // What a source tells of who connected the account; full_name and email are a person's entries.
  `ALTER TABLE account ADD COLUMN source_full_name TEXT NOT NULL DEFAULT ''`,
  `ALTER TABLE account ADD COLUMN source_email TEXT NOT NULL DEFAULT ''`,
  // Someone whom an account writes with, from the first that is heard of them; name: until a chat has it.
  `CREATE TABLE person (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, chat_id INTEGER,
    name TEXT NOT NULL DEFAULT '')`,
  'CREATE UNIQUE INDEX person_by_chat ON person (chat_id) WHERE chat_id IS NOT NULL',
  // phone:…, lid:…, user:…; id:… is a further id that the chat has at a source.
  `CREATE TABLE alias (
    account_id INTEGER NOT NULL, alias TEXT NOT NULL, person_id INTEGER NOT NULL,
    PRIMARY KEY (account_id, alias)) WITHOUT ROWID`,
  'CREATE INDEX alias_by_person ON alias (person_id)',
  // Of chats that have shared a phone number so far the oldest has it; the others stay what they are.
  `INSERT INTO person (account_id, chat_id)
    SELECT chat.account_id, min(chat.id) FROM chat JOIN account ON account.id = chat.account_id
     WHERE chat.is_group = 0 AND chat.phone NOT IN ('', account.phone)
     GROUP BY chat.account_id, chat.phone`,
  `INSERT INTO alias (account_id, alias, person_id)
    SELECT person.account_id, 'phone:' || chat.phone, person.id
      FROM person JOIN chat ON chat.id = person.chat_id`,
];

/** Who is who: the names that people have in WhatsApp, and chats that turned out to be one person's. */
export const identity: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
