import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserLike, linkOf, OWNER, signedIn } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

// Every route that the server registers, as it says itself: a page that is added is tested here without
// being named, but that THEIRS must say what may stand in its path.

const PRINT_ROUTES = fileURLToPath(new URL('../support/print-routes.ts', import.meta.url));
const MARK = 'OF-THE-OTHER-WORKSPACE';

/** What anyone may ask for, besides the sign-out, which leads to the sign-in in any case. */
const OPEN = [
  'GET /api/openapi.json',
  'GET /assets/:version/:name',
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /sign-in',
  'GET /welcome/:link',
  'POST /language',
  'POST /sign-in',
  'POST /welcome/:link',
];

interface Route {
  method: string;
  path: string;
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`;

const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
/** All but those of the API and of sources, which have suites of their own (isolation.test.ts, sources.test.ts). */
let routes: Route[];
let browser: BrowserLike;
let other: BrowserLike;
/** By the step of a path before it: an id of the other workspace. */
let theirs: Record<string, string>;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder, {
    NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${PRINT_ROUTES}`,
    PAKIET_METRICS_TOKEN: 'a-token-of-the-metrics',
  });
  const found = [...server.output.matchAll(/^route (\S+) (\S+)$/gm)].map(
    ([, method = '', path = '']) => ({ method, path }),
  );
  // What sources send is signed; sources.test.ts is about it.
  routes = found.filter(({ path }) => !/^\/(api\/v1|sources)\//.test(path));
  expect(routes.length).toBeGreaterThan(30);
  browser = await signedIn(server);
  await fillOther();
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** A second workspace with one of everything, each with the mark in its name. */
async function fillOther(): Promise<void> {
  const { stdout } = await run(process.execPath, [COMMAND_LINE, 'workspace', 'create', MARK], {
    env: { PAKIET_DATA_DIR: folder },
  });
  const key = /^ {2}(pakiet_\S{43})$/m.exec(stdout)?.[1] as string;
  const call = async (method: string, path: string, body?: unknown) =>
    (await server.call(method, path, body, key)).body;
  const link = /\/welcome\/(\S+)/.exec(stdout)?.[1] as string;
  other = new BrowserLike(server);
  await other.useLink(link, { ...OWNER, ownerName: MARK, ownerEmail: 'other@b.example' });
  await other.follow(await other.post('/keys', { label: MARK }));
  const path = `/?${MARK}`;
  receiver.statuses.set(path, 500);
  const hook = { target_url: receiver.url(path), granularity_hours: 0, name: MARK };
  const { id } = await call('POST', '/webhooks', hook);
  const chat = { id: MARK, full_name: MARK };
  await call(
    'POST',
    '/messages',
    inboundInput({ account: '+972559999999', chat, message: { text: MARK } }),
  );
  const [delivery] = await receiver.waitFor(path, 1);
  const { chat: sent, message } = JSON.parse(delivery?.body as string);
  await call('POST', `/webhooks/${id}/chats/${sent.chat_id}/park`);
  theirs = {
    webhooks: id,
    chat: sent.chat_id,
    chats: sent.chat_id,
    parked: '1',
    // Only the other workspace has this one.
    accounts: encodeURIComponent('+972559999999'),
    permalink: message.message_id,
    keys: createHash('sha256').update(key).digest('hex').slice(0, 16),
    connect: (await call('POST', '/sources', { kind: 'waha', name: MARK })).id,
    welcome: 'x'.repeat(43),
    assets: 'version',
    version: 'page.js',
    static: 'index.css',
  };
}

/** A path with the other workspace's ids in it. */
function pathWith(ids: Record<string, string>, { path }: Route): string {
  return path
    .replace(/([^/]+)\/(?::[^/]+|\*)/g, (_step, before: string) => {
      const id = ids[before];
      if (id === undefined)
        throw new Error(`Say in "theirs" what stands after ${before}/: ${path}`);
      return `${before}/${id}`;
    })
    .replace('/:name', '/page.js');
}

const asks = ({ method }: Route) => method === 'GET' || method === 'HEAD';
const hasIds = ({ path }: Route) => /[:*]/.test(path);
const leadsToSignIn = (location: string | null) => /^\/sign-in(\?next=|$)/.test(location ?? '');

/** Every page of ours that needs no id, as one who is signed in sees it. */
async function ownPages() {
  const pages = routes.filter((route) => route.method === 'GET' && !hasIds(route));
  const answers = [];
  for (const { path } of pages) answers.push({ path, ...(await browser.get(path)) });
  return answers.filter(({ headers }) => headers.get('content-type')?.startsWith('text/html'));
}

describe('without a session', () => {
  test('nothing opens but the sign-in, the one-time link, and what holds no secret', async () => {
    const stranger = new BrowserLike(server);
    const open = [];
    for (const route of routes) {
      const path = pathWith(theirs, route);
      const answer = asks(route)
        ? await stranger.get(path, { method: route.method })
        : await stranger.post(path, {});
      expect(answer.text).not.toContain(MARK);
      if (answer.status === 303 && leadsToSignIn(answer.location)) continue;
      open.push(nameOf(route));
    }
    const heads = OPEN.filter((name) => name.startsWith('GET')).map((name) =>
      name.replace('GET', 'HEAD'),
    );
    expect(open.toSorted()).toEqual([...OPEN, ...heads].toSorted());
  });

  test('an htmx part is answered by leading the whole page to the sign-in', async () => {
    const stranger = new BrowserLike(server);
    const answer = await stranger.get('/webhooks', { headers: { 'hx-request': 'true' } });
    expect([answer.status, answer.headers.get('hx-redirect')]).toEqual([204, '/sign-in']);
  });
});

describe('a form', () => {
  const changing = () => routes.filter((route) => !asks(route) && route.method !== 'OPTIONS');

  /** Sends every form of ours with this token; answers those that did not refuse it as expired. */
  async function takenWith(token: (page: BrowserLike) => Promise<Record<string, string>>) {
    const taken = [];
    for (const route of changing()) {
      const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
      const body = new URLSearchParams({ ...(await token(browser)), label: 'x', name: 'x' });
      const init = { method: route.method, headers: { cookie }, redirect: 'manual' } as const;
      const url = `${server.url}${pathWith(theirs, route)}`;
      const answer = await fetch(url, { ...init, body });
      const text = await answer.text();
      if (answer.status !== 403 || !text.includes('This form has expired')) {
        taken.push(`${nameOf(route)}: ${answer.status}`);
      }
    }
    return taken;
  }

  const tokenOn = ({ text }: { text: string }) =>
    /name="_csrf" value="([^"]+)"/.exec(text)?.[1] as string;

  test('there are forms to be tested', () => {
    expect(changing().map(nameOf)).toEqual(
      expect.arrayContaining(['POST /keys', 'POST /profile', 'POST /sign-out', 'POST /sign-in']),
    );
  });

  test('is refused without a token', async () => {
    expect(await takenWith(async () => ({}))).toEqual([]);
  });

  test('is refused with a token that is none', async () => {
    expect(await takenWith(async () => ({ _csrf: 'x' }))).toEqual([]);
  });

  test('is refused with the token of somebody else', async () => {
    const token = tokenOn(await other.get('/profile'));
    expect(await takenWith(async () => ({ _csrf: token }))).toEqual([]);
  });

  test('is refused with the token of a page from before the sign-in', async () => {
    const fresh = new BrowserLike(server);
    const token = tokenOn(await fresh.get('/sign-in'));
    await fresh.signIn();
    const cookie = [...fresh.cookies].map((pair) => pair.join('=')).join('; ');
    const body = new URLSearchParams({ _csrf: token, label: 'x' });
    const answer = await fetch(`${server.url}/keys`, { method: 'POST', headers: { cookie }, body });
    expect(answer.status).toBe(403);
  });

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
    'is refused as %s, which other sites could send',
    async (type) => {
      const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
      for (const route of changing()) {
        const answer = await fetch(`${server.url}${pathWith(theirs, route)}`, {
          method: route.method,
          headers: { cookie, 'content-type': type },
          body: type.includes('json') ? '{"label":"x"}' : '--x--',
          redirect: 'manual',
        });
        expect(`${nameOf(route)}: ${answer.status}`).toMatch(/: (400|403|415)$/);
      }
    },
  );

  test('is taken with the token of its own page', async () => {
    await browser.get('/keys');
    const answer = await browser.post('/keys', { label: 'mine' });
    expect((await browser.follow(answer)).text).toContain('Your new key');
  });
});

describe('every page', () => {
  test('comes with a policy that lets no code or style of a text pass, and holds none', async () => {
    const pages = await ownPages();
    expect(pages.length).toBeGreaterThan(3);
    for (const { path, headers, text } of pages) {
      const policy = headers.get('content-security-policy') ?? '';
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'self'")]);
      expect(policy).toContain("object-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*|script-src|style-src/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const inline = [
        ...text.matchAll(/<style|\sstyle=|\son\w+=|hx-on|javascript:|<script(?![^>]*\ssrc=)/gi),
      ];
      expect([path, inline.map(([found]) => found)]).toEqual([path, []]);
    }
  });

  test('is kept by no cache on the way', async () => {
    for (const { path, headers } of await ownPages()) {
      if (path.startsWith('/api/docs')) continue;
      expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
    }
  });

  test('answers HEAD as it answers GET, without a body', async () => {
    for (const { path, status } of await ownPages()) {
      const head = await browser.get(path, { method: 'HEAD' });
      expect([path, head.status, head.text]).toEqual([path, status, '']);
    }
  });

  test('speaks the language of the browser, or the one that was chosen', async () => {
    const chosen = new BrowserLike(server);
    const inPolish = await chosen.get('/sign-in?next=/keys', { language: 'pl' });
    expect(inPolish.text).toContain('<html lang="pl"');
    const back = /name="back" value="([^"]+)"/.exec(inPolish.text)?.[1] as string;
    const answer = await chosen.post('/language', { language: 'en', back }, { language: 'pl' });
    expect([answer.status, answer.location]).toEqual([303, '/sign-in?next=/keys']);
    const { text } = await chosen.follow(answer, { language: 'pl' });
    expect(text).toContain('<html lang="en"');
    expect(await chosen.post('/language', { language: 'xx' })).toMatchObject({ location: '/' });
    const evil = { language: 'pl', back: '//evil.example' };
    expect((await chosen.post('/language', evil)).location).toBe('/');
  });

  test('takes nonsense in cookies for none', async () => {
    const odd = new BrowserLike(server);
    for (const value of ['%', '%00', '"><script>', 'x'.repeat(3000), '__proto__', '']) {
      for (const name of ['zone', 'language', 'notice', 'form', 'session']) {
        odd.cookies.set(name, value);
      }
      const { status, text } = await odd.get('/sign-in');
      expect([value, status]).toEqual([value, 200]);
      expect(text).not.toContain('"><script>');
    }
  });

  test('is in UTC where the browser tells a zone that is none', async () => {
    const odd = new BrowserLike(server);
    odd.cookies.set('zone', 'Mars%2FOlympus');
    expect((await odd.get('/sign-in')).text).toContain('data-zone="UTC"');
    odd.cookies.set('zone', 'Europe%2FWarsaw');
    expect((await odd.get('/sign-in')).text).toContain('data-zone="Europe/Warsaw"');
  });
});

describe('what belongs to another workspace', () => {
  test('is on no page', async () => {
    for (const { path, text } of await ownPages()) {
      expect([path, text.includes(MARK)]).toEqual([path, false]);
    }
    for (const path of ['/keys', `/chat/${theirs.chat}/messages/`]) {
      expect((await other.get(path)).text).toContain(MARK);
    }
  });

  test('is not found by its address, nor changed', async () => {
    const all = routes.filter(
      (route) => hasIds(route) && !OPEN.some((one) => one.includes(route.path)),
    );
    const answers = [];
    for (const route of all) {
      if (route.path.startsWith('/api/docs')) continue;
      const path = pathWith(theirs, route);
      const answer = asks(route)
        ? await browser.get(path, { method: route.method })
        : await browser.post(path, {});
      expect(answer.text).not.toContain(MARK);
      answers.push(`${nameOf(route)}: ${answer.status}`);
    }
    expect(answers).toEqual(answers.map((answer) => answer.replace(/\d+$/, '404')));
    expect(answers.length).toBeGreaterThan(3);
  });
});

describe('where there is nothing', () => {
  test.each([
    ['en', 'There is nothing here'],
    ['pl', 'Tu niczego nie ma'],
  ])('a browser gets a page in its language (%s), signed in or not', async (language, title) => {
    for (const who of [browser, new BrowserLike(server)]) {
      for (const path of ['/nowhere', '/webhooks/1/nowhere', '/sign-in/x']) {
        const { status, text, headers } = await who.get(path, { language });
        expect([path, status]).toEqual([path, 404]);
        expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
        expect(text).toContain(`<h1>${title}</h1>`);
      }
    }
  });

  test('a form gets a page, too', async () => {
    const { status, text } = await browser.post('/nowhere', { a: 'b' });
    expect(status).toBe(404);
    expect(text).toContain('There is nothing here');
  });

  test.each(['/api/nowhere', '/api/v1/nowhere', '/api', '/api?x'])(
    '%s answers as the API does',
    async (path) => {
      const { status, headers, text } = await browser.get(path);
      expect(status).toBe(404);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(JSON.parse(text).error.code).toBe('not_found');
    },
  );
});

describe('behind a proxy that serves the pages under a path over TLS', () => {
  let below: ServerProcess;
  let inside: BrowserLike;

  beforeAll(async () => {
    below = await ServerProcess.start(tempFolder(), {
      PAKIET_PUBLIC_URL: 'https://acme.example/pakiet/',
    });
    inside = await signedIn(below);
  });

  afterAll(() => below.stop());

  test('the one-time link is the one that people reach', async () => {
    expect(below.output).toContain(`https://acme.example/pakiet/welcome/${await linkOf(below)}\n`);
  });

  test('every link, form and file of every page is under the path', async () => {
    const paths = routes.filter((route) => route.method === 'GET' && !hasIds(route));
    let links = 0;
    for (const { path } of paths) {
      if (path.startsWith('/api/docs')) continue;
      const { text, location } = await inside.get(path);
      if (location !== null) expect(location).toMatch(/^\/pakiet\//);
      for (const [, address] of text.matchAll(/\s(?:href|src|action|hx-\w+)="(\/[^"]*)"/g)) {
        expect([path, address]).toEqual([path, expect.stringMatching(/^\/pakiet\//)]);
        links += 1;
      }
    }
    expect(links).toBeGreaterThan(50);
  });

  test('every cookie is for TLS alone, kept from scripts and from other sites', async () => {
    const set: string[] = [];
    const note = ({ headers }: { headers: Headers }) => set.push(...headers.getSetCookie());
    const fresh = new BrowserLike(below);
    note(await fresh.get('/sign-in'));
    note(await fresh.signIn());
    note(await fresh.post('/language', { language: 'pl' }));
    note(await fresh.post('/profile', { ...OWNER, name: 'Acme', language: 'en' }));
    const names = new Set(set.map((line) => line.split('=')[0]));
    expect([...names].toSorted()).toEqual(['form', 'language', 'notice', 'session']);
    for (const line of set) {
      expect(line).toContain('; Secure');
      expect(line).toContain('; HttpOnly');
      expect(line).toContain('; SameSite=Lax');
    }
  });
});

test('without TLS cookies are kept from scripts and from other sites as well', async () => {
  const { headers } = await new BrowserLike(server).signIn();
  for (const line of headers.getSetCookie()) {
    expect(line).toContain('; HttpOnly; SameSite=Lax');
    expect(line).not.toContain('Secure');
  }
});
