import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BrowserLike, linkOf, signedIn } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOSTILE = `"><script>alert('x')</script><b>&amp;`;
const HOUR = 3_600_000;

const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
let browser: BrowserLike;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
  browser = await signedIn(server, await linkOf(server));
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** Makes a webhook by the API. */
async function made(given: object = {}): Promise<{ id: string; subscription?: string }> {
  const settings = { target_url: receiver.url('/ok'), granularity_hours: 0, ...given };
  return (await server.call('POST', '/webhooks', settings)).body;
}

const read = async (id: string) => (await server.call('GET', `/webhooks/${id}`)).body;

const message = (chat: string, name: string) =>
  inboundInput({ chat: { id: chat, full_name: name } });

async function chatOf(name: string): Promise<string> {
  await server.call('POST', '/messages', { messages: [message(`chat of ${name}`, name)] });
  const { body } = await server.call('GET', `/chats?search=${encodeURIComponent(name)}`);
  return body.chats[0].chat_id;
}

/** What the form of a manual webhook sends, unless it says otherwise. */
const fields = (given: Record<string, string | string[]> = {}) => ({
  name: '',
  target_url: receiver.url('/ok'),
  granularity_hours: '0',
  direction: '',
  chat_type: '',
  concurrency: '10',
  rate_per_second: '',
  ...given,
});

/** The readable text of a page. */
const textOf = (html: string) =>
  html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

/** Where the card of a webhook stands in the list, as text. */
async function cardOf(id: string, language = 'en'): Promise<string> {
  const { text } = await browser.get('/webhooks', { language });
  const [, rest = ''] = text.split(`href="/webhooks/${id}"`);
  return textOf(`<${rest.split('<li class="card">')[0]}`);
}

test('an empty list says the two ways to a webhook', async () => {
  const { text } = await browser.get('/webhooks');
  expect(text).toContain('href="/zapier"');
  expect(text).toContain('href="/webhooks/new"');
  const { text: polish } = await browser.get('/webhooks', { language: 'pl' });
  expect(polish).toContain('Nie ma jeszcze webhooka');
});

describe('the list', () => {
  test('says how each webhook is doing', async () => {
    const { id } = await made({ name: 'Daily', granularity_hours: 24 });
    expect(await cardOf(id)).toContain('Waiting for the first message');
    await server.call('POST', '/messages', {
      messages: [message('d', 'Dora'), message('d', 'Dora')],
    });
    const card = await cardOf(id);
    expect(card).toContain('next bundle in 24 hours');
    expect(card).toContain('2 messages');
    expect(await cardOf(id, 'pl')).toContain('następny pakiet za 24 godziny');
    await server.call('DELETE', `/webhooks/${id}`);
  });

  test('names a webhook without a name by its Zap, and escapes one with a hostile name', async () => {
    const zap = await made({ source: 'zapier', zap_id: '123' });
    const hostile = await made({ name: HOSTILE });
    expect(await cardOf(zap.id)).toContain('Zap 123');
    for (const path of ['/webhooks', `/webhooks/${hostile.id}`]) {
      const { text } = await browser.get(path);
      expect(text).not.toContain('<script>alert');
      expect(text).toContain('&lt;script>alert');
    }
    for (const { id } of [zap, hostile]) await server.call('DELETE', `/webhooks/${id}`);
  });
});

describe('a new webhook', () => {
  test('begins as the API would make it, and is followed by its page with the next step', async () => {
    const { text: form } = await browser.get('/webhooks/new');
    expect(form).toMatch(/name="concurrency"[^>]*value="10"|value="10"[^>]*name="concurrency"/);
    const answer = await browser.post('/webhooks/new', fields({ name: 'CRM', enabled: 'on' }));
    expect(answer.location).toMatch(/^\/webhooks\/\d+$/);
    const { text } = await browser.follow(answer);
    expect(text).toContain('Next, send a test');
    expect(await read((answer.location as string).slice(10))).toMatchObject({
      name: 'CRM',
      target_url: receiver.url('/ok'),
      granularity_hours: 0,
      filters: {},
      concurrency: 10,
      rate_per_second: null,
      source: 'manual',
      enabled: true,
    });
  });

  test('can be made switched off', async () => {
    const answer = await browser.post('/webhooks/new', fields({ granularity_hours: '6' }));
    const id = (answer.location as string).slice(10);
    expect(await read(id)).toMatchObject({ enabled: false, granularity_hours: 6 });
    expect(await cardOf(id)).toContain('Switched off by you');
  });

  test('is not made of a form with problems, which keeps what was entered', async () => {
    const count = (await server.call('GET', '/webhooks')).body.length;
    const given = fields({ name: 'Keep me', target_url: 'no-url', granularity_hours: '12' });
    const { status, text } = await browser.post('/webhooks/new', given, { language: 'pl' });
    expect(status).toBe(422);
    expect(text).toContain('Wpisz pełny adres');
    expect(text).toContain('value="Keep me"');
    expect(text).toMatch(/value="12"[^>]*checked|checked[^>]*value="12"/);
    expect((await server.call('GET', '/webhooks')).body).toHaveLength(count);
  });

  test('at an address in a private network gets a hint', async () => {
    const given = fields({ target_url: 'http://10.0.0.5/hook' });
    const { text } = await browser.follow(await browser.post('/webhooks/new', given));
    expect(text).toContain('private network');
  });
});

describe('the settings', () => {
  test('say what was changed, in words', async () => {
    const { id } = await made();
    const path = `/webhooks/${id}`;
    const given = fields({ granularity_hours: '6', direction: 'received' });
    const { text } = await browser.follow(await browser.post(path, given));
    expect(text).toContain('Changed the granularity and the filters.');
    expect(await read(id)).toMatchObject({
      granularity_hours: 6,
      filters: { direction: 'received' },
    });
    const again = await browser.follow(await browser.post(path, given, { language: 'pl' }), {
      language: 'pl',
    });
    expect(again.text).toContain('Niczego nie zmieniono.');
  });

  test('keep filters by accounts and chats, and take them away', async () => {
    const chats = [await chatOf('Anna'), await chatOf('Jan')];
    const { id } = await made({
      filters: { chats, whatsapp_accounts: ['+48500', '+972550000000'] },
    });
    const path = `/webhooks/${id}`;
    const whatsapp_accounts = ['+48500', '+972550000000'];
    const { text } = await browser.get(path);
    expect(text).toContain('2 accounts, 2 chats');
    const same = await browser.post(path, fields({ chats, whatsapp_accounts }));
    expect((await browser.follow(same)).text).toContain('Nothing was changed.');
    await browser.post(path, fields({ chats: chats.slice(1) }));
    expect((await read(id)).filters).toEqual({ chats: chats.slice(1) });
    await browser.post(path, fields());
    expect((await read(id)).filters).toEqual({});
  });

  test('find chats by name, and keep those that are ticked', async () => {
    const chosen = await chatOf('Ewa');
    const found = await chatOf(`Adam ${HOSTILE}`);
    const htmx = { headers: { 'hx-request': 'true' } };
    const { text } = await browser.post('/webhooks/chats', { chats: chosen, find: 'adam' }, htmx);
    expect(text).not.toContain('<html');
    expect(text).not.toContain('<script>');
    const boxes = [...text.matchAll(/<input[^>]*>/g)].map(([box]) => box);
    expect(boxes).toHaveLength(2);
    expect(boxes[0]).toContain(`value="${chosen}" checked`);
    expect(boxes[1]).toContain(`value="${found}"`);
    expect(boxes[1]).not.toContain('checked');
  });

  test('find chats without JavaScript too', async () => {
    const { id } = await made();
    const chat = await chatOf('Zofia');
    const { text } = await browser.get(`/webhooks/${id}?find=zofia`);
    expect(text).toContain(`value="${chat}"`);
  });

  test('say which chat has been deleted instead of widening the filter', async () => {
    const chat = await chatOf('Gone');
    const { id } = await made({ filters: { chats: [chat] } });
    await server.call('DELETE', `/chats/${chat}`);
    const path = `/webhooks/${id}`;
    expect((await browser.get(path)).text).toContain(`Chat ${chat}, which was deleted`);
    const given = fields({ chats: chat, direction: 'sent' });
    const { status, text } = await browser.post(path, given);
    expect(status).toBe(422);
    expect(text).toContain(`Chat ${chat} has been deleted`);
    expect((await read(id)).filters).toEqual({ chats: [chat] });
  });

  test('of a Zap’s webhook are the Zap’s, but for its name and speed', async () => {
    const { id } = await made({ source: 'zapier', zap_id: '55', granularity_hours: 6 });
    const path = `/webhooks/${id}`;
    const { text } = await browser.get(path);
    expect(text).toContain('set by the Zap');
    expect(text).not.toContain('name="target_url"');
    const given = fields({ name: 'Leads', concurrency: '5', target_url: 'https://evil.example/' });
    await browser.post(path, given);
    expect(await read(id)).toMatchObject({
      name: 'Leads',
      concurrency: 5,
      granularity_hours: 6,
      target_url: receiver.url('/ok'),
    });
  });
});

describe('the secret', () => {
  const SECRET = /whsec_[\w+/=]{20,}/;

  test('is shown when it is asked for, and nowhere else', async () => {
    const { id } = await made();
    const path = `/webhooks/${id}`;
    expect((await browser.get(path)).text).not.toMatch(SECRET);
    const whole = await browser.post(`${path}/secret`);
    const part = await browser.post(`${path}/secret`, {}, { headers: { 'hx-request': 'true' } });
    for (const { text, headers } of [whole, part]) {
      expect(text).toMatch(SECRET);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(part.text).not.toContain('<html');
    expect(server.output).not.toMatch(SECRET);
  });

  test('is changed, and the page says how long the former one signs as well', async () => {
    const { id } = await made();
    const path = `/webhooks/${id}`;
    const before = SECRET.exec((await browser.post(`${path}/secret`)).text)?.[0];
    const { text } = await browser.follow(await browser.post(`${path}/secret/rotate`));
    expect(text).toContain('The former secret signs as well until');
    expect(SECRET.exec((await browser.post(`${path}/secret`)).text)?.[0]).not.toBe(before);
  });

  test('of a Zap’s webhook is neither shown nor changed', async () => {
    const { id } = await made({ source: 'zapier', zap_id: '56' });
    const path = `/webhooks/${id}`;
    const { text } = await browser.get(path);
    expect(text).not.toContain(`${path}/secret`);
    expect((await browser.post(`${path}/secret`)).text).not.toMatch(SECRET);
    const refused = await browser.follow(await browser.post(`${path}/secret/rotate`));
    expect(refused.text).toMatch(/class="notice failed"[^>]*>The Zap keeps its own secret/);
  });
});

test('a webhook is switched off by its owner', async () => {
  const { id } = await made();
  const answer = await browser.post(`/webhooks/${id}/switch-off`);
  const { text } = await browser.follow(answer);
  expect(text).toContain('messages are kept');
  expect(text).not.toContain(`/webhooks/${id}/switch-off`);
  expect(await read(id)).toMatchObject({ enabled: false, disabled_reason: 'owner' });
});

test('far more chats than there may be are refused, without looking all of them up', async () => {
  const chats = Array.from({ length: 14_000 }, (_, i) => String(i + 1));
  const { status, text } = await browser.post('/webhooks/new', fields({ chats }));
  expect(status).toBe(422);
  expect(text.match(/name="chats"/g)?.length).toBeLessThan(1100);
});

test('a webhook is deleted', async () => {
  const { id } = await made({ name: 'Old one' });
  const { text } = await browser.follow(await browser.post(`/webhooks/${id}/delete`));
  expect(text).toContain('Old one is deleted.');
  expect((await browser.get(`/webhooks/${id}`)).status).toBe(404);
});

test('a webhook that there is not, or is of another workspace, is not found', async () => {
  const env = { PAKIET_DATA_DIR: folder };
  const { stdout } = await run(process.execPath, [COMMAND_LINE, 'workspace', 'create', 'Other'], {
    env,
  });
  const key = /^ {2}(pakiet_\S{43})$/m.exec(stdout)?.[1];
  const settings = { target_url: receiver.url('/ok'), granularity_hours: 0 };
  const { body: theirs } = await server.call('POST', '/webhooks', settings, key);
  for (const id of [theirs.id, '999999', 'x', '-1']) {
    expect((await browser.get(`/webhooks/${id}`)).status).toBe(404);
    for (const action of ['', '/secret', '/secret/rotate', '/switch-off', '/delete']) {
      const { status } = await browser.post(`/webhooks/${id}${action}`, fields());
      expect(status).toBe(404);
    }
  }
  const after = await server.call('GET', `/webhooks/${theirs.id}`, undefined, key);
  expect(theirs).toMatchObject(after.body);
});

test('errors are told: the next try, then that they have switched it off and no e-mail went out', async () => {
  receiver.statuses.set('/broken', 500);
  const { id } = await made({ target_url: receiver.url('/broken') });
  await server.call('POST', '/messages', { messages: [message('e', 'Eve')] });
  await server.until(`/webhooks/${id}`, ({ consecutive_errors }) => consecutive_errors === 1);
  expect(await cardOf(id)).toContain('Retrying');
  for (let errors = 2; errors <= 11; errors += 1) {
    await server.advance(10 * HOUR);
    await server.until(`/webhooks/${id}`, ({ consecutive_errors }) => consecutive_errors >= errors);
  }
  await server.until(`/webhooks/${id}`, ({ enabled }) => !enabled);
  expect(await cardOf(id)).toMatch(/Switched off after 11 errors on \d+ \w+ \d{4}/);
  expect(await cardOf(id, 'pl')).toMatch(/Wyłączony po 11 błędach, \d+ /);
  const { text } = await browser.get(`/webhooks/${id}`);
  expect(text).toContain('SMTP_URL');
});
