import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { BundlePayload, SinglePayload } from '../../src/wire/payload.ts';
import type { NewWebhookInput } from '../../src/wire/webhook.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput, type MessageGiven } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;

let receiver: HttpReceiver;
let server: ServerProcess;
const made: string[] = [];
let paths = 0;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
});

afterEach(async () => {
  for (const id of made.splice(0)) await server.call('DELETE', `/webhooks/${id}`);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** Makes a webhook with a path of its own at the receiver. */
async function hook(given: Partial<NewWebhookInput> = {}) {
  paths += 1;
  const path = `/hook-${paths}`;
  const settings = { target_url: receiver.url(path), granularity_hours: 0, ...given };
  const { status, body } = await server.call('POST', '/webhooks', settings);
  expect(status).toBe(201);
  made.push(body.id);
  return { path, id: body.id as string, body };
}

const send = async (...given: MessageGiven[]) => {
  const { body } = await server.call('POST', '/messages', { messages: given.map(inboundInput) });
  expect(body).toMatchObject({ accepted: given.length });
};

const text = (value: string, more: MessageGiven = {}): MessageGiven => ({
  ...more,
  message: { ...more.message, text: value },
});

/** The texts of everything that came to a path, once so many requests have come. */
async function textsAt(path: string, count: number): Promise<string[]> {
  const deliveries = await receiver.waitFor(path, count);
  return deliveries.flatMap(({ body }) => {
    const payload = JSON.parse(body) as SinglePayload | BundlePayload;
    const messages = 'messages' in payload ? payload.messages : [payload.message];
    return messages.map((message) => message.text);
  });
}

const patch = (id: string, body: unknown) => server.call('PATCH', `/webhooks/${id}`, body);
const status = async (id: string) => (await server.call('GET', `/webhooks/${id}`)).body;

describe('POST /webhooks', () => {
  test('answers with the id, the secret and the status', async () => {
    const { body } = await hook({ granularity_hours: 6, name: ' To the CRM ' });
    expect(body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      name: 'To the CRM',
      target_url: expect.stringContaining('http://127.0.0.1'),
      granularity_hours: 6,
      filters: {},
      concurrency: 10,
      rate_per_second: null,
      source: 'manual',
      zap_id: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      enabled: true,
      disabled_reason: null,
      consecutive_errors: 0,
      next_attempt_at: null,
      waiting: 0,
    });
  });

  test('shows the secret only when the webhook is made', async () => {
    const { id } = await hook();
    expect(await status(id)).not.toHaveProperty('secret');
    const { body } = await server.call('GET', '/webhooks');
    expect(body.map((one: { id: string }) => one.id)).toContain(id);
    expect(JSON.stringify(body)).not.toContain('whsec_');
  });

  test('makes one switched off, and one for a Zap', async () => {
    const { body } = await hook({ enabled: false, source: 'zapier', zap_id: '42' });
    expect(body).toMatchObject({
      enabled: false,
      disabled_reason: 'owner',
      source: 'zapier',
      zap_id: '42',
    });
  });

  test.each([
    ['no address', { granularity_hours: 1 }, 'target_url', 'this field is missing'],
    ['no granularity', { target_url: 'https://x.example' }, 'granularity_hours', '0|1|6|12|24'],
    ['2 hours', { granularity_hours: 2 }, 'granularity_hours', '0|1|6|12|24'],
    ['an unknown field', { colour: 'red' }, 'colour', 'There is no field "colour"'],
    ['an unknown filter', { filters: { chat: [] } }, 'filters.chat', 'There is no field'],
    ['a filter that lets nothing pass', { filters: { chats: [] } }, 'filters.chats', '>=1 items'],
    ['a chat that is no text', { filters: { chats: ['1', 2] } }, 'filters.chats[1]', 'string'],
    ['a direction', { filters: { direction: 'both' } }, 'filters.direction', '"received"|"sent"'],
    ['a chat type', { filters: { chat_type: 'x' } }, 'filters.chat_type', '"direct"|"group"'],
    ['a source', { source: 'other' }, 'source', '"manual"|"zapier"'],
  ])('refuses %s and names the field', async (_what, given, field, hint) => {
    const body = { target_url: 'https://x.example', granularity_hours: 0, ...given };
    if (field === 'target_url') delete (body as { target_url?: string }).target_url;
    if (hint.startsWith('0|1') && !('granularity_hours' in given)) {
      delete (body as { granularity_hours?: number }).granularity_hours;
    }
    expect(await server.call('POST', '/webhooks', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field, message: expect.stringContaining(hint) } },
    });
  });

  test.each([
    ['', 'is not a URL'],
    ['hooks.example.com/x', 'is not a URL'],
    ['ftp://example.com', 'Only http and https'],
    ['javascript:alert(1)', 'Only http and https'],
    ['https://user:secret@example.com', 'user name or password'],
  ])('refuses the address "%s" with 422', async (target_url, hint) => {
    expect(
      await server.call('POST', '/webhooks', { target_url, granularity_hours: 0 }),
    ).toMatchObject({
      status: 422,
      body: {
        error: {
          code: 'invalid_url',
          field: 'target_url',
          message: expect.stringMatching(`${hint}.*such as https://`),
        },
      },
    });
  });
});

describe('a webhook that is not there', () => {
  test.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/flush'],
    ['POST', '/test'],
    ['GET', '/activity'],
    ['GET', '/log'],
  ])('answers 404 to %s /webhooks/{id}%s', async (method, path) => {
    for (const id of ['987654', 'abc', '-1', '1.5', '1e3', 'x'.repeat(200)]) {
      const body = method === 'PATCH' ? {} : undefined;
      expect(await server.call(method, `/webhooks/${id}${path}`, body)).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found' } },
      });
    }
  });
});

describe('the filters of a webhook', () => {
  test('decide what is delivered', async () => {
    const direct = { id: 'filter-direct', full_name: 'Filter Direct' };
    const group = { id: 'filter-group', full_name: 'Filter Group', is_group: true };
    await send(text('first', { chat: direct }));
    const { body } = await server.call('GET', '/chats?search=Filter%20Direct');
    const [{ chat_id }] = body.chats;
    const hooks = {
      all: await hook(),
      received: await hook({ filters: { direction: 'received' } }),
      sent: await hook({ filters: { direction: 'sent' } }),
      direct: await hook({ filters: { chat_type: 'direct' } }),
      group: await hook({ filters: { chat_type: 'group' } }),
      account: await hook({ filters: { whatsapp_accounts: ['+972550000002', '+972550000003'] } }),
      chat: await hook({ filters: { chats: [chat_id] } }),
      both: await hook({ filters: { chats: [chat_id], direction: 'sent' } }),
    };
    await send(
      text('received', { chat: direct }),
      text('sent', { chat: direct, message: { direction: 'sent' } }),
      text('in the group', { chat: group }),
      text('other account', { account: '+972550000002', chat: direct }),
    );
    const expected: Record<keyof typeof hooks, string[]> = {
      all: ['received', 'sent', 'in the group', 'other account'],
      received: ['received', 'in the group', 'other account'],
      sent: ['sent'],
      direct: ['received', 'sent', 'other account'],
      group: ['in the group'],
      account: ['other account'],
      chat: ['received', 'sent'],
      both: ['sent'],
    };
    for (const [name, texts] of Object.entries(expected)) {
      const { path, id } = hooks[name as keyof typeof hooks];
      expect((await textsAt(path, texts.length)).sort()).toEqual([...texts].sort());
      expect((await server.until(`/webhooks/${id}`, ({ waiting }) => waiting === 0)).enabled).toBe(
        true,
      );
      expect(receiver.at(path)).toHaveLength(texts.length);
    }
  });

  test('work in bundles, too: the first message that passes opens the window', async () => {
    const { path } = await hook({ granularity_hours: 1, filters: { direction: 'sent' } });
    const chat = { id: 'filtered-bundle' };
    await send(text('no', { chat }));
    await server.advance(HOUR / 2);
    await send(text('yes', { chat, message: { direction: 'sent' } }), text('no', { chat }));
    await server.advance(HOUR / 2);
    await send(text('yes, too', { chat, message: { direction: 'sent' } }));
    expect(receiver.at(path)).toHaveLength(0);
    await server.advance(HOUR / 2);
    expect(await textsAt(path, 1)).toEqual(['yes', 'yes, too']);
  });

  test('can be edited, and hold for what comes afterwards', async () => {
    const { path, id } = await hook({ filters: { direction: 'sent' } });
    const { body } = await patch(id, { filters: { direction: 'received' } });
    expect(body.filters).toEqual({ direction: 'received' });
    await send(text('now wanted'), text('no longer', { message: { direction: 'sent' } }));
    expect(await textsAt(path, 1)).toEqual(['now wanted']);
  });
});

describe('PATCH /webhooks/{id}', () => {
  test('changes the name and the address, and notes it', async () => {
    const { id } = await hook();
    const { path } = await hook({ enabled: false });
    const { status: code, body } = await patch(id, {
      name: 'Renamed',
      target_url: receiver.url(`${path}-moved`),
    });
    expect(code).toBe(200);
    expect(body).toMatchObject({ name: 'Renamed', target_url: receiver.url(`${path}-moved`) });
    await send(text('to the new address'));
    expect(await textsAt(`${path}-moved`, 1)).toEqual(['to the new address']);
    const { body: activity } = await server.call('GET', `/webhooks/${id}/activity`);
    expect(activity.at(-1)).toMatchObject({ action: 'edited', detail: 'Changed target_url, name' });
  });

  test('notes nothing where nothing changes', async () => {
    const { id, body } = await hook({ name: 'Same' });
    await patch(id, { name: 'Same', target_url: body.target_url, filters: {}, enabled: true });
    await patch(id, {});
    expect((await server.call('GET', `/webhooks/${id}/activity`)).body).toEqual([]);
  });

  test('refuses bad values and leaves everything as it was', async () => {
    const { id, body } = await hook({ name: 'Before' });
    expect(await patch(id, { name: 'After', target_url: 'nowhere' })).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_url', field: 'target_url' } },
    });
    for (const [field, value] of Object.entries({
      granularity_hours: 3,
      enabled: 'yes',
      secret: 'whsec_x',
      source: 'zapier',
      name: 'x'.repeat(201),
    })) {
      expect(await patch(id, { [field]: value })).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_request', field } },
      });
    }
    expect(await patch(id, undefined)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', message: expect.stringContaining('Send') } },
    });
    const { secret, ...before } = body;
    expect(await status(id)).toEqual(before);
  });

  test('a shorter period closes an open bundle earlier', async () => {
    const { path, id } = await hook({ granularity_hours: 24 });
    await send(text('one'));
    await server.advance(2 * HOUR);
    await send(text('two'));
    await patch(id, { granularity_hours: 6 });
    const due = (body: { next_attempt_at: string }) =>
      Date.parse(body.next_attempt_at) - server.now();
    const body = await server.until(`/webhooks/${id}`, (now) => due(now) <= 4 * HOUR);
    expect(due(body)).toBeGreaterThan(3.9 * HOUR);
    await server.advance(4 * HOUR);
    expect(await textsAt(path, 1)).toEqual(['one', 'two']);
  });

  test('a longer period keeps an open bundle open', async () => {
    const { path, id } = await hook({ granularity_hours: 1 });
    await send(text('one'));
    await patch(id, { granularity_hours: 6 });
    await server.advance(2 * HOUR);
    await send(text('two'));
    expect(receiver.at(path)).toHaveLength(0);
    await server.advance(4 * HOUR);
    expect(await textsAt(path, 1)).toEqual(['one', 'two']);
  });

  test('"don’t aggregate" sends what an open bundle held at once, one by one', async () => {
    const { path, id } = await hook({ granularity_hours: 24 });
    await send(text('one'), text('two'));
    await patch(id, { granularity_hours: 0 });
    expect(await textsAt(path, 2)).toEqual(['one', 'two']);
  });

  test('a new address ends the pause after an error and clears the count', async () => {
    const { path, id } = await hook();
    receiver.statuses.set(path, 500);
    await send(text('stuck'));
    await server.until(`/webhooks/${id}`, (webhook) => webhook.consecutive_errors === 1);
    const { body } = await patch(id, { target_url: receiver.url(`${path}-mended`) });
    expect(body.consecutive_errors).toBe(0);
    expect(await textsAt(`${path}-mended`, 1)).toEqual(['stuck']);
  });
});

describe('switching a webhook off and on by hand', () => {
  test('starts from now: neither what waited nor what came meanwhile is delivered', async () => {
    const { path, id } = await hook({ granularity_hours: 1 });
    const chat = { id: 'switched' };
    await send(text('waiting', { chat }));
    const { body: off } = await patch(id, { enabled: false });
    expect(off).toMatchObject({
      enabled: false,
      disabled_reason: 'owner',
      next_attempt_at: null,
      waiting: 1,
    });
    await send(text('meanwhile', { chat }));
    await server.advance(HOUR);
    const { body: on } = await patch(id, { enabled: true });
    expect(on).toMatchObject({ enabled: true, disabled_reason: null, waiting: 0 });
    await send(text('from now on', { chat }));
    await server.advance(HOUR);
    expect(await textsAt(path, 1)).toEqual(['from now on']);
    const activity = await server.until(
      `/webhooks/${id}/activity`,
      ([latest]) => latest.action === 'sent',
    );
    expect(activity.map((one: { action: string }) => one.action)).toEqual([
      'sent',
      'enabled',
      'disabled',
    ]);
    expect(activity[1].detail).toContain('starting from now');
  });

  test('a webhook made switched off gets nothing from before it was switched on', async () => {
    const { path, id } = await hook({ enabled: false });
    await send(text('too early'));
    await patch(id, { enabled: true });
    await send(text('in time'));
    expect(await textsAt(path, 1)).toEqual(['in time']);
  });
});

describe('POST /webhooks/{id}/flush', () => {
  test('closes the open bundles now and says how many there were', async () => {
    const { path, id } = await hook({ granularity_hours: 24 });
    await send(
      text('a1', { chat: { id: 'flush-a' } }),
      text('b1', { chat: { id: 'flush-b' } }),
      text('a2', { chat: { id: 'flush-a' } }),
    );
    expect(await server.call('POST', `/webhooks/${id}/flush`)).toMatchObject({
      status: 202,
      body: { bundles: 2 },
    });
    expect((await textsAt(path, 2)).sort()).toEqual(['a1', 'a2', 'b1']);
    await server.until(`/webhooks/${id}`, ({ waiting }) => waiting === 0);
    expect((await server.call('POST', `/webhooks/${id}/flush`)).body).toEqual({ bundles: 0 });
  });

  test('leaves what comes afterwards to its own period', async () => {
    const { path, id } = await hook({ granularity_hours: 1 });
    const chat = { id: 'flushed-before' };
    await send(text('before', { chat }));
    await server.call('POST', `/webhooks/${id}/flush`);
    await server.until(`/webhooks/${id}`, ({ waiting }) => waiting === 0);
    await server.advance(1000);
    await send(text('after', { chat }));
    const { next_attempt_at } = await status(id);
    expect(Date.parse(next_attempt_at) - server.now()).toBeGreaterThan(0.9 * HOUR);
    expect(receiver.at(path)).toHaveLength(1);
  });

  test('answers 409 while the webhook is switched off', async () => {
    const { id } = await hook({ granularity_hours: 1, enabled: false });
    expect(await server.call('POST', `/webhooks/${id}/flush`)).toMatchObject({
      status: 409,
      body: { error: { code: 'webhook_disabled', message: expect.stringContaining('enable it') } },
    });
  });
});

describe('DELETE /webhooks/{id}', () => {
  test('removes the webhook; what waited is not delivered', async () => {
    const { path, id } = await hook({ granularity_hours: 1 });
    const { path: other } = await hook({ granularity_hours: 1 });
    await send(text('waiting'));
    expect(await server.call('DELETE', `/webhooks/${id}`)).toMatchObject({
      status: 204,
      body: null,
    });
    expect((await server.call('GET', `/webhooks/${id}`)).status).toBe(404);
    expect((await server.call('DELETE', `/webhooks/${id}`)).status).toBe(404);
    await server.advance(HOUR);
    expect(await textsAt(other, 1)).toEqual(['waiting']);
    expect(receiver.at(path)).toHaveLength(0);
  });
});
