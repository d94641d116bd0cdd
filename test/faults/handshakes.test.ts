import { createServer } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { Sender } from '../../src/core/sender.ts';
import { LOOPBACK } from '../support/attempt.ts';
import { Authority } from '../support/certificates.ts';
import { onRequest, RawReceiver } from '../support/raw-receiver.ts';

const LIMIT_MS = 1000;
let sender: Sender;
let receiver: RawReceiver;

afterEach(async () => {
  await sender.close();
  await receiver.stop();
});

const post = () => sender.post(receiver.url.replace('http:', 'https:'), {}, '{}');

test('a handshake that hangs is given up at the limit and holds up no other request of its origin', async () => {
  const proper = createServer(new Authority().selfSigned('IP:127.0.0.1'));
  receiver = await RawReceiver.start((socket, nth) => {
    if (nth > 0) proper.emit('connection', socket);
  });
  sender = new Sender(LOOPBACK, LIMIT_MS);
  const ended: string[] = [];
  const hanging = post().then(({ error }) => ended.push(error?.code ?? 'ok'));
  // A handshake of its own, which is done before the other is given up.
  await post().then(({ error }) => ended.push(error?.code ?? 'ok'));
  await hanging;
  expect(ended).toEqual(['tls_failed', 'timeout']);
  expect(receiver.connections).toBe(2);
});

test.each([
  ['ends', onRequest((socket) => socket.end())],
  ['resets', onRequest((socket) => socket.resetAndDestroy())],
])('a handshake that the receiver %s is an error', async (_how, serve) => {
  receiver = await RawReceiver.start(serve);
  sender = new Sender(LOOPBACK);
  expect(await post()).toMatchObject({
    ok: false,
    response: null,
    error: { code: 'connection_failed', cause: 'ECONNRESET' },
  });
});
