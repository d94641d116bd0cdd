import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseNetwork } from '../../src/core/egress-guard.ts';
import { errorSentence } from '../../src/core/error-sentence.ts';
import { AbandonedError, Sender } from '../../src/core/sender.ts';
import type { SendError } from '../../src/store/facts.ts';

const LIMIT = 16 * 1024;

let listener: RequestListener;
let server: Server;
let connections: number;
let url: string;
let sender: Sender;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => listener(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1`;
  sender = new Sender([parseNetwork('127.0.0.0/8')]);
});

afterEach(async () => {
  await sender.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const post = (to = url) => sender.post(to, { 'x-test': 'yes' }, '{"text":"👍"}');

/** Answers every request the same way. */
const answer = (
  status: number,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
) => {
  listener = (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
};

describe('success', () => {
  test('is 200, and what came back is kept', async () => {
    answer(200, 'thanks 👍', { 'x-answer': 'yes' });
    expect(await post()).toEqual({
      ok: true,
      error: null,
      response: {
        status: 200,
        headers: expect.objectContaining({ 'x-answer': 'yes' }),
        body: 'thanks 👍',
      },
    });
  });

  test('is a POST of the body to the path, with the headers given', async () => {
    let seen: unknown;
    listener = async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen = { method: request.method, url: request.url, test: request.headers['x-test'], body };
      response.end();
    };
    await post();
    expect(seen).toEqual({ method: 'POST', url: '/hook?a=1', test: 'yes', body: '{"text":"👍"}' });
  });

  test('keeps connections open for the next requests', async () => {
    answer(200, 'ok');
    for (let i = 0; i < 50; i++) await post();
    // A second one is opened where a request follows before the first is free again.
    expect(connections).toBeLessThanOrEqual(2);
  });

  test('with a body of 16 KiB keeps it whole', async () => {
    answer(200, 'x'.repeat(LIMIT));
    const { ok, response } = await post();
    expect([ok, response?.body.length, response?.truncated]).toEqual([true, LIMIT, undefined]);
  });

  test('with a longer body is success all the same, cut and marked so', async () => {
    answer(200, 'x'.repeat(40 * LIMIT));
    const { ok, response } = await post();
    expect([ok, response?.body.length, response?.truncated]).toEqual([true, LIMIT, true]);
  });

  test('with a body that never ends is success once 16 KiB are read', async () => {
    listener = (_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      };
      response.on('drain', more);
      more();
    };
    expect((await post()).ok).toBe(true);
    answer(200, 'next');
    expect((await post()).response?.body).toBe('next');
  });
});

describe('an error', () => {
  test.each([201, 204, 400, 404, 410, 429, 500, 503])('is %i', async (status) => {
    answer(status);
    expect(await post()).toMatchObject({
      ok: false,
      error: { code: `status_${status}` },
      response: { status },
    });
  });

  test('is a redirect, which is not followed', async () => {
    let requests = 0;
    listener = (_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    };
    expect(await post()).toMatchObject({
      ok: false,
      error: { code: 'status_302' },
    });
    expect(requests).toBe(1);
  });

  test('is a 200 whose body breaks off', async () => {
    listener = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only so much', () => response.destroy());
    };
    expect(await post()).toMatchObject({ ok: false, error: { code: 'connection_failed' } });
  });

  test('is a connection that is closed without an answer', async () => {
    listener = (request) => request.socket.destroy();
    expect(await post()).toMatchObject({ ok: false, response: null });
  });

  test('is a port at which nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({
      ok: false,
      error: { code: 'connection_failed', cause: 'ECONNREFUSED' },
    });
  });

  test('is TLS that is none', async () => {
    answer(200);
    const { ok, error } = await post(url.replace('http:', 'https:'));
    expect([ok, error?.code]).toEqual([false, 'tls_failed']);
  });

  test.each([
    ['no answer', () => {}],
    [
      'an answer whose body does not end',
      (_request: unknown, response: { writeHead(status: number): { write(text: string): void } }) =>
        response.writeHead(200).write('so far'),
    ],
  ])('is %s within the time limit', async (_what, hang) => {
    const impatient = new Sender([parseNetwork('127.0.0.0/8')], 100);
    listener = hang as RequestListener;
    expect(await impatient.post(url, {}, '{}')).toMatchObject({
      ok: false,
      error: { code: 'timeout' },
    });
    await impatient.close();
  });

  test('is a URL that is none', async () => {
    expect(await post('nonsense')).toMatchObject({ ok: false, response: null });
  });
});

describe('an address that may not be reached', () => {
  test('gets no connection, and the error names the setting that would allow it', async () => {
    answer(200);
    const guarded = new Sender([]);
    for (const host of ['127.0.0.1', 'localhost']) {
      const attempt = await guarded.post(url.replace('127.0.0.1', host), {}, '{}');
      expect(attempt).toMatchObject({
        ok: false,
        error: { code: 'address_refused', host },
        response: null,
      });
      expect(errorSentence(attempt.error as SendError, 'en')).toMatch(
        /PAKIET_ALLOW_NETWORKS=(127\.0\.0\.1\/32|::1\/128)/,
      );
    }
    expect(connections).toBe(0);
    await guarded.close();
  });
});

test('sends nothing over a connection that is ready only after its time is over', async () => {
  let requests = 0;
  listener = (_request, response) => {
    requests += 1;
    response.end();
  };
  let isOver = false;
  const late = new Sender([parseNetwork('127.0.0.0/8')], undefined, () => !isOver);
  // Over one that is kept alive, and over a new one.
  await late.post(url, {}, '{}');
  const [kept, fresh] = [late.post(url, {}, '{}'), late.post(url, {}, '{}')];
  isOver = true;
  await expect(kept).rejects.toBeInstanceOf(AbandonedError);
  await expect(fresh).rejects.toBeInstanceOf(AbandonedError);
  expect({ connections, requests }).toEqual({ connections: 2, requests: 1 });
  await late.close();
});
