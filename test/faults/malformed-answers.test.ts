import { describe, expect, test } from '@jest/globals';
import { attemptAt } from '../support/attempt.ts';
import { onRequest, say, sayAndClose } from '../support/raw-receiver.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

describe('an answer that is not proper HTTP is an error', () => {
  test.each([
    ['a negative length', `${OK}content-length: -2\r\n\r\nabc`],
    ['a length that is no number', `${OK}content-length: many\r\n\r\nabc`],
    ['a length beyond all numbers', `${OK}content-length: 99999999999999999999\r\n\r\nabc`],
    ['two different lengths', `${OK}content-length: 2\r\ncontent-length: 3\r\n\r\nabc`],
    [
      'a length and chunks',
      `${OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a chunk size that is none', `${CHUNKED}zz\r\nabc\r\n0\r\n\r\n`],
    ['a chunk size beyond all numbers', `${CHUNKED}ffffffffffffffffffff\r\nabc\r\n`],
    ['a chunk longer than its size', `${CHUNKED}2\r\nabcdef\r\n0\r\n\r\n`],
    ['HTTP/0.9', 'hello there\r\n'],
    ['HTML alone', '<!DOCTYPE html><title>Hello</title>\r\n'],
    ['the greeting of SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['the settings of HTTP/2', Buffer.from('000000040000000000', 'hex')],
    ['an alert of TLS', Buffer.from('15030300020246', 'hex')],
    ['a status below 100', 'HTTP/1.1 000 Nothing\r\ncontent-length: 0\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n'],
    ['NUL in a header', `${OK}x-a: a\0b\r\ncontent-length: 0\r\n\r\n`],
    ['a header without a name', `${OK}: b\r\ncontent-length: 0\r\n\r\n`],
    ['lines that end in LF alone', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
    ['101 without being asked', 'HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const { attempt } = await attemptAt(say(bytes));
    expect(attempt).toMatchObject({
      ok: false,
      response: null,
      error: {
        code: 'bad_answer',
        cause: expect.stringMatching(/./),
      },
    });
  });

  // undici takes it for a broken connection, although it is allowed: it is never asked for.
  test('100 Continue', async () => {
    const answer = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
    const { attempt } = await attemptAt(say(answer));
    expect(attempt).toMatchObject({ ok: false, error: { code: 'bad_answer' } });
  });
});

describe('an answer that can be understood counts', () => {
  test.each([
    ['after hints', `HTTP/1.1 103 Hints\r\n\r\n${OK}content-length: 2\r\n\r\nok`, 'ok'],
    ['with more than its length says', `${OK}content-length: 2\r\n\r\nok and more`, 'ok'],
    ['in HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nok', 'ok'],
    ['without a reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok'],
    ['with bytes that are no UTF-8', Buffer.from(`${OK}\r\n\xff`, 'latin1'), '�'],
    ['with a header named like a trap', `${OK}__proto__: x\r\n\r\nok`, 'ok'],
  ])('%s', async (_how, bytes, body) => {
    const { attempt } = await attemptAt(sayAndClose(bytes));
    expect(attempt).toMatchObject({ ok: true, error: null, response: { status: 200, body } });
  });
});

describe('an answer before the request was read', () => {
  const megabytes = 'x'.repeat(5_000_000);

  test.each([
    [200, true],
    [413, false],
  ])('counts for what it says: %i', async (status, ok) => {
    const answer = `HTTP/1.1 ${status} Early\r\ncontent-length: 5\r\n\r\nearly`;
    const { attempt } = await attemptAt(
      (socket) => {
        socket.pause();
        socket.write(answer);
      },
      { body: megabytes },
    );
    expect(attempt).toMatchObject({ ok, response: { status, body: 'early' } });
  });

  test('and a connection closed upon it is an error or what the answer says, never a hang', async () => {
    const serve = onRequest((socket) => {
      socket.pause();
      socket.write('HTTP/1.1 413 Early\r\ncontent-length: 0\r\n\r\n', () => socket.destroy());
    });
    const { attempt } = await attemptAt(serve, { body: megabytes });
    expect(['status_413', 'connection_failed']).toContain(attempt.error?.code);
  });
});
