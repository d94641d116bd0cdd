import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserLike, OWNER, signedIn } from '../support/browser-like.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOSTILE = `"><script>alert('x')</script>`;
const PROFILE = {
  name: 'Acme',
  ownerName: OWNER.ownerName,
  ownerEmail: OWNER.ownerEmail,
  language: 'en',
};

let server: ServerProcess;
let browser: BrowserLike;

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder());
  browser = await signedIn(server);
});

afterAll(() => server.stop());

const me = async () => (await server.call('GET', '/me')).body;

describe('the profile', () => {
  test('shows what is known, and says what was saved', async () => {
    const { text } = await browser.get('/profile');
    expect(text).toContain(`value="${OWNER.ownerName}"`);
    expect(text).toContain(`value="${OWNER.ownerEmail}"`);
    const ownerName = 'Olga Nowak';
    const answer = await browser.post('/profile', { ...PROFILE, ownerName });
    expect([answer.status, answer.location]).toEqual([303, '/profile']);
    expect((await browser.follow(answer)).text).toContain('role="status">Saved.<');
    expect(await me()).toMatchObject({
      workspace: { name: 'Acme' },
      owner: { full_name: ownerName, email: OWNER.ownerEmail },
    });
  });

  test.each([
    [
      'that it is written to',
      { SMTP_URL: 'smtp://127.0.0.1:9', PAKIET_MAIL_FROM: 'pakiet@acme.example' },
    ],
    ['that no e-mail is set up', {}],
  ])('says of the address %s', async (_what, env) => {
    const other = await ServerProcess.start(tempFolder(), env);
    const { text } = await (await signedIn(other)).get('/profile');
    await other.stop();
    const sendsMail = 'SMTP_URL' in env;
    expect(text.includes('We also write to it when errors')).toBe(sendsMail);
    expect(text.includes('No e-mail is set up on this server')).toBe(!sendsMail);
  });

  test('shows a notice once', async () => {
    const answer = await browser.post('/profile', PROFILE);
    expect((await browser.follow(answer)).text).toContain('Saved.');
    expect((await browser.get('/profile')).text).not.toContain('Saved.');
  });

  test.each([
    ['name', '', 'Fill in this field.'],
    ['ownerName', 'x'.repeat(201), 'This is too long.'],
    ['ownerEmail', 'olga@', 'This is not an e-mail address.'],
    ['language', 'xx', 'Choose one of the values.'],
  ])('refuses a wrong %s beside its field, and saves nothing', async (field, value, problem) => {
    const before = await me();
    const given = { ...PROFILE, name: 'Other', [field]: value };
    const { status, text } = await browser.post('/profile', given);
    expect(status).toBe(422);
    expect(text).toContain(`<p id="${field}-problem" class="problem">${problem}</p>`);
    expect(await me()).toEqual(before);
  });

  test('shows hostile names as they were written', async () => {
    const hostile = { ...PROFILE, name: HOSTILE, ownerName: HOSTILE };
    const { text } = await browser.follow(await browser.post('/profile', hostile));
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script>alert');
    await browser.post('/profile', PROFILE);
  });

  test('turns the pages to the language that it is set to', async () => {
    const answer = await browser.post('/profile', { ...PROFILE, language: 'pl' });
    const { text } = await browser.follow(answer);
    expect(text).toContain('<html lang="pl"');
    expect(text).toContain('Zapisano.');
    const other = new BrowserLike(server);
    await other.signIn();
    expect((await other.get('/profile')).text).toContain('<html lang="pl"');
    await browser.post('/profile', PROFILE);
    const headers = { 'accept-language': 'pl' };
    expect((await browser.get('/profile', { headers })).text).toContain('<html lang="en"');
  });

  test('follows the switch at the foot of the pages', async () => {
    await browser.post('/language', { language: 'pl', back: '/profile' });
    const { text } = await browser.get('/profile');
    expect(text).toMatch(/<option[^>]*selected[^>]*>Polski</);
    await browser.post('/language', { language: 'en' });
  });
});

describe('changing the password', () => {
  const next = 'battery horse correct';

  test('refuses a wrong one and a short one beside the field', async () => {
    const wrong = await browser.post('/profile/password', { current: 'wrong', next });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('id="current-problem" class="problem">This is not your password.');
    // Not even the right one is looked at after too many; that is said, and not that it is wrong.
    for (let i = 0; i < 4; i += 1)
      await browser.post('/profile/password', { current: 'wrong', next });
    const soon = await browser.post('/profile/password', { current: OWNER.password, next });
    expect(soon.text).toContain('Too many failed attempts: try again in');
    await server.advance(60_000);
    const short = await browser.post('/profile/password', { current: OWNER.password, next: 'x' });
    expect(short.text).toContain('id="next-problem" class="problem">Use at least 10 characters.');
    expect(short.text).not.toContain(OWNER.password);
  });

  test('signs all other browsers out, and this one stays', async () => {
    const other = new BrowserLike(server);
    await other.signIn();
    expect((await other.get('/profile')).status).toBe(200);
    const answer = await browser.post('/profile/password', { current: OWNER.password, next });
    expect((await browser.follow(answer)).text).toContain('all other browsers are signed out');
    expect((await other.get('/profile')).status).toBe(303);
    expect((await other.signIn()).status).toBe(401);
    expect((await other.signIn(OWNER.ownerEmail, next)).status).toBe(303);
  });
});
