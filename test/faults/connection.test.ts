import { describe, expect, test } from '@jest/globals';
import { Sender } from '../../src/core/sender.ts';
import { attemptAt, LOOPBACK } from '../support/attempt.ts';
import { drip, onRequest, RawReceiver, sayAndClose } from '../support/raw-receiver.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CUT = {
  ok: false,
  response: null,
  error: {
    code: 'connection_failed',
    cause: expect.stringMatching(/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/),
  },
};
const TIMEOUT = {
  ok: false,
  response: null,
  error: { code: 'timeout', seconds: 0.2 },
};

/** Says something, and resets the connection when the sender's machine has it. */
const sayAndReset = (text: string) =>
  onRequest((socket) => socket.write(text, () => setImmediate(() => socket.resetAndDestroy())));

test('a port at which nobody listens is an error', async () => {
  const gone = await RawReceiver.start(() => {});
  const { url } = gone;
  await gone.stop();
  const sender = new Sender(LOOPBACK);
  expect(await sender.post(url, {}, '{}')).toEqual({
    ok: false,
    response: null,
    error: {
      code: 'connection_failed',
      cause: 'ECONNREFUSED',
    },
  });
  await sender.close();
});

describe('a connection that the receiver breaks off is an error', () => {
  test.each([
    ['as soon as it is made', (socket: import('node:net').Socket) => socket.resetAndDestroy()],
    ['by a reset, after the request', onRequest((socket) => socket.resetAndDestroy())],
    ['by an end, after the request', onRequest((socket) => socket.end())],
    ['by a reset, in the headers', sayAndReset(`${OK}x-hea`)],
    ['by an end, in the headers', sayAndClose(`${OK}x-hea`)],
    ['by a reset, in a body of known length', sayAndReset(`${OK}content-length: 9\r\n\r\nso far`)],
    ['by an end, in a body of known length', sayAndClose(`${OK}content-length: 9\r\n\r\nso far`)],
    [
      'by a reset, in a chunked body',
      sayAndReset(`${OK}transfer-encoding: chunked\r\n\r\n9\r\nso`),
    ],
    ['by an end, in a chunked body', sayAndClose(`${OK}transfer-encoding: chunked\r\n\r\n9\r\nso`)],
  ])('%s', async (_when, serve) => {
    const { attempt, connections } = await attemptAt(serve);
    expect(attempt).toEqual(CUT);
    expect(connections).toBe(1);
  });

  test('but not where only the end of the connection ends the body', async () => {
    const { attempt } = await attemptAt(sayAndClose(`${OK}\r\nall of it`));
    expect(attempt).toMatchObject({ ok: true, response: { status: 200, body: 'all of it' } });
  });
});

describe('a receiver that takes its time is given up at the limit', () => {
  test.each([
    ['before it answers', () => {}],
    ['between its headers', onRequest((socket) => socket.write(`${OK}x-a: b\r\n`))],
    ['before its body', onRequest((socket) => socket.write(`${OK}content-length: 9\r\n\r\n`))],
    [
      'dripping its headers',
      onRequest((socket) => {
        socket.write(`${OK}x-a: `);
        drip(socket);
      }),
    ],
    [
      'dripping its body',
      onRequest((socket) => {
        socket.write(`${OK}content-length: 1000000\r\n\r\n`);
        drip(socket);
      }),
    ],
    [
      'dripping hints that it will answer',
      onRequest((socket) => {
        drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n');
      }),
    ],
  ])('%s', async (_when, serve) => {
    expect((await attemptAt(serve, { limitMs: 200 })).attempt).toEqual(TIMEOUT);
  });

  test('but its status counts where that is no success, however its body goes on', async () => {
    const serve = onRequest((socket) => {
      socket.write('HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 1000\r\n\r\nso far');
    });
    expect((await attemptAt(serve, { limitMs: 200 })).attempt).toMatchObject({
      ok: false,
      error: { code: 'status_503' },
      response: { status: 503, headers: { 'retry-after': '7' }, body: 'so far' },
    });
  });
});
