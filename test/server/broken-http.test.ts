import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { exchange, expectErrorForm, RawConnection } from '../support/raw-http.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let server: ServerProcess;
let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const KEY = `authorization: Bearer ${API_KEY}`;
const CLOSE = 'connection: close';

/** A request as it is written, its length said for it. */
function request(line: string, headers: string[] = [], body = ''): string {
  const length = body ? [`content-length: ${Buffer.byteLength(body)}`] : [];
  return `${[`${line} HTTP/1.1`, 'host: x', KEY, ...headers, ...length].join('\r\n')}\r\n\r\n${body}`;
}

const handOver = (text: string, headers: string[] = []) =>
  request(
    'POST /api/v1/messages',
    ['content-type: application/json', ...headers],
    JSON.stringify(inboundInput({ message: { text } })),
  );

describe('bytes that are no proper HTTP request', () => {
  test.each([
    ['no HTTP at all', 'nonsense\r\n\r\n', 400, 'invalid_request'],
    ['an unknown method', 'GRAB /api/v1/me HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
    ['a TLS greeting', Buffer.from('16030100c4010000c0', 'hex'), 400, 'invalid_request'],
    ['no host', `GET /api/v1/me HTTP/1.1\r\n${CLOSE}\r\n\r\n`, 400, 'invalid_request'],
    ['headers of 20 kB', request('GET /', [`x: ${'x'.repeat(20_000)}`]), 431, 'headers_too_large'],
    [
      'two lengths',
      request('POST /', ['content-length: 1', 'content-length: 2']),
      400,
      'invalid_request',
    ],
    [
      'a length and chunks: what smuggles requests',
      request('POST /api/v1/messages', ['content-length: 4', 'transfer-encoding: chunked']),
      400,
      'invalid_request',
    ],
    [
      'a broken chunk',
      `${request('POST /api/v1/messages', ['content-type: application/json', 'transfer-encoding: chunked'])}zz\r\n`,
      400,
      'invalid_request',
    ],
    ['an expectation', request('GET /api/v1/me', ['expect: wonders']), 417, 'invalid_request'],
    ['a lone NUL in a header', request('GET /api/v1/me', ['x: a\0b']), 400, 'invalid_request'],
  ])('%s: answered in our form, and the connection ended', async (_what, bytes, status, code) => {
    const answers = await exchange(server.url, bytes);
    expect(answers).toMatchObject([{ status, body: { error: { code } } }]);
    expectErrorForm(answers[0] as never);
  });
});

describe('requests sent one behind the other without waiting', () => {
  test('are answered each, in order', async () => {
    const ends = request('GET /api/v1/nothing', [CLOSE]);
    const answers = await exchange(server.url, handOver('1') + request('GET /api/v1/me') + ends);
    expect(answers.map(({ status }) => status)).toEqual([202, 200, 404]);
  });

  test('never make a message that was taken look refused by what follows it', async () => {
    const answers = await exchange(server.url, `${handOver('2')}nonsense\r\n\r\n`);
    // No answer at all is right as well: the caller sends it again, and it is a duplicate.
    expect(answers.map(({ status }) => status).filter((status) => status !== 202)).toEqual([]);
  });
});

describe('methods', () => {
  test.each(['OPTIONS', 'TRACE', 'DELETE', 'PROPFIND', 'LINK'])(
    '%s finds nothing',
    async (method) => {
      const answers = await exchange(server.url, request(`${method} /api/v1/me`, [CLOSE]));
      expect(answers).toMatchObject([{ status: 404, body: { error: { code: 'not_found' } } }]);
      expect(JSON.stringify(answers)).not.toContain(API_KEY);
    },
  );

  test('HEAD answers as GET would, without the body', async () => {
    const ask = (path: string, key = API_KEY) =>
      fetch(`${server.url}${path}`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${key}` },
      });
    expect((await ask('/api/v1/me')).status).toBe(200);
    expect((await ask('/api/v1/me', 'wrong')).status).toBe(401);
    expect((await ask('/api/v1/messages')).status).toBe(404);
  });
});

describe('a request’s id', () => {
  const idOf = async (path: string, given?: string) => {
    const headers = given === undefined ? {} : { 'x-request-id': given };
    return (await fetch(`${server.url}${path}`, { headers })).headers.get('x-request-id');
  };

  test.each(['/healthz', '/api/v1/me', '/nothing', '/api/v1/webhooks/%zz', '/api/docs/'])(
    'is the caller’s, or made, at %s',
    async (path) => {
      expect(await idOf(path, 'order-17:a')).toBe('order-17:a');
      const made = await idOf(path);
      expect(made).toMatch(/^[0-9a-f-]{36}$/);
      expect(await idOf(path)).not.toBe(made);
    },
  );

  test.each(['a b', '<script>', 'x'.repeat(129), 'é', ''])(
    'is made where "%s" is given',
    async (id) => {
      expect(await idOf('/healthz', id)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('a server that is stopping', () => {
  test('finishes what is under way and refuses what comes after, in our form', async () => {
    const target_url = receiver.url('/held');
    const own = await ServerProcess.start(tempFolder());
    const webhook = await own.call('POST', '/webhooks', { target_url, granularity_hours: 1 });
    const release = receiver.hold('/held');
    const connection = await RawConnection.open(own.url);
    connection.socket.write(request(`POST /api/v1/webhooks/${webhook.body.id}/test`));
    await receiver.waitFor('/held', 1);
    own.signal('SIGTERM');
    while (await isListening(own.url));
    connection.socket.write(handOver('too late'));
    release();
    const answers = await connection.answers();
    expect(answers.map(({ status }) => status)).toEqual([200, 503]);
    expect(answers[1]).toMatchObject({
      headers: { 'retry-after': '1' },
      body: { error: { code: 'unavailable', message: expect.stringContaining('stopping') } },
    });
    expectErrorForm(answers[1] as never);
    expect(await own.stop()).toBe(0);
  });
});

const isListening = (url: string) =>
  fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
    () => true,
    () => false,
  );
