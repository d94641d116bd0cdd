import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refusalSentence } from '../../src/core/source-sentence.ts';
import { SOURCE_KINDS } from '../../src/sources/registry.ts';
import { DROP_REASONS } from '../../src/sources/source.ts';
import { words } from '../../src/web/sources/words.ts';
import { type BrowserLike, signedIn } from '../support/browser-like.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOSTILE = `"><script>alert('x')</script>`;
const folder = tempFolder();
let server: ServerProcess;
let browser: BrowserLike;

beforeAll(async () => {
  server = await ServerProcess.start(folder);
  browser = await signedIn(server);
});
afterAll(() => server.stop());

/** Makes a source on the page; its path. */
async function connect(kind: string, name = 'Ana'): Promise<string> {
  const { status, location } = await browser.post('/connect', { kind, name });
  expect([status, location]).toEqual([303, expect.stringMatching(/^\/connect\/src_[\w-]{22}$/)]);
  return location as string;
}

/** A source's row in the list of all. */
const rowOf = (html: string, path: string) =>
  html.split('<li').find((row) => row.includes(`href="${path}"`));

/** Sends what Meta would, of no message. */
async function heardFromMeta(path: string): Promise<void> {
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
  const signature = createHmac('sha256', 'SECRET-OF-META').update(body).digest('hex');
  const { status } = await fetch(server.url + path.replace('connect', 'sources/whatsapp-cloud'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    body,
  });
  expect(status).toBe(200);
}

const copied = (html: string, id: string) =>
  new RegExp(`<code id="${id}">([^<]+)</code>`).exec(html)?.[1];

describe('connecting WhatsApp', () => {
  test('is where the empty list of accounts leads, with both ways and the risk of one', async () => {
    expect((await browser.get('/accounts')).text).toContain('href="/connect"');
    const { text } = await browser.get('/connect');
    for (const kind of SOURCE_KINDS) expect(text).toContain(`value="${kind}"`);
    expect(text).toContain('may ban the number');
    expect(text).toContain('href="/estimate"');
  });

  test('leads to the page of the source, with the URL, and the secret on demand only', async () => {
    const answer = await browser.post('/connect', { kind: 'waha', name: 'Ana' });
    const path = answer.location as string;
    const made = await browser.follow(answer);
    expect(made.text).toContain('Press “Show what to paste” below');
    expect(copied(made.text, 'url')).toBe(`${server.url}/sources/waha/${path.split('/').at(-1)}`);
    const revealed = await browser.post(`${path}/reveal`);
    const key = copied(revealed.text, 'hmac_key') as string;
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(made.text).not.toContain(key);
    for (const { headers } of [made, revealed]) {
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const rotated = await browser.post(`${path}/rotate`);
    expect(rotated.status).toBe(303);
    expect(rotated.location).toBe(path);
    const { text } = await browser.follow(rotated);
    expect(text).toContain('press “Show what to paste” below to see it');
    expect(text).not.toContain(key);
    expect(copied((await browser.post(`${path}/reveal`)).text, 'hmac_key')).not.toBe(key);
  });

  test('refuses a name that is too long beside its field, and a kind that there is not', async () => {
    const long = await browser.post('/connect', { kind: 'waha', name: 'x'.repeat(201) });
    expect(long.status).toBe(422);
    expect(long.text).toContain('id="name-waha-problem"');
    expect(long.text).not.toContain('id="name-whatsapp-cloud-problem"');
    expect((await browser.post('/connect', { kind: 'telegram', name: 'x' })).status).toBe(422);
  });
});

describe('the page of a source', () => {
  test('says what to check before anything came, and why a request was refused', async () => {
    const path = await connect('whatsapp-cloud');
    const before = (await browser.get(path)).text;
    expect(before).toContain('Has Meta accepted the URL');
    expect(before).toContain('The app secret is missing');
    expect(before).toContain('without text are counted with the account');
    const url = `${server.url}/sources/whatsapp-cloud/${path.split('/').at(-1)}`;
    await fetch(url, { method: 'POST', body: '{}' });
    const part = await browser.get(`${path}/state`, { headers: { 'hx-request': 'true' } });
    expect(part.text).toMatch(/^<section id="state"/);
    expect(part.text).toContain('enter the one of your Meta app');
    expect((await browser.get(path, { language: 'pl' })).text).toContain(
      'wpisz klucz swojej aplikacji Meta',
    );
  });

  test('says what this machine is called where WAHA runs', async () => {
    const seen = server.url.replace('127.0.0.1', 'host.docker.internal');
    expect((await browser.get(await connect('waha'))).text).toContain(`begin with ${seen}.`);
    expect((await browser.get(await connect('whatsapp-cloud'))).text).not.toContain(seen);
  });

  test('takes an app secret, which it never shows, and refuses one with spaces in it', async () => {
    const path = await connect('whatsapp-cloud');
    const bad = await browser.post(`${path}/secret`, { app_secret: 'two words' });
    expect(bad.status).toBe(422);
    expect(bad.text).toContain('id="app_secret-problem"');
    expect((await browser.post(`${path}/secret`, { app_secret: ' ' })).status).toBe(422);
    const good = await browser.post(`${path}/secret`, { app_secret: ' SECRET-OF-META ' });
    const { text } = await browser.follow(good);
    expect(text).toContain('The app secret is saved.');
    expect(text).not.toContain('The app secret is missing');
    expect(text).not.toContain('SECRET-OF-META');
    const waha = await connect('waha');
    expect((await browser.post(`${waha}/secret`, { app_secret: 'x' })).status).toBe(404);
  });

  test('tells in the list of sources what keeps it from bringing anything', async () => {
    const path = await connect('whatsapp-cloud');
    const inList = async () => rowOf((await browser.get('/accounts')).text, path);
    expect(await inList()).toContain('app secret missing');
    expect(await inList()).not.toContain('last request refused');
    await fetch(server.url + path.replace('connect', 'sources/whatsapp-cloud'), {
      method: 'POST',
      body: '{}',
    });
    expect(await inList()).toContain('last request refused');
    await browser.post(`${path}/secret`, { app_secret: 'SECRET-OF-META' });
    expect(await inList()).not.toContain('app secret missing');
    await heardFromMeta(path);
    expect(await inList()).not.toContain('last request refused');
  });

  test('goes by its kind and day while it has no name', async () => {
    const path = await connect('waha', '');
    const name = /WAHA, \d{1,2} \w+ \d{4}/;
    expect((await browser.get(path)).text).toMatch(name);
    expect(rowOf((await browser.get('/accounts')).text, path)).toMatch(name);
    const removed = await browser.follow(await browser.post(`${path}/delete`));
    expect(removed.text).toMatch(/The source WAHA, \d{1,2} \w+ \d{4} is deleted/);
  });

  test('renames and deletes, with hostile names escaped', async () => {
    const path = await connect('waha');
    const renamed = await browser.post(`${path}/name`, { name: HOSTILE });
    const { text } = await browser.follow(renamed);
    expect(text).toContain('&lt;script>');
    expect(text).not.toContain('<script>alert');
    expect((await browser.get('/accounts')).text).not.toContain('<script>alert');
    const removed = await browser.post(`${path}/delete`);
    expect(removed.location).toBe('/accounts');
    expect((await browser.follow(removed)).text).not.toContain('<script>alert');
    expect((await browser.get(path)).status).toBe(404);
  });

  test('is there for its own workspace alone', async () => {
    const env = { PAKIET_DATA_DIR: folder };
    const made = await run(process.execPath, [COMMAND_LINE, 'workspace', 'create', 'B'], { env });
    const key = /^ {2}(pakiet_\S{43})$/m.exec(made.stdout)?.[1] as string;
    const { body } = await server.call('POST', '/sources', { kind: 'waha', name: 'THEIRS' }, key);
    const path = `/connect/${body.id}`;
    expect((await browser.get(path)).status).toBe(404);
    for (const action of ['reveal', 'name', 'secret', 'rotate', 'delete']) {
      const answer = await browser.post(`${path}/${action}`, { name: 'x', app_secret: 'x' });
      expect([action, answer.status]).toEqual([action, 404]);
      expect(answer.text).not.toContain(body.secrets.hmac_key);
    }
    expect((await browser.get('/accounts')).text).not.toContain('THEIRS');
    expect((await server.call('GET', `/sources/${body.id}`, undefined, key)).body.name).toBe(
      'THEIRS',
    );
  });

  test('does nothing without the form’s token', async () => {
    const path = await connect('waha');
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(`${server.url}${path}/delete`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
    });
    expect(answer.status).toBe(403);
    expect((await browser.get(path)).status).toBe(200);
  });
});

test('there are words for every reason, in both languages', () => {
  for (const { drops } of Object.values(words)) {
    expect(Object.keys(drops).sort()).toEqual([...DROP_REASONS].sort());
  }
  for (const kind of SOURCE_KINDS) {
    expect(refusalSentence(kind, 'wrong_signature', 'pl')).toMatch(/^Podpis się nie zgadza: /);
  }
});
