import { describe, expect, test } from '@jest/globals';
import { newWebhookSchema } from '../../src/wire/webhook.ts';
import nock from './nocked.ts';
import {
  API_KEY,
  bundleWith,
  failureOf,
  JSON_HEADERS,
  newMessage,
  newMessageBatch,
  run,
  SECRET,
  SERVER,
  TARGET_URL,
} from './support.ts';

const TRIGGERS = [newMessage, newMessageBatch];
const created = { id: 'wh_1', secret: SECRET, subscription: 'sub_3' };
const reqheaders = { authorization: `Bearer ${API_KEY}` };

/** Subscribes a trigger and returns what the server was sent. */
async function subscribed(trigger: (typeof TRIGGERS)[number], rest: object = {}) {
  let sent: Record<string, unknown> = {};
  nock(SERVER, { reqheaders })
    .post('/api/v1/webhooks', (body: Record<string, unknown>) => {
      sent = body;
      return true;
    })
    .reply(201, { ...created, enabled: true, waiting: 0 }, JSON_HEADERS);
  const bundle = bundleWith({ targetUrl: TARGET_URL, ...rest });
  await expect(run(trigger.operation.performSubscribe, bundle)).resolves.toEqual(created);
  return sent;
}

describe('subscribing', () => {
  test('asks for the messages of New Message one by one, at the Zap’s address', async () => {
    await expect(subscribed(newMessage, { meta: { zap: { id: '4711' } } })).resolves.toEqual({
      target_url: TARGET_URL,
      granularity_hours: 0,
      filters: { direction: 'received' },
      name: '',
      source: 'zapier',
      zap_id: '4711',
    });
  });

  test.each([
    ['1', 1],
    ['6', 6],
    ['12', 12],
    ['24', 24],
    [12, 12],
  ])('asks for batches of %j hours with the number %j', async (granularity, hours) => {
    const sent = await subscribed(newMessageBatch, { inputData: { granularity } });
    expect(sent.granularity_hours).toBe(hours);
  });

  test.each([undefined, null, '', '  ', []])(
    'takes a Batch Period left blank as %j for a day',
    async (granularity) => {
      const sent = await subscribed(newMessageBatch, { inputData: { granularity } });
      expect(sent.granularity_hours).toBe(24);
    },
  );

  test.each(['0', '7', 'hourly', '-1', '6.5'])(
    'refuses the Batch Period %j before anything is sent',
    async (granularity) => {
      const bundle = bundleWith({ targetUrl: TARGET_URL, inputData: { granularity } });
      const failure = await failureOf(run(newMessageBatch.operation.performSubscribe, bundle));
      expect(failure).toMatchObject({ name: 'AppError', code: 'invalid_granularity' });
    },
  );

  test('says as text which Zap it is for, or nothing when Zapier does not tell', async () => {
    const numbered = await subscribed(newMessage, { meta: { zap: { id: 4711 } } });
    expect(numbered.zap_id).toBe('4711');
    for (const meta of [undefined, {}, { zap: null }, { zap: { id: null } }]) {
      expect(await subscribed(newMessage, { meta })).not.toHaveProperty('zap_id');
    }
  });

  test.each(TRIGGERS)(
    '$key sends what the wire’s schema of a new webhook accepts',
    async (trigger) => {
      const sent = await subscribed(trigger, { meta: { zap: { id: '4711' } } });
      expect(newWebhookSchema.safeParse(sent).error).toBeUndefined();
    },
  );

  test.each<[number, nock.Body, string]>([
    [401, { error: { code: 'unauthorized', message: API_KEY } }, 'refused_api_key'],
    [404, { error: { code: 'not_found', message: TARGET_URL } }, 'wrong_path'],
    [422, { error: { code: 'invalid_target_url', message: TARGET_URL } }, 'refused_request'],
    [500, { error: { code: 'internal', message: SECRET } }, 'server_broken'],
    [201, { id: 'wh_1', key: SECRET }, 'not_pakiet'],
    [200, '<html>', 'web_page'],
    [201, { id: 'wh_1', secret: SECRET, subscription: 3 }, 'not_pakiet'],
  ])('that is answered with %d %j fails with %s', async (status, answer, code) => {
    nock(SERVER).post('/api/v1/webhooks').reply(status, answer, JSON_HEADERS);
    const bundle = bundleWith({ targetUrl: TARGET_URL });
    const failure = await failureOf(run(newMessage.operation.performSubscribe, bundle));
    expect(failure).toMatchObject({ name: 'AppError', code });
    for (const secret of [API_KEY, SECRET, TARGET_URL]) expect(failure.whole).not.toContain(secret);
  });
});

describe('unsubscribing', () => {
  const bundle = bundleWith({ targetUrl: TARGET_URL, subscribeData: created });
  const unsubscribe = () => run(newMessage.operation.performUnsubscribe, bundle);
  const path = '/api/v1/webhooks/wh_1/unsubscribe';

  test.each([200, 204, 404, 410])('is done when the server answers %d', async (status) => {
    nock(SERVER, { reqheaders })
      .post(path, { subscription: 'sub_3' })
      .reply(status, '', JSON_HEADERS);
    await expect(unsubscribe()).resolves.toEqual({ id: 'wh_1' });
  });

  test('says the same each time, so that repeating it changes nothing', async () => {
    nock(SERVER).post(path, { subscription: 'sub_3' }).twice().reply(200, {}, JSON_HEADERS);
    await expect(unsubscribe()).resolves.toEqual({ id: 'wh_1' });
    await expect(unsubscribe()).resolves.toEqual({ id: 'wh_1' });
  });

  test.each([undefined, null, 3, 'x'.repeat(201)])(
    'names no subscription when it is not known which (%j)',
    async (subscription) => {
      nock(SERVER).post(path, { subscription: '' }).reply(200, {}, JSON_HEADERS);
      const subscribeData = { id: 'wh_1', secret: SECRET, subscription };
      const unnamed = bundleWith({ subscribeData });
      await run(newMessage.operation.performUnsubscribe, unnamed);
    },
  );

  test('does not take the missing route of an old server for success', async () => {
    const answer = {
      error: {
        code: 'not_found',
        message: 'There is nothing at POST /api/v1/webhooks/1/unsubscribe',
      },
    };
    nock(SERVER).post(path).reply(404, answer);
    await expect(failureOf(unsubscribe())).resolves.toMatchObject({ code: 'server_too_old' });
  });

  test.each([
    [401, 'refused_api_key'],
    [409, 'refused_request'],
    [500, 'server_broken'],
    [503, 'server_broken'],
  ])('fails when the server answers %d, without its secret', async (status, code) => {
    nock(SERVER).post(path).reply(status, { secret: SECRET }, JSON_HEADERS);
    const failure = await failureOf(unsubscribe());
    expect(failure).toMatchObject({ name: 'AppError', code });
    for (const secret of [API_KEY, SECRET, TARGET_URL]) expect(failure.whole).not.toContain(secret);
  });

  test('ends only its own subscription, whatever its id looks like', async () => {
    nock(SERVER).post('/api/v1/webhooks/..%2Fme/unsubscribe').reply(200, {}, JSON_HEADERS);
    const odd = bundleWith({ subscribeData: { id: '../me', secret: SECRET } });
    await expect(run(newMessage.operation.performUnsubscribe, odd)).resolves.toEqual({
      id: '../me',
    });
  });

  test('of what was never subscribed asks the server for nothing', async () => {
    const never = bundleWith({ subscribeData: {} });
    await expect(run(newMessage.operation.performUnsubscribe, never)).resolves.toEqual({});
  });
});
