import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import { API_VERSION } from '../../src/wire/me.ts';
import { authentication } from '../../src/zapier/authentication.ts';
import nock from './nocked.ts';
import { API_KEY, failureOf, JSON_HEADERS, run, SERVER } from './support.ts';

const me = {
  workspace: { id: 'ws_1', name: 'Acme' },
  owner: { full_name: 'Jane Smith', email: 'jane@acme.example' },
  server: { version: '0.1.0', api_version: API_VERSION },
};

const connect = (baseUrl: unknown = SERVER, apiKey: unknown = API_KEY) =>
  run(authentication.test, { authData: { baseUrl, apiKey } as Record<string, string> });

const html = { 'content-type': 'text/html; charset=utf-8' };
const json = JSON_HEADERS;
const refusal = (code: string) => ({ error: { code, message: `You sent ${API_KEY}` } });

/** Answers the next request for whose key it is. */
const answer = (status: number, body: nock.Body = '', headers: nock.ReplyHeaders = json) =>
  nock(SERVER).get('/api/v1/me').reply(status, body, headers);

describe('the authentication test', () => {
  test('presents the key as a bearer token and returns whose it is', async () => {
    nock(SERVER, { reqheaders: { authorization: `Bearer ${API_KEY}` } })
      .get('/api/v1/me')
      .reply(200, me);
    await expect(connect()).resolves.toEqual({ ...me, label: 'Jane Smith – Acme' });
  });

  test.each([
    ['a slash at the end', `${SERVER}/`],
    ['several slashes', `${SERVER}///`],
    ['spaces around it', `  ${SERVER}\n`],
    ['a pasted /api/v1', `${SERVER}/api/v1`],
    ['a pasted /api/v1/me', `${SERVER}/api/v1/me/`],
    ['capitals', SERVER.toUpperCase()],
    ['a query and a fragment', `${SERVER}/?from=mail#top`],
  ])('tolerates %s in the Server URL', async (_what, baseUrl) => {
    answer(200, me);
    await expect(connect(baseUrl)).resolves.toMatchObject({ workspace: me.workspace });
  });

  test('keeps the path of a server that does not sit at the root of its host', async () => {
    nock(SERVER).get('/tools/pakiet/api/v1/me').reply(200, me);
    await expect(connect(`${SERVER}/tools/pakiet/api/v1/`)).resolves.toMatchObject(me);
  });

  test('forgives spaces around the key', async () => {
    nock(SERVER, { reqheaders: { authorization: `Bearer ${API_KEY}` } })
      .get('/api/v1/me')
      .reply(200, me);
    await expect(connect(SERVER, ` ${API_KEY}\n`)).resolves.toMatchObject(me);
  });

  test.each([
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://127.8.9.10',
    'http://[::1]:8080',
    'http://[0:0:0:0:0:0:0:1]:8080',
  ])('allows plain http to the loopback address %s', async (baseUrl) => {
    nock(new URL(baseUrl).origin).get('/api/v1/me').reply(200, me);
    await expect(connect(baseUrl)).resolves.toMatchObject(me);
  });

  test.each([
    'http://pakiet.test',
    'http://192.168.1.10:8080',
    'http://127.0.0.1.evil.test',
    'http://localhost.evil.test',
    'http://[::2]',
  ])('insists on https for %s', async (baseUrl) => {
    const { code, sentence } = await failureOf(connect(baseUrl));
    expect(code).toBe('insecure_server_url');
    expect(sentence).toContain('must start with https://');
  });

  test.each(['', '   ', 'pakiet.test', 'localhost:8080', 'ftp://pakiet.test', null])(
    'asks for a full address when given %p',
    async (baseUrl) => {
      const failure = await failureOf(connect(baseUrl));
      expect(failure.code).toBe('invalid_server_url');
    },
  );

  test('refuses an address with a user name or password in it, without repeating it', async () => {
    const failure = await failureOf(connect('https://jane:hunter2@pakiet.test'));
    expect(failure.code).toBe('invalid_server_url');
    expect(failure.whole).not.toContain('hunter2');
  });

  test('does not repeat a key that was pasted into the Server URL', async () => {
    const { code, whole } = await failureOf(connect(API_KEY));
    expect(code).toBe('invalid_server_url');
    expect(whole).not.toContain(API_KEY);
  });

  test.each(['', '  ', 'two words', 'key\nX-Admin: 1', 'ключ', '{{bundle.authData.apiKey}}'])(
    'refuses %j as a key before anything is sent',
    async (apiKey) => {
      const { code, sentence } = await failureOf(connect(SERVER, apiKey));
      expect(code).toBe('malformed_api_key');
      expect(sentence).toContain('Copy the key again');
    },
  );
});

describe('a failed authentication test tells apart', () => {
  const page = '<!doctype html><title>Acme</title><p>Welcome';

  test.each<[string, string, number, nock.Body, nock.ReplyHeaders]>([
    ['a refused key (401)', 'refused_api_key', 401, refusal('unauthorized'), json],
    ['a key without the right (403)', 'refused_api_key', 403, refusal('forbidden'), json],
    ['a web page', 'web_page', 200, page, html],
    [
      'a web page that says it is something else',
      'web_page',
      200,
      page,
      { 'content-type': 'text/plain' },
    ],
    ['a sign-in page in front of the server', 'web_page', 403, page, html],
    ['a wrong path', 'wrong_path', 404, refusal('not_found'), json],
    ['a wrong path of a web site', 'wrong_path', 404, page, html],
    ['a broken server', 'server_broken', 500, refusal('internal'), json],
    ['a gateway without a server behind it', 'server_broken', 502, page, html],
    ['a server that moved', 'redirected', 301, '', { location: 'https://elsewhere.test/' }],
    ['JSON that is not Pakiet’s', 'not_pakiet', 200, { hello: 'world' }, json],
    ['an answer that is no JSON', 'not_pakiet', 200, 'OK', { 'content-type': 'text/plain' }],
    ['an empty answer', 'not_pakiet', 200, '', json],
    ['a request the server does not accept', 'refused_request', 400, refusal('bad_header'), json],
  ])('%s', async (_what, code, status, body, headers) => {
    answer(status, body, headers);
    const failure = await failureOf(connect());
    expect(failure).toMatchObject({ name: 'AppError', code });
    expect(failure.sentence).toContain('pakiet.test');
    expect(failure.sentence).toMatch(/(Check|Copy|Enter|Open|Ask|Try) /);
    expect(failure.whole).not.toContain(API_KEY);
    expect(failure.whole).not.toContain('Welcome');
  });

  test.each([
    ['ECONNREFUSED', 'server_unreachable'],
    ['ENOTFOUND', 'server_unreachable'],
    ['CERT_HAS_EXPIRED', 'untrusted_certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted_certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted_certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no_https'],
    ['EPROTO', 'server_unreachable'],
    ['ETIMEDOUT', 'server_slow'],
  ])('a connection that fails with %s', async (reason, code) => {
    const error = Object.assign(new Error(`${reason} with ${API_KEY}`), { code: reason });
    nock(SERVER).get('/api/v1/me').replyWithError(error);
    const failure = await failureOf(connect());
    expect(failure).toMatchObject({ name: 'AppError', code });
    expect(failure.whole).not.toContain(API_KEY);
  });

  test('a server of plain http behind an https address', async () => {
    nock.enableNetConnect('127.0.0.1');
    const plain = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    try {
      const host = `127.0.0.1:${(plain.address() as AddressInfo).port}`;
      const { code, sentence, whole } = await failureOf(connect(`https://${host}`));
      expect(code).toBe('no_https');
      expect(sentence).toContain(`The server at ${host} answers without https.`);
      expect(whole).not.toContain(API_KEY);
    } finally {
      plain.close();
    }
  });

  test('a server that does not answer in time', async () => {
    nock.enableNetConnect('127.0.0.1');
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const failure = failureOf(
        connect(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`),
      );
      await once(silent, 'request');
      jest.advanceTimersByTime(25_000);
      await expect(failure).resolves.toMatchObject({ code: 'server_slow' });
    } finally {
      jest.useRealTimers();
      silent.closeAllConnections();
      silent.close();
    }
  });

  test.each([
    ['in seconds', '120', 120],
    ['as a date that is past', 'Wed, 21 Oct 2015 07:28:00 GMT', 1],
    ['not at all', undefined, 60],
  ])('a server that is busy, saying how long %s', async (_how, header, delay) => {
    answer(429, refusal('too_many'), { ...json, ...(header && { 'retry-after': header }) });
    const failure = await failureOf(connect());
    expect(failure).toMatchObject({ name: 'ThrottledError', delay });
    expect(failure.whole).not.toContain(API_KEY);
  });

  test('a refusal by its code, leaving out the message that may repeat what was sent', async () => {
    answer(422, refusal('invalid_target_url'));
    const { sentence } = await failureOf(connect());
    expect(sentence).toContain('(invalid_target_url)');
    expect(sentence).not.toContain('You sent');
  });
});

describe('the connection label', () => {
  test.each([
    ['Jane Smith', 'Acme', 'Jane Smith – Acme'],
    ['', 'Acme', 'jane@acme.example – Acme'],
  ])('of %j at %j is %j', async (full_name, name, label) => {
    answer(200, { ...me, owner: { ...me.owner, full_name }, workspace: { id: 'ws_1', name } });
    await expect(connect()).resolves.toMatchObject({ label });
    expect(authentication.connectionLabel).toBe('{{label}}');
  });

  test('and the test’s result leave out whatever else the server may say', async () => {
    answer(200, { ...me, secret: 'whsec_nobody', owner: { ...me.owner, password: 'hunter2' } });
    expect(JSON.stringify(await connect())).not.toMatch(/whsec_nobody|hunter2/);
  });
});

describe('a server whose API is too old', () => {
  const oldRefusal = {
    error: { code: 'not_found', message: 'There is nothing at GET /pakiet/api/v1/me' },
  };
  const old = { ...me, server: { version: '0.1.0', api_version: API_VERSION - 1 } };
  const plain = { 'content-type': 'application/json' };
  const versioned = (version: number) => ({ ...plain, 'pakiet-api-version': String(version) });

  test.each<[string, number, nock.Body, nock.ReplyHeaders]>([
    ['its answer to who is who', 200, old, plain],
    ['its header', 200, me, versioned(API_VERSION - 1)],
    ['its header, whatever the status', 404, page404(), versioned(API_VERSION - 1)],
    ['how it says that it has no such route', 404, oldRefusal, plain],
  ])('is recognised by %s', async (_what, status, body, headers) => {
    answer(status, body, headers);
    const { code, sentence, whole } = await failureOf(connect());
    expect(code).toBe('server_too_old');
    expect(sentence).toBe(
      'The Pakiet server at pakiet.test runs a version that is too old for this integration. Ask the person who runs it to update it.',
    );
    expect(whole).not.toContain(API_KEY);
  });

  test.each([API_VERSION, API_VERSION + 1])('is not one of version %d', async (version) => {
    answer(200, { ...me, server: { ...me.server, api_version: version } }, versioned(version));
    await expect(connect()).resolves.toMatchObject({ workspace: me.workspace });
  });

  test.each<[number, nock.Body, string]>([
    [404, page404(), 'wrong_path'],
    [404, { message: 'no route' }, 'wrong_path'],
    [401, { error: 'login' }, 'refused_api_key'],
    [500, '', 'server_broken'],
  ])('is not assumed when %d %j need not be Pakiet’s', async (status, body, code) => {
    answer(status, body, plain);
    await expect(failureOf(connect())).resolves.toMatchObject({ code });
  });
});

function page404(): string {
  return '<!doctype html><title>Not found</title>';
}
