import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const TOKEN = 'token-of-the-prometheus-of-the-tests';
const HOUR = 3_600_000;
const SECRETS = ['John Doe', '972540000000', '972550000000', 'chat-', 'token=', '127.0.0.1'];

let receiver: HttpReceiver;
let server: ServerProcess;
const folder = tempFolder();
const webhooks: { id: string; secret: string }[] = [];

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder, { PAKIET_METRICS_TOKEN: TOKEN });
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const ask = (authorization?: string, url = server.url) =>
  fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

/** The samples by name and labels, as they are written; what is counted is counted anew. */
async function scrape(): Promise<Map<string, number>> {
  await server.advance(31_000);
  const text = await (await ask(`Bearer ${TOKEN}`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const [, name, value] = /^(.*) (\S+)$/.exec(line) as RegExpExecArray;
      return [name as string, Number(value)];
    }),
  );
}

/** What of the given samples is so. */
async function expectSamples(expected: Record<string, unknown>): Promise<void> {
  const samples = await scrape();
  const found = Object.keys(expected).map((name) => [name, samples.get(name)]);
  expect(Object.fromEntries(found)).toEqual(expected);
}

async function hook(path: string, given: object = {}): Promise<string> {
  const target_url = receiver.url(`${path}?token=SECRET-OF-THE-URL`);
  const settings = { target_url, granularity_hours: 0, ...given };
  const { body } = await server.call('POST', '/webhooks', settings);
  webhooks.push(body);
  return body.id;
}

const settled = (id: string, isSo: (webhook: { [name: string]: number }) => boolean) =>
  server.until(`/webhooks/${id}`, isSo);

describe('who may read the metrics', () => {
  test('is whoever has the token, not an API key', async () => {
    const { status, headers } = await ask(`Bearer ${TOKEN}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const authorization of [
      undefined,
      `Bearer ${API_KEY}`,
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
    ]) {
      const refused = await ask(authorization);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: { code: 'unauthorized' } });
    }
  });

  test('is asked to wait after many wrong tokens, and let in with the right one all the same', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 40; n += 1) statuses.push((await ask('Bearer wrong')).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200);
  });

  test('is nobody where no token is configured, from this machine neither', async () => {
    const without = await ServerProcess.start(tempFolder());
    expect((await ask(undefined, without.url)).status).toBe(404);
    expect((await ask('Bearer ', without.url)).status).toBe(404);
    await without.stop();
  });
});

describe('the metrics', () => {
  test('count messages by what became of them, and requests by status', async () => {
    const message = inboundInput({ chat: { id: 'chat-1' } });
    const skipped = inboundInput({ chat: { id: 'chat-1' }, message: { text: ' ' } });
    await server.call('POST', '/messages', { messages: [message, message, skipped, { bad: 1 }] });
    await server.call('POST', '/messages', { bad: 1 });
    await server.call('GET', '/me');
    await expectSamples({
      'pakiet_messages_total{outcome="accepted"}': 1,
      'pakiet_messages_total{outcome="duplicate"}': 1,
      'pakiet_messages_total{outcome="skipped"}': 1,
      'pakiet_messages_total{outcome="rejected"}': 2,
      'pakiet_http_requests_total{area="intake",status="202"}': 1,
      'pakiet_http_requests_total{area="intake",status="400"}': 1,
      'pakiet_http_requests_total{area="api",status="200"}': 1,
      pakiet_intake_duration_seconds_count: 2,
      'pakiet_store_errors_total{thread="main"}': 0,
      'pakiet_store_errors_total{thread="dispatcher"}': 0,
    });
  });

  test('count deliveries by how they ended, and time them', async () => {
    const id = await hook('/good');
    await server.call('POST', '/messages', inboundInput({ chat: { id: 'chat-1' } }));
    await settled(id, ({ waiting }) => waiting === 0);
    receiver.statuses.set('/good?token=SECRET-OF-THE-URL', 503);
    await server.call('POST', '/messages', inboundInput({ chat: { id: 'chat-1' } }));
    await settled(id, ({ consecutive_errors }) => consecutive_errors === 1);
    await server.call('DELETE', `/webhooks/${id}`);
    await expectSamples({
      'pakiet_deliveries_total{outcome="ok"}': 1,
      'pakiet_deliveries_total{outcome="status_5xx"}': 1,
      'pakiet_deliveries_total{outcome="timeout"}': 0,
      pakiet_delivered_messages_total: 1,
      pakiet_delivery_duration_seconds_count: 2,
      pakiet_acceptance_to_delivery_seconds_count: 1,
      pakiet_deliveries_under_way: 0,
    });
  });

  test('show what waits, what is overdue, and webhooks and e-mails by state', async () => {
    const off = await hook('/off');
    receiver.statuses.set('/off?token=SECRET-OF-THE-URL', 500);
    receiver.statuses.set('/failing?token=SECRET-OF-THE-URL', 500);
    const say = (chat: object, direction: 'received' | 'sent' = 'received') =>
      server.call('POST', '/messages', inboundInput({ chat, message: { direction } }));
    await say({ id: 'chat-1' });
    for (let errors = 1; errors <= 11; errors += 1) {
      await settled(off, (webhook) => webhook.consecutive_errors === errors);
      await server.advance(10 * HOUR);
    }
    const failing = await hook('/failing', { filters: { chat_type: 'group' } });
    await hook('/bundles', { granularity_hours: 24 });
    await hook('/received', { granularity_hours: 24, filters: { direction: 'received' } });
    await say({ id: 'chat-2' });
    await say({ id: 'chat-2' }, 'sent');
    await say({ id: 'chat-3', is_group: true });
    await settled(failing, (webhook) => webhook.consecutive_errors === 1);
    const samples = await scrape();
    expect(samples.get('pakiet_webhooks{state="enabled"}')).toBe(2);
    expect(samples.get('pakiet_webhooks{state="pausing"}')).toBe(1);
    expect(samples.get('pakiet_webhooks{state="disabled_by_errors"}')).toBe(1);
    expect(samples.get('pakiet_emails{state="unsent"}')).toBe(1);
    // 3 for the bundles, 2 for those received, 1 for the group.
    expect(samples.get('pakiet_waiting_messages{webhook="on"}')).toBe(3 + 2 + 1);
    expect(samples.get('pakiet_waiting_lanes{webhook="on"}')).toBe(2 + 2 + 1);
    expect(samples.get('pakiet_waiting_messages{webhook="off"}')).toBe(1 + 3);
    expect(samples.get('pakiet_waiting_lanes{webhook="off"}')).toBe(3);
    expect(samples.get('pakiet_oldest_overdue_seconds{webhook="healthy"}')).toBe(0);
    expect(samples.has('pakiet_oldest_overdue_seconds{webhook="failing"}')).toBe(true);
    expect(samples.get('pakiet_data_disk_free_bytes')).toBeGreaterThan(0);
  });

  test('count a transaction that the database refuses', async () => {
    const intruder = new Database(databasePath(folder));
    intruder.exec('BEGIN EXCLUSIVE');
    const refused = await server.call('POST', '/messages', inboundInput());
    intruder.exec('ROLLBACK');
    intruder.close();
    expect(refused.status).toBe(503);
    await expectSamples({ 'pakiet_store_errors_total{thread="main"}': 1 });
  });

  test('leave out what cannot be counted, and go on with the rest', async () => {
    const intruder = new Database(databasePath(folder));
    intruder.exec('ALTER TABLE parked RENAME TO gone');
    const samples = await scrape();
    intruder.exec('ALTER TABLE gone RENAME TO parked');
    intruder.close();
    expect(samples.has('pakiet_parked_deliveries')).toBe(false);
    expect(samples.has('pakiet_data_disk_free_bytes')).toBe(false);
    expect(samples.get('pakiet_messages_total{outcome="accepted"}')).toBeGreaterThan(0);
    expect(server.output).toContain('counting for the metrics failed');
    await expectSamples({ pakiet_parked_deliveries: 0 });
  });

  test('have a help text each, and hold no secret, name, number or address', async () => {
    const text = await (await ask(`Bearer ${TOKEN}`)).text();
    const helped = [...text.matchAll(/^# HELP (\S+) \S+ \S+/gm)].map(([, name]) => name);
    const typed = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(helped).toEqual(typed);
    expect(new Set(typed).size).toBe(typed.length);
    const told = [TOKEN, API_KEY, 'SECRET-OF-THE-URL', ...webhooks.map(({ secret }) => secret)];
    for (const secret of [...SECRETS, ...told]) expect(text).not.toContain(secret);
  });
});
