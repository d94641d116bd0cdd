// Fastify, and one row a message in SQLite, on the disk before the answer: no key, schema, chats or lanes.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GroupCommit } from '../../src/core/group-commit.ts';
import type { InboundMessageInput } from '../../src/wire/inbound.ts';
import { serve } from './bare-intake.ts';

const db = new Database(join(process.argv[2] as string, 'least.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE message (id INTEGER PRIMARY KEY, native_id TEXT UNIQUE, body TEXT)');
const insert = db.prepare('INSERT INTO message (native_id, body) VALUES (?, ?)');
const insertAll = db.transaction((messages: InboundMessageInput[]) => {
  for (const one of messages) insert.run(one.message.message_id, JSON.stringify(one));
});
const commits = new GroupCommit<InboundMessageInput, void>(
  async (take) => {
    insertAll(take());
    return take().map(() => undefined);
  },
  () => true,
  { maxWeight: 2000, weigh: () => 1 },
);

await serve(async (message) => commits.submit(message));
