import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserLike, signedIn } from '../support/browser-like.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;
const HOSTILE = `"><script>alert('x')</script><b>&amp;`;

let server: ServerProcess;
let browser: BrowserLike;

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder());
  browser = await signedIn(server);
});

afterAll(() => server.stop());

/** Creates a key by the form; answers the key. */
async function create(label: string): Promise<string> {
  const answer = await browser.post('/keys', { label });
  expect([answer.status, answer.location, answer.text]).toEqual([303, '/keys', '']);
  const { text } = await browser.follow(answer);
  const [, key] = /<code id="key">(.*?)<\/code>/.exec(text) as RegExpExecArray;
  return key as string;
}

/** The cards of the list: what each shows, and where its form revokes. */
async function cards(language = 'en') {
  const { text } = await browser.get('/keys', { language });
  return [...text.matchAll(/<li class="card">(.*?)<\/li>/gs)].map(([, card = '']) => ({
    card,
    revoke: /action="(\/keys\/[^"]+\/revoke)"/.exec(card)?.[1] as string,
  }));
}

const withKey = (key: string) => server.call('GET', '/me', undefined, key);

describe('the API keys', () => {
  test('a key that is created works, is shown once, and stands in the list with its label', async () => {
    const key = await create('CRM of Acme');
    expect(key).toMatch(/^pakiet_[\w-]{43}$/);
    expect((await withKey(key)).status).toBe(200);
    const { text } = await browser.get('/keys');
    expect(text).not.toContain(key);
    const [card] = (await cards()).filter((one) => one.card.includes('CRM of Acme'));
    expect(card?.card).toContain(`<code>${key.slice(0, 13)}…</code>`);
  });

  test('a key that is created is shown to nobody else, and not for long', async () => {
    const other = new BrowserLike(server);
    await other.signIn();
    await browser.post('/keys', { label: 'for one' });
    expect((await other.get('/keys')).text).not.toContain('Your new key');
    await server.advance(HOUR / 6);
    expect((await browser.get('/keys')).text).not.toContain('Your new key');
    expect((await cards()).filter(({ card }) => card.includes('for one'))).toHaveLength(1);
  });

  test('a key on its way is shown once, whatever cookie comes, and is not to be read from it', async () => {
    const answer = await browser.post('/keys', { label: 'on its way' });
    const cookie = answer.headers.get('set-cookie') ?? '';
    const [, closed = ''] = /new-key=([^;]+)/.exec(cookie) as RegExpExecArray;
    expect(cookie).toMatch(/new-key=[^;]+; Path=\/keys; HttpOnly; SameSite=Strict/);
    expect(Buffer.from(decodeURIComponent(closed), 'base64').toString('latin1')).not.toContain(
      'pakiet_',
    );
    expect((await browser.follow(answer)).text).toContain('Your new key');
    expect((await browser.get('/keys')).text).not.toContain('Your new key');
    const other = new BrowserLike(server);
    await other.signIn();
    for (const stolen of [closed, 'AAAA', closed.slice(0, -8)]) {
      other.cookies.set('new-key', stolen);
      const { status, text } = await other.get('/keys');
      expect([status, text.includes('Your new key')]).toEqual([200, false]);
    }
  });

  test('a key says when it was last used', async () => {
    const key = await create('used');
    const mine = async () => (await cards()).find(({ card }) => card.includes('>used<'))?.card;
    expect(await mine()).toContain('never');
    await withKey(key);
    // It is written down after the answer: each question is a real round trip.
    for (let tries = 0; tries < 1000 && (await mine())?.includes('never'); tries += 1);
    await server.advance(2 * HOUR);
    expect(await mine()).toContain('2 hours ago');
  });

  test('a revoked key is refused from then on; the others go on', async () => {
    const key = await create('to be revoked');
    const [card] = (await cards()).filter((one) => one.card.includes('to be revoked'));
    const answer = await browser.post(card?.revoke as string);
    expect([answer.status, answer.location]).toEqual([303, '/keys']);
    const { text } = await browser.follow(answer);
    expect(text).toContain(`The key that begins with ${key.slice(0, 13)} is revoked.`);
    expect(text).not.toContain('to be revoked');
    expect((await withKey(key)).status).toBe(401);
    expect((await withKey(API_KEY)).status).toBe(200);
    expect((await browser.post(card?.revoke as string)).status).toBe(404);
  });

  test.each([
    ['that is empty', '', 'Fill in this field.'],
    ['of spaces', '   ', 'Fill in this field.'],
    ['of 201 letters', 'x'.repeat(201), 'This is too long.'],
  ])(
    'a label %s is refused beside its field, and no key is made',
    async (_what, label, problem) => {
      const before = (await cards()).length;
      const { status, text } = await browser.post('/keys', { label });
      expect(status).toBe(422);
      expect(text).toContain(`<p id="label-problem" class="problem">${problem}</p>`);
      expect(await cards()).toHaveLength(before);
    },
  );

  test('a hostile label is shown as it was written, and does nothing', async () => {
    await create(HOSTILE);
    const { text } = await browser.get('/keys');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script');
    const again = await browser.post('/keys', { label: HOSTILE.repeat(9) });
    expect(again.text).not.toContain('<script>alert');
  });

  test('the page speaks Polish to whoever has chosen it', async () => {
    const { text } = await browser.get('/keys', { language: 'pl' });
    expect(text).toContain('<html lang="pl"');
    expect(text).toContain('<h1>Klucze API</h1>');
    expect(text).toContain('Unieważnij');
  });

  test('without a key the page says the next step', async () => {
    for (const { revoke } of await cards()) await browser.post(revoke);
    const { text } = await browser.get('/keys');
    expect(text).toContain('There is no key yet');
    expect(text).toContain('Create one to connect Zapier, or a program of your own.');
  });
});
