import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { ERROR_STATUS } from '../../src/server/errors.ts';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
const seen = new Map<string, number>();

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

interface Given {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

/** The error a request is answered with; it must have the one form that errors have. */
async function errorOf(path: string, { method = 'GET', body, headers = {} }: Given = {}) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const answer = await response.json();
  expect(Object.keys(answer)).toEqual(['error']);
  const { code, message, ...more } = answer.error;
  expect(Object.keys(more).filter((key) => key !== 'field')).toEqual([]);
  expect(message).toMatch(/.{10}/);
  expect(response.status).toBe(ERROR_STATUS[code as keyof typeof ERROR_STATUS]);
  seen.set(code, response.status);
  return { status: response.status, headers: response.headers, ...answer.error };
}

const post = (path: string, body: unknown) =>
  errorOf(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

const webhook = { target_url: 'http://127.0.0.1:1/', granularity_hours: 1, enabled: false };

describe('an error', () => {
  test('400: the body is not JSON', async () => {
    expect(await post('/api/v1/webhooks', '{')).toMatchObject({ code: 'invalid_json' });
    expect(await post('/api/v1/webhooks', '{"__proto__":{}}')).toMatchObject({
      code: 'invalid_json',
    });
  });

  test('400: the request has not the form of the call', async () => {
    expect(await post('/api/v1/webhooks', {})).toMatchObject({ code: 'invalid_request' });
    expect(await post('/api/v1/webhooks', 'null')).toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('JSON object'),
    });
    expect(await errorOf('/api/v1/chats/%zz')).toMatchObject({ code: 'invalid_request' });
  });

  test('400: no message is usable', async () => {
    expect(await post('/api/v1/messages', {})).toMatchObject({ code: 'nothing_usable' });
  });

  test('401: no key, a wrong one, or the wrong scheme', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer nonsense', `Basic ${btoa(`:${API_KEY}`)}`]) {
      expect(await errorOf('/api/v1/me', { headers: { authorization } })).toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('Authorization: Bearer'),
      });
    }
  });

  test('404: a route or a thing that is not there', async () => {
    for (const path of ['/api', '/api/v1', '/api/v2/me', '/api/v1/webhooks/1', '/nothing?x=1']) {
      expect(await errorOf(path)).toMatchObject({ code: 'not_found' });
    }
    const long = `/api/v1/webhooks/${'x'.repeat(500)}`;
    expect(await errorOf(long)).toMatchObject({ code: 'not_found' });
    expect((await errorOf('/api/v1/me', { method: 'DELETE' })).message).toBe(
      'There is nothing at DELETE /api/v1/me',
    );
  });

  test('409: the state of the webhook does not allow it', async () => {
    const { body } = await server.call('POST', '/webhooks', webhook);
    expect(await errorOf(`/api/v1/webhooks/${body.id}/flush`, { method: 'POST' })).toMatchObject({
      code: 'webhook_disabled',
    });
    await server.call('DELETE', `/webhooks/${body.id}`);
  });

  test('409: it is for Zapier to do, or Zapier has no part in it', async () => {
    const { body: ofZap } = await server.call('POST', '/webhooks', {
      ...webhook,
      source: 'zapier',
    });
    const edit = { method: 'PATCH', body: JSON.stringify({ filters: { direction: 'sent' } }) };
    const headers = { 'content-type': 'application/json' };
    expect(await errorOf(`/api/v1/webhooks/${ofZap.id}`, { ...edit, headers })).toMatchObject({
      code: 'managed_by_zap',
      field: 'filters',
    });
    const { body: byHand } = await server.call('POST', '/webhooks', webhook);
    expect(
      await post(`/api/v1/webhooks/${byHand.id}/unsubscribe`, { subscription: 'x' }),
    ).toMatchObject({
      code: 'not_subscribed',
    });
    expect(await post(`/api/v1/webhooks/${byHand.id}/chats/1/park`, undefined)).toMatchObject({
      code: 'nothing_to_park',
    });
    for (const { id } of [ofZap, byHand]) await server.call('DELETE', `/webhooks/${id}`);
  });

  test('413: the body is too large', async () => {
    const name = 'x'.repeat(300_000);
    expect(await post('/api/v1/webhooks', { ...webhook, name })).toMatchObject({
      code: 'too_large',
    });
  });

  test('415: the body is not JSON by its header', async () => {
    for (const type of ['text/plain', 'multipart/form-data', 'application/xml']) {
      const headers = { 'content-type': type };
      expect(
        await errorOf('/api/v1/webhooks', { method: 'POST', body: '{}', headers }),
      ).toMatchObject({ code: 'unsupported_media_type' });
    }
  });

  test('422: a filter names a chat that there is not', async () => {
    expect(
      await post('/api/v1/webhooks', { ...webhook, filters: { chats: ['972540000000'] } }),
    ).toMatchObject({ code: 'unknown_chat', field: 'filters.chats' });
  });

  test('422: the URL is none', async () => {
    expect(await post('/api/v1/webhooks', { ...webhook, target_url: 'x' })).toMatchObject({
      code: 'invalid_url',
      field: 'target_url',
    });
  });

  test('503: the database is locked; once it is free again, everything goes on without a restart', async () => {
    const { body } = await server.call('POST', '/webhooks', {
      target_url: receiver.url('/locked'),
      granularity_hours: 0,
    });
    const message = inboundInput();
    const intruder = new Database(databasePath(folder));
    intruder.exec('BEGIN EXCLUSIVE');
    const refused = await post('/api/v1/messages', message);
    expect(refused).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Send this request again'),
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    // Logged in few words: there is such a line for each request.
    const id = refused.headers.get('x-request-id');
    const line = server.output.split('\n').find((one) => one.includes(id)) ?? '';
    expect(JSON.parse(line)).toMatchObject({ reason: 'SQLITE_BUSY: database is locked' });
    expect(line.length).toBeLessThan(400);
    // What only reads goes on meanwhile.
    expect((await server.call('GET', '/me')).status).toBe(200);
    intruder.exec('ROLLBACK');
    intruder.close();
    expect(await server.call('POST', '/messages', message)).toMatchObject({
      status: 202,
      body: { accepted: 1, duplicates: 0 },
    });
    await receiver.waitFor('/locked', 1);
    await server.call('DELETE', `/webhooks/${body.id}`);
  });

  test('429: keys are being guessed; a right key is let in all the same', async () => {
    const guess = () => errorOf('/api/v1/me', { headers: { authorization: 'Bearer guess' } });
    let last = await guess();
    for (let tries = 1; tries < 40 && last.status === 401; tries += 1) last = await guess();
    expect(last).toMatchObject({
      code: 'too_many_requests',
      message: expect.stringMatching(/try again in \d+ seconds/),
    });
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.call('GET', '/me')).status).toBe(200);
  });

  test('429: too many calls of the settings; messages are still taken', async () => {
    let status = 200;
    for (let calls = 0; calls < 1300 && status === 200; calls += 100) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => server.call('GET', '/me')),
      );
      status = Math.max(...answers.map((answer) => answer.status));
    }
    expect(await errorOf('/api/v1/me')).toMatchObject({ code: 'too_many_requests' });
    expect((await server.call('POST', '/messages', inboundInput())).status).toBe(202);
  });

  test('of every code but "internal_error" was seen above', () => {
    const expected = Object.entries(ERROR_STATUS).filter(([code]) => code !== 'internal_error');
    expect([...seen].sort()).toEqual(expected.sort());
    expect([...new Set(Object.values(ERROR_STATUS))].sort()).toEqual([
      400, 401, 404, 409, 413, 415, 422, 429, 500, 503,
    ]);
  });
});
