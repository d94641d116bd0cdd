import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GroupCommit } from '../../src/core/group-commit.ts';
import { sign } from '../../src/wire/signature.ts';
import { obey } from './peer.ts';
import { CONCURRENCY, poster } from './post.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'least').toString('base64')}`;

interface Head {
  key: number;
  n: number;
}

const db = new Database(join(process.argv[2] as string, 'least.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE message (key INTEGER, n INTEGER, body TEXT, PRIMARY KEY (key, n)) WITHOUT ROWID;
  CREATE TABLE cursor (key INTEGER PRIMARY KEY, next INTEGER)`);
const insert = db.prepare('INSERT INTO message VALUES (?, ?, ?)');
const begin = db.prepare('INSERT INTO cursor VALUES (?, 0)');
const read = db.prepare('SELECT body FROM message WHERE key = ? AND n = ?').pluck();
const moveOn = db.prepare('UPDATE cursor SET next = ? WHERE key = ?');

const moveAllOn = db.transaction((heads: Head[]) => {
  for (const { key, n } of heads) moveOn.run(n + 1, key);
});
const outcomes = new GroupCommit<Head, void>(
  async (take) => {
    moveAllOn(take());
    return take().map(() => undefined);
  },
  () => true,
  { maxWeight: 1000, weigh: () => 1 },
);

obey(async (order) => {
  if (order.kind === 'seed') {
    db.transaction(() => {
      for (let key = 0; key < order.keys; key += 1) begin.run(key);
      for (let i = 0; i < order.count; i += 1) {
        insert.run(i % order.keys, Math.floor(i / order.keys), order.body);
      }
    })();
  } else {
    const cursors = db.prepare('SELECT key, next AS n FROM cursor').all() as Head[];
    drain(cursors, poster(order.origin));
  }
});

function drain(ready: Head[], post: ReturnType<typeof poster>): void {
  let underWay = 0;
  const send = async (head: Head) => {
    const { key, n } = head;
    const body = read.get(key, n) as string | undefined;
    if (body === undefined) return;
    underWay += 1;
    const id = `msg_${key}_${n}`;
    await post(id, body, sign(SECRET, id, Date.now(), body));
    underWay -= 1;
    pump();
    await outcomes.submit(head);
    ready.push({ key, n: n + 1 });
    pump();
  };
  const pump = () => {
    while (underWay < CONCURRENCY) {
      const head = ready.shift();
      if (!head) return;
      void send(head);
    }
  };
  pump();
}
