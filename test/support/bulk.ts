import Database from 'better-sqlite3';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';

/** Puts so many messages of a kilobyte each into a data folder, each in a chat that is not there. */
export function addBulk(folder: string, messages: number): void {
  const db = new Database(databasePath(folder));
  const add = db.prepare(
    `INSERT INTO message (workspace_id, chat_id, seq, uuid, direction, timestamp, received_at,
       sender_name, sender_phone, recipient_name, recipient_phone, origin, text)
     VALUES (1, ?, 1, ?, 'received', 1, 1, '', '', '', '', 'phone', ?)`,
  );
  db.exec('BEGIN');
  for (let i = 0; i < messages; i += 1) {
    add.run(i, `uuid ${i}`, String(i).padEnd(1000, String(i)));
  }
  db.exec('COMMIT');
  db.close();
}
