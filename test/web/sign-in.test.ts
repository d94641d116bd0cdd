import { afterEach, describe, expect, test } from '@jest/globals';
import { BrowserLike, linkOf, OWNER, signedIn } from '../support/browser-like.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DAY = 24 * 3_600_000;

let server: ServerProcess;

afterEach(() => server.stop());

async function start(env: Record<string, string> = {}, folder = tempFolder()): Promise<string> {
  server = await ServerProcess.start(folder, env);
  return folder;
}

/** Whether the pages open for a browser. */
const isIn = async (browser: BrowserLike) => (await browser.get('/profile')).status === 200;

/** Runs `npm run pakiet -- …` on the data folder of the server that runs. */
async function pakiet(folder: string, ...args: string[]): Promise<string> {
  const env = { PAKIET_DATA_DIR: folder };
  const { code, stdout, stderr } = await run(process.execPath, [COMMAND_LINE, ...args], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const linkIn = (text: string) => /\/welcome\/([\w-]{43})\n/.exec(text)?.[1] as string;

describe('the first start', () => {
  test('prints a link that sets the owner of the workspace there is, and signs them in', async () => {
    const folder = await start({ PAKIET_OWNER_EMAIL: 'someone@acme.example' });
    const link = await linkOf(server);
    expect(server.output).toContain(`${server.url}/welcome/${link}\n`);
    const browser = new BrowserLike(server);
    const { text } = await browser.get(`/welcome/${link}`);
    expect(text).toContain('<h1>Welcome</h1>');
    expect(text).toContain('value="someone@acme.example"');
    const answer = await browser.useLink(link);
    expect([answer.status, answer.location]).toEqual([303, '/webhooks']);
    const { text: next } = await browser.follow(answer);
    expect(next).toContain('Saved: next time sign in');
    expect(await isIn(browser)).toBe(true);
    const { body } = await server.call('GET', '/me');
    expect(body.owner).toEqual({ full_name: OWNER.ownerName, email: OWNER.ownerEmail });
    const { code, stdout } = await run(process.execPath, [COMMAND_LINE, 'key', 'list'], {
      env: { PAKIET_DATA_DIR: folder },
    });
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 1]);
  });

  test('is followed by others that print a new link only while there is no password', async () => {
    const folder = await start();
    const first = await linkOf(server);
    await server.stop();
    await start({}, folder);
    const second = await linkOf(server);
    expect(second).not.toBe(first);
    const browser = new BrowserLike(server);
    expect((await browser.get(`/welcome/${first}`)).status).toBe(410);
    expect((await browser.useLink(second)).status).toBe(303);
    await server.stop();
    await start({}, folder);
    await server.printed(/No e-mail .*\n/);
    await server.stop();
    expect(server.output).not.toContain('/welcome/');
  });

  test('makes one workspace, and the second start no other', async () => {
    const folder = await start();
    await server.stop();
    await start({}, folder);
    // The command line asks which workspace where there are several.
    expect(await pakiet(folder, 'password', 'reset')).toContain('the owner of workspace 1 ');
  });
});

describe('a one-time link', () => {
  test('refuses what is missing or wrong beside each field, and holds on', async () => {
    await start();
    const link = await linkOf(server);
    const browser = new BrowserLike(server);
    await browser.get(`/welcome/${link}`);
    const given = { ownerName: ' ', ownerEmail: '<b>"nobody', password: 'too short' };
    const { status, text } = await browser.post(`/welcome/${link}`, given);
    expect(status).toBe(422);
    expect(text).toContain('id="ownerName-problem" class="problem">Fill in this field.<');
    expect(text).toContain(
      'id="ownerEmail-problem" class="problem">This is not an e-mail address.<',
    );
    expect(text).toContain('id="password-problem" class="problem">Use at least 10 characters.<');
    expect(text).toContain('value="&lt;b>&quot;nobody"');
    expect(text).not.toContain('too short');
    expect((await browser.useLink(link)).status).toBe(303);
  });

  test('works once', async () => {
    await start();
    const link = await linkOf(server);
    await signedIn(server);
    const other = new BrowserLike(server);
    for (const answer of [await other.get(`/welcome/${link}`), await other.useLink(link)]) {
      expect(answer.status).toBe(410);
      expect(answer.text).toContain('This link is no longer valid');
      expect(answer.text).toContain('npm run pakiet -- password reset');
    }
    expect(await isIn(other)).toBe(false);
  });

  test('expires after a day, also between the page and the form', async () => {
    await start();
    const link = await linkOf(server);
    const browser = new BrowserLike(server);
    await server.advance(DAY - 60_000);
    expect((await browser.get(`/welcome/${link}`)).status).toBe(200);
    await server.advance(60_000);
    expect((await browser.post(`/welcome/${link}`, OWNER)).status).toBe(410);
    expect((await browser.get(`/welcome/${link}`)).status).toBe(410);
  });
});

describe('npm run pakiet -- password reset', () => {
  test('makes a link; once it is used, the old password and all sessions are over', async () => {
    const folder = await start();
    const browser = await signedIn(server);
    const link = linkIn(await pakiet(folder, 'password', 'reset'));
    expect(await isIn(browser)).toBe(true);
    const password = 'battery horse correct';
    const { text } = await new BrowserLike(server).get(`/welcome/${link}`);
    expect(text).toContain('<h1>Choose a new password</h1>');
    const other = await signedIn(server, link);
    expect([await isIn(browser), await isIn(other)]).toEqual([false, true]);
    const again = new BrowserLike(server);
    await again.useLink(linkIn(await pakiet(folder, 'password', 'reset')), { ...OWNER, password });
    expect((await browser.signIn()).status).toBe(401);
    expect((await browser.signIn(OWNER.ownerEmail, password)).status).toBe(303);
  });
});

describe('signing in', () => {
  test('leads to the page that was asked for', async () => {
    await start();
    await signedIn(server);
    const browser = new BrowserLike(server);
    const { location } = await browser.get('/keys?from=a+mail&x=%C5%82');
    expect(location).toBe(`/sign-in?next=${encodeURIComponent('/keys?from=a+mail&x=%C5%82')}`);
    const { text } = await browser.get(location as string);
    expect(text).toContain('name="next" value="/keys?from=a+mail&amp;x=%C5%82"');
    const next = '/keys?from=a+mail&x=%C5%82';
    const { ownerEmail: email, password } = OWNER;
    expect(await browser.post('/sign-in', { email, password, next })).toMatchObject({
      status: 303,
      location: next,
    });
    expect(await browser.get('/sign-in')).toMatchObject({ status: 303, location: '/' });
  });

  test('says the same of a wrong password and of an unknown address', async () => {
    await start();
    await signedIn(server);
    const browser = new BrowserLike(server);
    const tries = [
      await browser.signIn(OWNER.ownerEmail, 'wrong'),
      await browser.signIn('nobody@acme.example', OWNER.password),
    ];
    for (const { status, text } of tries) {
      expect(status).toBe(401);
      expect(text).toContain('role="alert">The e-mail address or the password is wrong.<');
      expect(text).not.toContain(OWNER.password);
    }
    expect(await isIn(browser)).toBe(false);
  });

  test('asks to wait after 5 failures, in the reader’s language, and then lets in', async () => {
    await start();
    await signedIn(server);
    const browser = new BrowserLike(server);
    for (let i = 0; i < 6; i += 1) await browser.signIn(OWNER.ownerEmail, 'wrong');
    await browser.get('/sign-in');
    const { ownerEmail: email, password } = OWNER;
    const refused = await browser.post('/sign-in', { email, password }, { language: 'pl' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.text).toContain('Za dużo nieudanych prób: spróbuj ponownie za');
    await server.advance(60_000);
    expect((await browser.signIn()).status).toBe(303);
  });

  test('is refused beside the field where something is missing', async () => {
    await start();
    const browser = new BrowserLike(server);
    const { status, text } = await browser.signIn('not an address', '');
    expect(status).toBe(422);
    expect(text).toContain('id="email-problem"');
    expect(text).toContain('id="password-problem"');
  });
});

describe('a session', () => {
  test('ends after 30 days without use, and each use begins them anew', async () => {
    await start();
    const browser = await signedIn(server);
    for (let i = 0; i < 3; i += 1) {
      await server.advance(29 * DAY);
      expect(await isIn(browser)).toBe(true);
    }
    await server.advance(30 * DAY + 3_600_000);
    expect(await browser.get('/profile')).toMatchObject({
      status: 303,
      location: '/sign-in?next=%2Fprofile',
    });
  });

  test('is not kept alive by a page that keeps itself up to date', async () => {
    await start();
    const browser = await signedIn(server);
    const headers = { 'hx-request': 'true' };
    for (let days = 0; days < 30; days += 10) {
      const { status, headers: answered } = await browser.get('/profile', { headers });
      expect(status).toBe(200);
      expect(answered.getSetCookie().join()).not.toContain('session=');
      await server.advance(10 * DAY);
    }
    await server.advance(60_000);
    const polled = await browser.get('/profile', { headers });
    expect([polled.status, polled.headers.get('hx-redirect')]).toEqual([204, '/sign-in']);
    expect(await isIn(browser)).toBe(false);
  });

  test('ends on sign-out, for a copy of its cookie too', async () => {
    await start();
    const browser = await signedIn(server);
    const copy = new BrowserLike(server);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    expect(await isIn(copy)).toBe(true);
    expect(await browser.post('/sign-out')).toMatchObject({ status: 303, location: '/sign-in' });
    expect(browser.cookies.has('session')).toBe(false);
    expect([await isIn(browser), await isIn(copy)]).toEqual([false, false]);
  });

  test('survives a restart of the server', async () => {
    const folder = await start();
    const { cookies } = await signedIn(server);
    await server.stop();
    await start({}, folder);
    const browser = new BrowserLike(server);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect(await isIn(browser)).toBe(true);
  });

  test('is not had by a cookie of one’s own making', async () => {
    await start();
    const { cookies } = await signedIn(server);
    const value = cookies.get('session') as string;
    const [token = ''] = decodeURIComponent(value).split('.');
    for (const forged of ['', 'x', token, `${token}.`, `${value}x`, `s:${value}`, `x${value}`]) {
      const browser = new BrowserLike(server);
      browser.cookies.set('session', forged);
      expect([forged, await isIn(browser)]).toEqual([forged, false]);
    }
  });
});
