import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MINUTE = 60_000;
/** Zapier has the answer to its subscription by then. */
const SETTLED = 3000;
const HOUR = 60 * MINUTE;

const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
let zaps = 0;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** Ends the server, by SIGKILL as a crash would, and starts it on the same data. */
async function restart(): Promise<void> {
  const ahead = server.now() - Date.now();
  await server.stop('SIGKILL');
  server = await ServerProcess.start(folder);
  await server.advance(ahead);
}

/** A Zap as the server sees it: each time it is switched on it has another address. */
class Zap {
  readonly id: string;
  readonly #chat: { id: string };
  readonly #settings: object;
  path = '';
  #times = 0;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what tests are to find out
  subscription: any;

  constructor(settings: object = {}) {
    zaps += 1;
    this.id = `zap-${zaps}`;
    this.#chat = { id: `chat-of-${this.id}` };
    this.#settings = settings;
  }

  async switchOn(settings: object = {}) {
    this.#times += 1;
    this.path = `/${this.id}/${this.#times}`;
    const { status, body } = await server.call('POST', '/webhooks', {
      source: 'zapier',
      zap_id: this.id,
      target_url: receiver.url(this.path),
      granularity_hours: 0,
      ...this.#settings,
      ...settings,
    });
    expect(status).toBe(201);
    await server.advance(SETTLED);
    this.subscription = body;
    return body;
  }

  unsubscribe({ id, subscription } = this.subscription) {
    return server.call('POST', `/webhooks/${id}/unsubscribe`, { subscription });
  }

  async say(...texts: string[]): Promise<void> {
    const messages = texts.map((text) => inboundInput({ chat: this.#chat, message: { text } }));
    const { body } = await server.call('POST', '/messages', { messages });
    expect(body.accepted).toBe(texts.length);
  }

  /** The texts that reached the Zap at its present address, once so many requests have. */
  async heard(requests: number): Promise<string[]> {
    return (await receiver.waitFor(this.path, requests)).flatMap(({ body }) => {
      const { message, messages = [message] } = JSON.parse(body);
      return messages.map(({ text }: { text: string }) => text);
    });
  }

  status() {
    return server.call('GET', `/webhooks/${this.subscription.id}`).then(({ body }) => body);
  }
}

test('a Zap that is edited goes on with its bundle, across restarts of the server', async () => {
  const zap = new Zap({ granularity_hours: 24 });
  const made = await zap.switchOn();
  await zap.say('before');
  await server.advance(HOUR);
  expect((await zap.unsubscribe()).body).toMatchObject({
    enabled: false,
    disabled_reason: 'unsubscribed',
    waiting: 1,
  });
  await restart();
  await zap.say('in between');
  await server.advance(MINUTE);
  const again = await zap.switchOn({ granularity_hours: 6, filters: { chat_type: 'direct' } });
  expect(again).toMatchObject({
    id: made.id,
    secret: made.secret,
    subscription: expect.not.stringMatching(`^${made.subscription}$`),
    enabled: true,
    granularity_hours: 6,
    filters: { chat_type: 'direct' },
    waiting: 2,
  });
  await restart();
  await zap.say('after');
  await server.advance(6 * HOUR);
  expect(await zap.heard(1)).toEqual(['before', 'in between', 'after']);
});

test('a Zap that was off for long starts anew behind what it had gathered', async () => {
  const zap = new Zap({ granularity_hours: 1 });
  await zap.switchOn();
  await zap.say('before');
  await server.advance(MINUTE);
  await zap.unsubscribe();
  await server.advance(MINUTE);
  await zap.say('left out');
  await server.advance(HOUR);
  await restart();
  await zap.switchOn();
  expect(await zap.heard(1)).toEqual(['before']);
  await zap.say('after');
  await server.advance(HOUR);
  expect(await zap.heard(2)).toEqual(['before', 'after']);
});

test('two Zaps with the same settings live side by side', async () => {
  const [one, two] = [new Zap(), new Zap()];
  const [{ id }, { id: other }] = [await one.switchOn(), await two.switchOn()];
  expect(other).not.toBe(id);
  await one.say('first');
  await Promise.all([one.heard(1), two.heard(1)]);
  await one.unsubscribe();
  await one.say('second');
  expect(await two.heard(2)).toEqual(['first', 'second']);
  expect(receiver.at(one.path)).toHaveLength(1);
});

test('a lost unsubscription leaves no doubled Zap: the new address alone is written to', async () => {
  const zap = new Zap();
  await zap.switchOn();
  const former = zap.path;
  await restart();
  await zap.switchOn();
  await zap.say('hello');
  expect(await zap.heard(1)).toEqual(['hello']);
  expect(receiver.at(former)).toEqual([]);
});

test('a lost answer to subscribe leaves no silent Zap: neither 410 nor a late unsubscription', async () => {
  const zap = new Zap();
  const lost = await zap.switchOn();
  receiver.statuses.set(zap.path, 410);
  await zap.switchOn();
  expect((await zap.unsubscribe(lost)).body).toMatchObject({ enabled: true });
  await zap.say('hello');
  expect(await zap.heard(1)).toEqual(['hello']);
});

test('a Zap that is gone answers 410: its webhook is dormant, and goes after the retention', async () => {
  const zap = new Zap();
  await zap.switchOn();
  await server.advance(MINUTE);
  receiver.statuses.set(zap.path, 410);
  await zap.say('hello');
  const { id } = zap.subscription;
  await server.until(
    `/webhooks/${id}`,
    ({ disabled_reason }) => disabled_reason === 'unsubscribed',
  );
  await restart();
  expect(await zap.status()).toMatchObject({ consecutive_errors: 0, waiting: 1 });
  await server.advance(31 * 24 * HOUR);
  await server.until(`/webhooks/${id}`, ({ error }) => error?.code === 'not_found');
  expect((await zap.switchOn()).id).not.toBe(id);
});

test.each([
  [{ target_url: 'https://elsewhere.example/' }, 'target_url', 'A Zap sets the target_url'],
  [{ granularity_hours: 1 }, 'granularity_hours', 'change it in the Zap'],
  [{ filters: { direction: 'sent' } }, 'filters', 'publish the Zap'],
])('what its Zap sets cannot be edited here: %j', async (edit, field, sentence) => {
  const zap = new Zap();
  const { id } = await zap.switchOn();
  const before = await zap.status();
  expect(await server.call('PATCH', `/webhooks/${id}`, edit)).toMatchObject({
    status: 409,
    body: { error: { code: 'managed_by_zap', field, message: expect.stringContaining(sentence) } },
  });
  expect(await zap.status()).toEqual(before);
});

test('a Zap that is off is switched on in Zapier, not here', async () => {
  const zap = new Zap();
  const { id } = await zap.switchOn();
  await zap.unsubscribe();
  expect(await server.call('PATCH', `/webhooks/${id}`, { enabled: true })).toMatchObject({
    status: 409,
    body: { error: { code: 'managed_by_zap', field: 'enabled' } },
  });
});

test('only a Zap can unsubscribe, and only from what there is', async () => {
  const settings = { target_url: receiver.url('/manual'), granularity_hours: 0 };
  const { body } = await server.call('POST', '/webhooks', settings);
  expect(body).not.toHaveProperty('subscription');
  expect(
    await server.call('POST', `/webhooks/${body.id}/unsubscribe`, { subscription: 'x' }),
  ).toMatchObject({
    status: 409,
    body: { error: { code: 'not_subscribed' } },
  });
  expect(
    (await server.call('POST', '/webhooks/999/unsubscribe', { subscription: 'x' })).status,
  ).toBe(404);
});

test.each(['/me', '/webhooks/999', '/nowhere', '/messages'])(
  'every answer says which version of the API it is: %s',
  async (path) => {
    const { headers } = await server.call('GET', path);
    expect(headers.get('pakiet-api-version')).toBe('2');
  },
);
