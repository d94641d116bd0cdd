// Runs where the only name server is one on loopback that never answers: sends to a number of names that
// nobody answers for, and to localhost; prints how that goes. See faults/silent-name-server.test.ts.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const core = new URL('../../dist/src/core/', import.meta.url);
const { Sender }: typeof import('../../src/core/sender.ts') = await import(`${core.href}sender.js`);
const { parseNetwork }: typeof import('../../src/core/egress-guard.ts') = await import(
  `${core.href}egress-guard.js`
);

const [url = '', names = '0'] = process.argv.slice(2);
const nameServer = createSocket('udp4');
nameServer.bind(53, '127.0.0.1');
await once(nameServer, 'listening');

const sender = new Sender([parseNetwork('127.0.0.0/8')]);
const silent = Array.from({ length: Number(names) }, (_, i) =>
  sender.post(`http://silent-${i}.example/`, {}, '{}'),
);
// The name server is being asked: the look-ups are under way.
await once(nameServer, 'message');
const { error } = await sender.post(url, {}, '{}');
console.log(`healthy: ${error?.code ?? 'ok'}`);
const [first] = await Promise.all(silent);
console.log(`silent: ${first?.error?.code}`);
process.exit();
