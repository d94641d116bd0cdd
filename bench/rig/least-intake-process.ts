// Fastify, and one row a message in SQLite, on the disk before the answer: no key, schema, chats or lanes.
import type { InboundMessageInput } from '../../src/wire/inbound.ts';
import { serve } from './bare-intake.ts';
import { leastStore, writer } from './least-store.ts';

const db = leastStore(
  process.argv[2] as string,
  'CREATE TABLE message (id INTEGER PRIMARY KEY, native_id TEXT UNIQUE, body TEXT)',
);
const insert = db.prepare('INSERT INTO message (native_id, body) VALUES (?, ?)');

await serve(
  writer(db, (one: InboundMessageInput) => {
    insert.run(one.message.message_id, JSON.stringify(one));
  }),
);
