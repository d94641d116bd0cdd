import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const COUNT = 450;
const HOSTILE = `"><script>alert('x')</script><b>&amp;`;
const ESCAPED = '&lt;script';

let receiver: HttpReceiver;
let server: ServerProcess;
/** Ids of the long chat's messages, in order. */
let uuids: string[];
let chatPath: string;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
  const settings = { target_url: receiver.url('/all'), granularity_hours: 1 };
  const { body: webhook } = await server.call('POST', '/webhooks', settings);
  const messages = Array.from({ length: COUNT }, (_, i) =>
    inboundInput({
      chat: { id: 'long', full_name: HOSTILE },
      message: {
        text: `text ${i + 1} ${HOSTILE}`,
        direction: i % 2 ? 'sent' : 'received',
        sender: { full_name: `name ${HOSTILE}` },
      },
    }),
  );
  await server.call('POST', '/messages', { messages });
  await server.call('POST', `/webhooks/${webhook.id}/flush`);
  const [delivery] = await receiver.waitFor('/all', 1);
  const bundle = JSON.parse(delivery?.body as string);
  uuids = bundle.messages.map((one: { message_id: string }) => one.message_id);
  chatPath = `/chat/${bundle.chat.chat_id}/messages/`;
  expect(new URL(bundle.chat.chat_url).href).toBe(`${server.url}${chatPath}`);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const open = (path: string, password = API_KEY, user = '') =>
  fetch(new URL(path, server.url), {
    headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
  });

/** The numbers of the messages on a page. */
const numbersOn = (html: string) =>
  [...html.matchAll(/>text (\d+) /g)].map(([, number]) => Number(number));

const linkOn = (html: string, label: string) =>
  new RegExp(`<a href="([^"]+)">${label}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&');

describe.each([
  ['/chat/{id}/messages/', () => chatPath],
  ['/permalink/{uuid}/', () => `/permalink/${uuids[0]}/`],
])('%s', (_name, path) => {
  test('asks for the key by HTTP Basic', async () => {
    for (const headers of [
      {},
      { authorization: `Basic ${btoa('anyone:wrong')}` },
      { authorization: 'Basic !' },
      { authorization: `Bearer ${API_KEY}` },
    ]) {
      const response = await fetch(`${server.url}${path()}`, { headers, redirect: 'manual' });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="Pakiet"');
      expect(await response.json()).toMatchObject({
        error: { code: 'unauthorized', message: expect.stringContaining('as the password') },
      });
    }
  });

  test('opens with the key as the password, whatever the user name', async () => {
    expect((await open(path())).status).toBe(200);
    expect((await open(path(), API_KEY, 'jane')).status).toBe(200);
  });
});

describe('the transcript', () => {
  test('escapes names and texts, and allows no script', async () => {
    const response = await open(chatPath);
    const html = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<b>&');
    const [, title] = /<title>(.*?)<\/title>/.exec(html) as RegExpExecArray;
    const [, heading] = /<h1[^>]*>(.*?)<\/h1>/.exec(html) as RegExpExecArray;
    const [, name] = /<p class="who"><b>(.*?)<\/b>/.exec(html) as RegExpExecArray;
    const [, text] = /<p class="text"[^>]*>(.*?)<\/p>/.exec(html) as RegExpExecArray;
    for (const part of [title, heading, name, text]) {
      expect(part).toContain(ESCAPED);
      expect(part).toContain('&amp;amp;');
    }
  });

  test('loads its style sheet from where it says', async () => {
    const page = await open(chatPath);
    const [, href] = /<link rel="stylesheet" href="([^"]+)"/.exec(await page.text()) ?? [];
    const style = await fetch(new URL(href as string, page.url));
    expect(style.status).toBe(200);
    expect(style.headers.get('content-type')).toContain('text/css');
    expect(await style.text()).toContain('prefers-color-scheme: dark');
  });

  test('opens at the newest messages and leads through all of them and back', async () => {
    let page = await open(chatPath);
    let html = await page.text();
    expect(numbersOn(html).at(-1)).toBe(COUNT);
    expect(linkOn(html, 'Later messages')).toBeUndefined();
    const backwards: number[][] = [numbersOn(html)];
    for (let link = linkOn(html, 'Earlier messages'); link; ) {
      page = await open(new URL(link, page.url).href);
      html = await page.text();
      backwards.unshift(numbersOn(html));
      link = linkOn(html, 'Earlier messages');
    }
    const all = Array.from({ length: COUNT }, (_, i) => i + 1);
    expect([...new Set(backwards.flat())]).toEqual(all);

    const forwards: number[] = numbersOn(html);
    for (let link = linkOn(html, 'Later messages'); link; ) {
      page = await open(new URL(link, page.url).href);
      html = await page.text();
      forwards.push(...numbersOn(html));
      link = linkOn(html, 'Later messages');
    }
    expect(forwards).toEqual(all);
  });

  test('takes nonsense for a place as none', async () => {
    for (const from of ['0', '-5', 'abc', '1e400', '']) {
      const html = await (await open(`${chatPath}?from=${from}`)).text();
      expect(numbersOn(html).at(-1)).toBe(COUNT);
    }
    expect(await (await open(`${chatPath}?from=99999`)).text()).toContain('Earlier messages');
  });

  test.each(['/chat/1/messages/', '/chat/abc/messages/'])('answers 404 to %s', async (path) => {
    expect((await open(path)).status).toBe(404);
  });
});

describe('a permalink', () => {
  test.each([1, 17, 230, COUNT])('leads to message %i on the page of its chat', async (number) => {
    const uuid = uuids[number - 1] as string;
    const response = await fetch(`${server.url}/permalink/${uuid}/`, {
      headers: { authorization: `Basic ${btoa(`:${API_KEY}`)}` },
      redirect: 'manual',
    });
    expect(response.status).toBe(302);
    const target = new URL(response.headers.get('location') as string, response.url);
    expect(target.pathname).toBe(chatPath);
    const html = await (await open(target.href)).text();
    expect(html).toContain(`<li id="${target.hash.slice(1)}"`);
    const item = html.slice(html.indexOf(target.hash.slice(1)));
    expect(numbersOn(item)[0]).toBe(number);
  });

  test('is found whatever the case of its letters', async () => {
    expect((await open(`/permalink/${uuids[0]?.toUpperCase()}/`)).status).toBe(200);
  });

  test.each(['77a28d55-5345-5435-8c72-3a7bcad8ded9', 'abc', '%27'])(
    'of %s, which is none, answers 404',
    async (uuid) => {
      expect((await open(`/permalink/${uuid}/`)).status).toBe(404);
    },
  );
});

describe('behind a proxy that serves the pages under a path', () => {
  test('all links of a page are relative', async () => {
    const response = await fetch(`${server.url}/permalink/${uuids[300]}/`, {
      headers: { authorization: `Basic ${btoa(`:${API_KEY}`)}` },
      redirect: 'manual',
    });
    expect(response.headers.get('location')).toMatch(/^\.\.\/\.\.\/chat\//);
    const html = await (await open(`${chatPath}?from=100`)).text();
    const links = [...html.matchAll(/\shref="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toHaveLength(3);
    for (const href of links) expect(href).toMatch(/^(\.\.\/|\?)/);
  });
});
