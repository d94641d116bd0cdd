import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { attemptAt } from '../support/attempt.ts';
import { flood, onRequest } from '../support/raw-receiver.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const KIB = 1024;
/** What the kernel takes from the receiver and holds for us; a gigabyte is offered. */
const BUFFERS = 32 * KIB * KIB;

const thenFlood = (start: string, chunk: string | Buffer) =>
  onRequest((socket: Socket) => {
    socket.write(start);
    flood(socket, chunk);
  });

describe('of a gigabyte', () => {
  test.each([
    ['announced by its length', `${OK}content-length: 1000000000\r\n\r\n`, 'x'.repeat(64 * KIB)],
    ['that ends with the connection', `${OK}\r\n`, 'x'.repeat(64 * KIB)],
    ['in large chunks', CHUNKED, `10000\r\n${'x'.repeat(0x10000)}\r\n`],
    ['in chunks of a byte', CHUNKED, '1\r\nx\r\n'.repeat(KIB)],
  ])('%s only 16 KiB are read and kept, and it is success', async (_how, start, chunk) => {
    const { attempt, pushed } = await attemptAt(thenFlood(start, chunk));
    expect(attempt).toMatchObject({ ok: true, error: null, response: { truncated: true } });
    expect(attempt.response?.body).toBe('x'.repeat(16 * KIB));
    expect(pushed).toBeLessThan(BUFFERS);
  });

  test('under another status only 16 KiB are read and kept', async () => {
    const start = 'HTTP/1.1 500 Oh\r\ncontent-length: 1000000000\r\n\r\n';
    const { attempt, pushed } = await attemptAt(thenFlood(start, 'x'.repeat(64 * KIB)));
    expect(attempt).toMatchObject({ ok: false, error: { code: 'status_500' } });
    expect(attempt.response?.body).toHaveLength(16 * KIB);
    expect(pushed).toBeLessThan(BUFFERS);
  });
});

describe('an answer that goes on without end in another part than its body is an error', () => {
  test.each([
    ['100,000 headers', OK, 'x-header: value\r\n'.repeat(KIB)],
    ['headers without a value', OK, 'a:\r\n'.repeat(KIB)],
    ['one giant header', `${OK}x-giant: `, 'x'.repeat(64 * KIB)],
    ['the name of a header', OK, 'x'.repeat(64 * KIB)],
    ['trailers', `${CHUNKED}1\r\nx\r\n0\r\n`, 'x-trailer: value\r\n'.repeat(KIB)],
    ['an extension of a chunk', `${CHUNKED}1;`, 'x'.repeat(64 * KIB)],
    ['the size of a chunk', CHUNKED, '0'.repeat(64 * KIB)],
    ['the reason phrase', 'HTTP/1.1 200 ', 'x'.repeat(64 * KIB)],
    ['103 Early Hints', '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(KIB)],
    ['102 Processing', '', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(KIB)],
    ['100 Continue', '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(KIB)],
    ['empty lines', '', '\r\n'.repeat(32 * KIB)],
  ])('%s', async (_what, start, chunk) => {
    const { attempt, pushed } = await attemptAt(thenFlood(start, chunk));
    expect(attempt).toMatchObject({ ok: false, response: null, error: { code: 'bad_answer' } });
    expect(pushed).toBeLessThan(BUFFERS);
  });
});

test('a compressed answer is kept as it came: a bomb does not go off', async () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000));
  const head = `${OK}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`;
  const serve = onRequest((socket) => {
    socket.write(head);
    socket.write(bomb);
  });
  const { attempt } = await attemptAt(serve);
  expect(attempt).toMatchObject({
    ok: true,
    response: { headers: { 'content-encoding': 'gzip' } },
  });
  expect(attempt.response?.body).toBe(bomb.toString('utf8'));
});
