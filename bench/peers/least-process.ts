import { Pool } from 'undici';
import { Exchange } from '../../src/core/exchange.ts';
import { sign } from '../../src/wire/signature.ts';
import { leastStore, writer } from '../rig/least-store.ts';
import { obey } from './peer.ts';
import { CONCURRENCY } from './post.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'least').toString('base64')}`;

interface Head {
  key: number;
  n: number;
}

const db = leastStore(
  process.argv[2] as string,
  `CREATE TABLE message (id INTEGER PRIMARY KEY, key INTEGER, n INTEGER, body TEXT, UNIQUE (key, n));
   CREATE TABLE cursor (key INTEGER PRIMARY KEY, next INTEGER)`,
);
const insert = db.prepare('INSERT INTO message (key, n, body) VALUES (?, ?, ?)');
const begin = db.prepare('INSERT INTO cursor VALUES (?, 0)');
const read = db.prepare('SELECT body FROM message WHERE key = ? AND n = ?').pluck();
const moveOn = db.prepare('UPDATE cursor SET next = ? WHERE key = ?');

const writeDown = writer(db, ({ key, n }: Head) => {
  moveOn.run(n + 1, key);
});

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
    drain(cursors, new Pool(order.origin, { connections: CONCURRENCY }));
  }
});

function drain(ready: Head[], pool: Pool): void {
  let underWay = 0;
  const send = async (head: Head) => {
    const { key, n } = head;
    const body = read.get(key, n) as string | undefined;
    if (body === undefined) return;
    underWay += 1;
    const id = `msg_${key}_${n}`;
    const headers = { 'content-type': 'application/json', ...sign(SECRET, id, Date.now(), body) };
    const exchange = new Exchange(() => null);
    pool.dispatch({ path: '/least', method: 'POST', headers, body }, exchange);
    const { status } = await exchange.answer;
    if (status !== 200) throw new Error(`Answered ${status}`);
    underWay -= 1;
    pump();
    await writeDown(head);
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
