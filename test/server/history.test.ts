import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let receiver: HttpReceiver;
let server: ServerProcess;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const hook = async (path: string, granularity_hours = 0, filters = {}) => {
  const settings = { target_url: receiver.url(path), granularity_hours, filters };
  return (await server.call('POST', '/webhooks', settings)).body;
};

const at = (id: string, what: string) => `/webhooks/${id}/${what}`;

describe('POST /webhooks/{id}/test', () => {
  test.each([
    ['a single', 0, singleSample],
    ['a bundle', 6, bundleSample],
  ])('sends %s signed sample and answers with the attempt', async (_what, hours, sample) => {
    const path = `/test-${hours}`;
    const { id, secret } = await hook(path, hours);
    const { status, body } = await server.call('POST', at(id, 'test'));
    expect(status).toBe(200);
    const [delivery] = receiver.at(path);
    expect(JSON.parse(delivery?.body as string)).toEqual(sample);
    new Webhook(secret).verify(
      delivery?.body as string,
      delivery?.headers as Record<string, string>,
    );
    expect(body).toMatchObject({
      kind: 'test',
      request: { method: 'POST', url: receiver.url(path), body: delivery?.body },
      response: { status: 200, body: 'ok', headers: { 'x-receiver': 'of the tests' } },
      error: null,
    });
    expect((await server.call('GET', at(id, 'log'))).body).toEqual([body]);
    expect((await server.call('GET', at(id, 'activity'))).body).toEqual([
      { at: expect.any(String), action: 'test', detail: 'Test sent' },
    ]);
  });

  test('neither counts as an error nor clears the count', async () => {
    const path = '/test-of-a-broken-one';
    const { id } = await hook(path);
    receiver.statuses.set(path, 500);
    const { body: failed } = await server.call('POST', at(id, 'test'));
    expect(failed).toMatchObject({ response: { status: 500 }, error: { code: 'status_500' } });
    expect((await server.call('GET', `/webhooks/${id}`)).body.consecutive_errors).toBe(0);

    await server.call('POST', '/messages', inboundInput());
    await server.until(`/webhooks/${id}`, (webhook) => webhook.consecutive_errors === 1);
    receiver.statuses.delete(path);
    const { body: sent } = await server.call('POST', at(id, 'test'));
    expect(sent.error).toBeNull();
    const { body: after } = await server.call('GET', `/webhooks/${id}`);
    expect(after).toMatchObject({ consecutive_errors: 1, waiting: 1 });
    const { body: activity } = await server.call('GET', at(id, 'activity'));
    expect(activity.map((one: { action: string }) => one.action)).toEqual([
      'test',
      'failed',
      'test',
    ]);
    expect(activity[2].detail).toBe('Test failed: The receiver answered 500; only 200 is success');
    await server.call('DELETE', `/webhooks/${id}`);
  });

  test('works on a webhook that is switched off', async () => {
    const { id } = await hook('/test-of-one-switched-off');
    await server.call('PATCH', `/webhooks/${id}`, { enabled: false });
    expect((await server.call('POST', at(id, 'test'))).body.error).toBeNull();
  });

  test('tells a receiver that is not there', async () => {
    const { body } = await server.call('POST', '/webhooks', {
      target_url: 'http://127.0.0.1:1/closed',
      granularity_hours: 0,
      enabled: false,
    });
    expect((await server.call('POST', at(body.id, 'test'))).body).toMatchObject({
      response: null,
      error: { code: 'connection_failed', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  test('does not follow a redirect, and says so', async () => {
    const { id } = await hook('/moved');
    receiver.statuses.set('/moved', 301);
    expect((await server.call('POST', at(id, 'test'))).body.error).toEqual({
      code: 'status_301',
      message: expect.stringContaining('enter the final address'),
    });
  });
});

describe('the activity and the log', () => {
  test('keep the 10 latest actions and the 100 latest requests, newest first', async () => {
    const path = '/many';
    const { id } = await hook(path, 0, { whatsapp_accounts: ['+972550000077'] });
    const messages = Array.from({ length: 104 }, (_, i) =>
      inboundInput({ account: '+972550000077', message: { text: `number ${i}` } }),
    );
    await server.call('POST', '/messages', { messages });
    await receiver.waitFor(path, 104);
    await server.until(`/webhooks/${id}`, ({ waiting }) => waiting === 0);
    const { body: log, headers } = await server.call('GET', at(id, 'log'));
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="webhook-${id}-log.json"`,
    );
    const texts = log.map(
      ({ request }: { request: { body: string } }) => JSON.parse(request.body).message.text,
    );
    expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => `number ${103 - i}`));
    const { body: activity } = await server.call('GET', at(id, 'activity'));
    expect(activity).toHaveLength(10);
    expect(activity[0]).toEqual({
      at: expect.any(String),
      action: 'sent',
      detail: expect.stringMatching(/^Sent 1 message of John Doe in \d+ ms$/),
    });
    await server.call('DELETE', `/webhooks/${id}`);
  });

  test('hold all that was sent and all that came back', async () => {
    const path = '/logged';
    const { id } = await hook(path, 0, { whatsapp_accounts: ['+972550000078'] });
    receiver.statuses.set(path, 404);
    receiver.bodies.set(path, '{"why":"no such hook 🙁"}');
    await server.call('POST', '/messages', inboundInput({ account: '+972550000078' }));
    const [delivery] = await receiver.waitFor(path, 1);
    const [entry] = await server.until(at(id, 'log'), (log) => log.length === 1);
    expect(entry).toEqual({
      at: expect.stringMatching(/Z$/),
      duration_ms: expect.any(Number),
      kind: 'delivery',
      request: {
        method: 'POST',
        url: receiver.url(path),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': expect.stringContaining('Pakiet'),
          'webhook-id': delivery?.headers['webhook-id'],
          'webhook-timestamp': delivery?.headers['webhook-timestamp'],
          'webhook-signature': delivery?.headers['webhook-signature'],
        },
        body: delivery?.body,
      },
      response: {
        status: 404,
        headers: expect.objectContaining({ 'x-receiver': 'of the tests' }),
        body: '{"why":"no such hook 🙁"}',
      },
      error: { code: 'status_404', message: 'The receiver answered 404; only 200 is success' },
    });
    const { body: activity } = await server.call('GET', at(id, 'activity'));
    expect(activity[0]).toMatchObject({
      action: 'failed',
      detail:
        'The receiver answered 404; only 200 is success (John Doe; error 1 in a row; more than 10 switch the webhook off)',
    });
    await server.call('DELETE', `/webhooks/${id}`);
  });

  test('say where the body that came back was cut', async () => {
    const { id } = await hook('/long-answer');
    receiver.bodies.set('/long-answer', 'a'.repeat(16 * 1024 + 1));
    const { body: cut } = await server.call('POST', at(id, 'test'));
    expect(cut.error).toBeNull();
    expect(cut.response).toMatchObject({ body: 'a'.repeat(16 * 1024), truncated: true });
    receiver.bodies.set('/long-answer', 'a'.repeat(16 * 1024));
    const { body: whole } = await server.call('POST', at(id, 'test'));
    expect(whole.response.body).toHaveLength(16 * 1024);
    expect(whole.response).not.toHaveProperty('truncated');
    const { body: log } = await server.call('GET', at(id, 'log'));
    expect(log.map((one: typeof cut) => one.response.truncated)).toEqual([undefined, true]);
  });
});

describe('without PAKIET_ALLOW_NETWORKS', () => {
  let guarded: ServerProcess;

  beforeAll(async () => {
    guarded = await ServerProcess.start(tempFolder(), { PAKIET_ALLOW_NETWORKS: '' });
  });

  afterAll(async () => {
    await guarded.stop();
  });

  test.each(['127.0.0.1', 'localhost'])(
    'a receiver on %s is refused, with the setting that lets it pass',
    async (host) => {
      const target_url = receiver.url('/guarded').replace('127.0.0.1', host);
      const { body } = await guarded.call('POST', '/webhooks', {
        target_url,
        granularity_hours: 0,
      });
      const { body: attempt } = await guarded.call('POST', at(body.id, 'test'));
      expect(attempt).toMatchObject({ response: null, error: { code: 'address_refused' } });
      expect(attempt.error.message).toMatch(/PAKIET_ALLOW_NETWORKS=(127\.0\.0\.1\/32|::1\/128)$/);

      await guarded.call('POST', '/messages', inboundInput());
      const webhook = await guarded.until(
        `/webhooks/${body.id}`,
        (one) => one.consecutive_errors === 1,
      );
      expect(webhook.waiting).toBe(1);
      const { body: log } = await guarded.call('GET', at(body.id, 'log'));
      expect(log[0].error.message).toContain('PAKIET_ALLOW_NETWORKS');
      expect(receiver.at('/guarded')).toEqual([]);
      await guarded.call('DELETE', `/webhooks/${body.id}`);
    },
  );
});

describe('GET /samples', () => {
  const samples = async (query: string) => {
    const { status, body } = await server.call('GET', `/samples?${query}`);
    expect(status).toBe(200);
    return body;
  };

  beforeAll(async () => {
    const account = '+972550000088';
    const one = (chat: string, text: string, direction: 'sent' | 'received', is_group = false) =>
      inboundInput({ account, chat: { id: chat, is_group }, message: { text, direction } });
    await server.call('POST', '/messages', {
      messages: [
        one('sample-a', 'a1', 'received'),
        one('sample-a', 'a2', 'sent'),
        one('sample-b', 'b1', 'received'),
        one('sample-g', 'g1', 'received', true),
      ],
    });
  });

  const mine = 'whatsapp_accounts=%2B972550000088';

  test('gives the newest messages, at most 3, in exactly the payload’s shape', async () => {
    const found = (await samples(mine)).map((one: unknown) => singlePayloadSchema.parse(one));
    expect(found.map((one: { message: { text: string } }) => one.message.text)).toHaveLength(3);
    expect(found[0]?.message.text).toBe('g1');
    expect(found[0]?.chat.is_group).toBe(true);
  });

  test.each([1, 6, 12, 24])('gives bundles of every %i hours', async (hours) => {
    const found = (await samples(`granularity_hours=${hours}&${mine}`)).map((one: unknown) =>
      bundlePayloadSchema.parse(one),
    );
    const texts = found.map((one: { messages: { text: string }[] }) =>
      one.messages.map(({ text }) => text),
    );
    expect(texts).toHaveLength(3);
    expect(texts).toContainEqual(['a1', 'a2']);
  });

  test('takes the same filters as a webhook', async () => {
    const textsOf = async (query: string) =>
      (await samples(`${mine}&${query}`)).map(
        (one: { message: { text: string } }) => one.message.text,
      );
    expect(await textsOf('direction=sent')).toEqual(['a2']);
    expect(await textsOf('chat_type=group')).toEqual(['g1']);
    expect((await textsOf('chat_type=direct')).sort()).toEqual(['a1', 'a2', 'b1']);
    const { chat } = (await samples(`${mine}&direction=sent`))[0];
    expect((await textsOf(`chats=${chat.chat_id}`)).sort()).toEqual(['a1', 'a2']);
    expect((await textsOf(`chats=1,${chat.chat_id}&chats=2`)).sort()).toEqual(['a1', 'a2']);
  });

  test('is empty where nothing matches', async () => {
    expect(await samples('whatsapp_accounts=%2B972550000099')).toEqual([]);
    expect(await samples(`granularity_hours=24&${mine}&chats=1`)).toEqual([]);
  });

  test.each([
    ['granularity_hours=2', 'granularity_hours'],
    ['chats=everyone', 'chats[0]'],
    ['direction=both', 'direction'],
    ['chat_type=channel', 'chat_type'],
  ])('refuses %s', async (query, field) => {
    expect(await server.call('GET', `/samples?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field } },
    });
  });
});
