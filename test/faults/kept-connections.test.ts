import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Sender } from '../../src/core/sender.ts';
import { LOOPBACK } from '../support/attempt.ts';
import { onRequest, RawReceiver, say } from '../support/raw-receiver.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

let sender: Sender;
let receiver: RawReceiver;
beforeEach(() => {
  sender = new Sender(LOOPBACK);
});
afterEach(async () => {
  await sender.close();
  await receiver.stop();
});

/** Posts once the connection of the request before is free again, which takes it a turn. */
async function post() {
  await turn();
  await turn();
  return sender.post(receiver.url, {}, '{}');
}

/** Answers the first request of a connection and does something else with the next. */
const once = (next: (socket: Socket) => void) => (socket: Socket) =>
  socket.once('data', () => {
    socket.write(OK);
    socket.once('data', () => next(socket));
  });

test('one connection serves one request after the other', async () => {
  receiver = await RawReceiver.start(say(OK));
  for (let i = 0; i < 20; i += 1) expect((await post()).ok).toBe(true);
  expect(receiver.connections).toBe(1);
});

test('a receiver that closes after each answer without saying so costs no error', async () => {
  receiver = await RawReceiver.start(onRequest((socket) => socket.end(OK)));
  for (let i = 0; i < 50; i += 1) expect((await post()).error).toBeNull();
});

test.each([
  ['ends', (socket: Socket) => socket.end()],
  ['resets', (socket: Socket) => socket.resetAndDestroy()],
])(
  'a kept connection that %s under a request costs no error: a new one is made',
  async (_how, close) => {
    let closed = 0;
    receiver = await RawReceiver.start(
      once((socket) => {
        closed += 1;
        close(socket);
      }),
    );
    for (let i = 0; i < 10; i += 1) expect((await post()).error).toBeNull();
    expect([closed, receiver.connections]).toEqual([5, 10]);
  },
);

test('a request that breaks every connection is made twice and no more', async () => {
  receiver = await RawReceiver.start((socket, nth) => {
    if (nth === 0) once(() => socket.destroy())(socket);
    else onRequest(() => socket.destroy())(socket, nth);
  });
  expect((await post()).ok).toBe(true);
  expect(await post()).toMatchObject({ ok: false, error: { code: 'connection_failed' } });
  expect(receiver.connections).toBe(2);
});

test('a kept connection that hangs is not asked again elsewhere', async () => {
  await sender.close();
  sender = new Sender(LOOPBACK, 200);
  receiver = await RawReceiver.start(once(() => {}));
  await post();
  expect(await post()).toMatchObject({ ok: false, error: { code: 'timeout' } });
  expect(receiver.connections).toBe(1);
});

test('an answer sent ahead is not taken for that of the next request', async () => {
  const ahead = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nahead';
  receiver = await RawReceiver.start((socket, nth) => {
    socket.on('data', () => socket.write(nth === 0 ? OK + ahead : OK));
  });
  expect((await post()).response?.body).toBe('ok');
  expect((await post()).response?.body).toBe('ok');
  expect(receiver.connections).toBe(2);
});

test('much that is read over one connection in the course of time is not held against it', async () => {
  const body = 'x'.repeat(16 * 1024);
  receiver = await RawReceiver.start(
    say(`HTTP/1.1 200 OK\r\ncontent-length: 16384\r\n\r\n${body}`),
  );
  for (let i = 0; i < 40; i += 1) expect((await post()).ok).toBe(true);
  expect(receiver.connections).toBe(1);
});
