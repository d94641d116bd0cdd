import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeMessageId } from '../../src/store/message-id.ts';
import type { BundlePayload } from '../../src/wire/payload.ts';
import { type BrowserLike, signedIn } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput, type MessageGiven } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const COUNT = 250;
const DAY = 86_400_000;
const HOSTILE = `"><script>alert('x')</script><b>&amp;`;

let receiver: HttpReceiver;
let server: ServerProcess;
let browser: BrowserLike;
/** What a webhook got of the long chat. */
let bundle: BundlePayload;
let long: string;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
  browser = await signedIn(server);
  const settings = { target_url: receiver.url('/all'), granularity_hours: 1 };
  const { body: webhook } = await server.call('POST', '/webhooks', settings);
  const messages = Array.from({ length: COUNT }, (_, i) => ({
    text: `text ${i + 1} ${HOSTILE}`,
    direction: i % 2 ? ('sent' as const) : ('received' as const),
    sender: { full_name: `name ${HOSTILE}` },
  }));
  await send(...messages.map((message) => ({ chat: { id: 'long', full_name: HOSTILE }, message })));
  await server.call('POST', `/webhooks/${webhook.id}/flush`);
  const [delivery] = await receiver.waitFor('/all', 1);
  await server.call('DELETE', `/webhooks/${webhook.id}`);
  bundle = JSON.parse(delivery?.body as string);
  long = new URL(bundle.chat.chat_url).pathname;
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const send = async (...given: MessageGiven[]) =>
  server.call('POST', '/messages', { messages: given.map(inboundInput) });

let made = 0;

/** A new chat with such messages; answers its number. */
async function chatWith(
  chat: MessageGiven['chat'],
  ...messages: NonNullable<MessageGiven['message']>[]
): Promise<string> {
  made += 1;
  const full = { id: `chat ${made}`, full_name: `Chat number ${made}`, ...chat };
  await send(...messages.map((message) => ({ chat: full, message })));
  const { body } = await server.call('GET', '/chats');
  return body.chats[0].chat_id;
}

const pageOf = async (path: string, language = 'en') =>
  (await browser.get(path, { language })).text;

/** The bubbles on a page, each as its class, its sender and its text. */
const bubbles = (html: string) =>
  [
    ...html.matchAll(
      /<li id="message-([\w-]+)" class="bubble ([\w ]+)".*?class="who.*?>(.*?)<\/p>.*?class="text".*?>(.*?)<\/p>/gs,
    ),
  ].map(([, id, kind, who, text]) => ({ id, kind, who, text }));

/** The numbers of the messages on a page. */
const numbersOn = (html: string) =>
  bubbles(html).map(({ text }) => Number(/^text (\d+) /.exec(text as string)?.[1]));

const textsOn = (html: string) => bubbles(html).map(({ text }) => text);

/** Where the link with this text leads. */
const linkOn = (html: string, label: string) =>
  new RegExp(`<a href="([^"]+)">${label}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&');

const allNumbers = Array.from({ length: COUNT }, (_, i) => i + 1);

describe('the links of a payload', () => {
  test('ask whoever is not signed in to sign in, and lead on from there', async () => {
    for (const path of [long, `/permalink/${bundle.messages[0]?.message_id}/`]) {
      const response = await fetch(`${server.url}${path}`, { redirect: 'manual' });
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
    }
  });

  test('open the conversation at its newest messages, and at the first of the bundle', async () => {
    expect(new URL(bundle.chat.chat_url).origin).toBe(server.url);
    expect(numbersOn(await pageOf(long)).at(-1)).toBe(COUNT);
    const [, permalink = ''] = /href='([^']+)'/.exec(bundle.aggregation) ?? [];
    const answer = await browser.get(new URL(permalink).pathname);
    const { text } = await browser.follow(answer);
    expect(numbersOn(text)[0]).toBe(1);
  });
});

describe('a conversation', () => {
  test('escapes names and texts, and allows no script but those of the pages', async () => {
    const { text: html, headers } = await browser.get(long);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>');
    const [, title] = /<title>(.*?)<\/title>/.exec(html) as RegExpExecArray;
    const [, heading] = /<h1[^>]*>(.*?)<\/h1>/.exec(html) as RegExpExecArray;
    const [bubble] = bubbles(html);
    for (const part of [title, heading, bubble?.who, bubble?.text]) {
      expect(part).toContain('&lt;script');
      expect(part).toContain('&amp;amp;');
    }
  });

  test('leads through all of its messages and back', async () => {
    let html = await pageOf(long);
    expect(linkOn(html, 'Later messages')).toBeUndefined();
    const backwards: number[][] = [numbersOn(html)];
    for (let link = linkOn(html, 'Earlier messages'); link; ) {
      html = await pageOf(link);
      backwards.unshift(numbersOn(html));
      link = linkOn(html, 'Earlier messages');
    }
    expect(backwards.flat()).toEqual(allNumbers);

    const forwards: number[] = numbersOn(html);
    for (let link = linkOn(html, 'Later messages'); link; ) {
      expect(link).toMatch(/#start$/);
      html = await pageOf(link);
      forwards.push(...numbersOn(html));
      link = linkOn(html, 'Later messages');
    }
    expect(forwards).toEqual(allNumbers);
  });

  test.each([
    'before=0',
    'before=-5',
    'before=abc',
    'after=1e400',
    'after=',
    'message=abc',
    'message=',
  ])('shows its newest messages for ?%s, which is no place', async (query) => {
    const html = await pageOf(`${long}?${query}`);
    expect(numbersOn(html).at(-1)).toBe(COUNT);
    expect(html).not.toContain('not kept any more');
  });

  test('leads back from behind its end and from before its beginning', async () => {
    const behind = await pageOf(`${long}?after=9999999`);
    expect(numbersOn(behind)).toEqual([]);
    const back = await pageOf(linkOn(behind, 'Earlier messages') as string);
    expect(numbersOn(back).at(-1)).toBe(COUNT);
    const ahead = await pageOf(`${long}?before=1`);
    expect(numbersOn(await pageOf(linkOn(ahead, 'Later messages') as string))[0]).toBe(1);
  });

  test('shows what was received and sent, by whom, and what was written on the phone', async () => {
    const id = await chatWith(
      { id: 'team', full_name: 'The team', is_group: true },
      { text: 'one', sender: { full_name: 'Maria' } },
      { text: 'two', sender: { full_name: 'Maria' } },
      { text: 'three' },
      { text: 'four', direction: 'sent', origin: 'phone', sender: { full_name: 'Jan' } },
      { text: 'five', direction: 'sent', origin: 'product', sender: { full_name: 'Ewa' } },
      { text: 'six', direction: 'sent', origin: 'product' },
    );
    const html = await pageOf(`/chat/${id}/messages/`);
    expect(bubbles(html)).toMatchObject([
      { kind: 'received', who: 'Maria', text: 'one' },
      { kind: 'received', who: 'Maria', text: 'two' },
      { kind: 'received', who: 'The team', text: 'three' },
      { kind: 'sent', who: 'Jan', text: 'four' },
      { kind: 'sent', who: 'Ewa', text: 'five' },
      { kind: 'sent', who: 'You', text: 'six' },
    ]);
    // Heard by those who hear the page; seen where it changes.
    expect(html.match(/class="who"/g)).toHaveLength(4);
    expect(html.match(/from the phone/g)).toHaveLength(1);
    expect(html).toContain('<dd>Group</dd>');
  });

  test('keeps the lines of a text, and makes no links of what strangers write', async () => {
    const text = 'first\n\n  second https://evil.example/';
    const id = await chatWith({}, { text });
    const html = await pageOf(`/chat/${id}/messages/`);
    expect(textsOn(html)).toEqual([text]);
    expect(html).not.toContain('href="https://evil');
  });

  test("parts the days as the reader's zone has them", async () => {
    const today = server.now();
    const id = await chatWith(
      {},
      { text: 'before', timestamp: '2026-05-03T21:59:59Z' },
      { text: 'behind', timestamp: '2026-05-03T22:00:00Z' },
      { text: 'yesterday', timestamp: new Date(today - DAY).toISOString() },
      { text: 'today', timestamp: new Date(today).toISOString() },
    );
    const daysIn = async (zone: string, language: string) => {
      browser.cookies.set('zone', encodeURIComponent(zone));
      const html = await pageOf(`/chat/${id}/messages/`, language);
      browser.cookies.delete('zone');
      return [...html.matchAll(/<h2[^>]*>(?:<time[^>]*>)?(.*?)<\//g)].map(([, day]) => day);
    };
    expect(await daysIn('UTC', 'en')).toEqual(['Sunday, 3 May 2026', 'Yesterday', 'Today']);
    expect(await daysIn('Europe/Warsaw', 'pl')).toEqual([
      'niedziela, 3 maja 2026',
      'poniedziałek, 4 maja 2026',
      'Wczoraj',
      'Dzisiaj',
    ]);
  });

  test.each(['/chat/1/messages/', '/chat/abc/messages/', '/chat/1/edit'])(
    'answers 404 to %s, which is none',
    async (path) => {
      expect((await browser.get(path)).status).toBe(404);
    },
  );
});

describe('a permalink', () => {
  test.each([1, 17, 130, COUNT])(
    'leads to message %i in its chat, and marks it',
    async (number) => {
      const uuid = bundle.messages[number - 1]?.message_id as string;
      const answer = await browser.get(`/permalink/${uuid}/`);
      expect(answer.location).toBe(`${long}?message=${uuid}#message-${uuid}`);
      const { text } = await browser.follow(answer);
      const marked = bubbles(text).filter(({ kind }) => kind?.includes('linked'));
      expect(marked).toMatchObject([{ id: uuid }]);
      expect(marked[0]?.text).toMatch(`text ${number} `);
      expect(
        text.match(/aria-current="true">(?=<p class="badge">The linked message)/g),
      ).toHaveLength(1);
    },
  );

  test('opens the same whatever the case of its letters', async () => {
    const uuid = bundle.messages[4]?.message_id as string;
    const { location } = await browser.get(`/permalink/${uuid.toUpperCase()}/`);
    expect(location).toBe(`${long}?message=${uuid}#message-${uuid}`);
  });

  test.each([
    '77a28d55-5345-5435-8c72-3a7bcad8ded9',
    makeMessageId({ chatId: 5, seq: 1, receivedAt: 1000 }),
    'abc',
    '%27',
  ])('of %s, which is none, answers 404', async (uuid) => {
    const { status, text } = await browser.get(`/permalink/${uuid}/`);
    expect(status).toBe(404);
    expect(text).toContain('Messages are kept for 30 days.');
  });

  test('opens the chat when its message is gone, and says so', async () => {
    const folder = tempFolder();
    const short = await ServerProcess.start(folder, { PAKIET_RETENTION_DAYS: '1' });
    const reader = await signedIn(short);
    await short.call('POST', '/messages', { messages: [inboundInput()] });
    const { body } = await short.call('GET', '/chats');
    const path = `/chat/${body.chats[0].chat_id}/messages/`;
    const [first] = bubbles((await reader.get(path)).text);
    const permalink = `/permalink/${first?.id}/`;
    await short.advance(2 * DAY);
    let left = 1;
    for (let tries = 0; left > 0 && tries < 1000; tries += 1) {
      left = bubbles((await reader.get(path)).text).length;
    }
    expect(left).toBe(0);
    const opened = await reader.follow(await reader.get(permalink));
    expect(opened.status).toBe(200);
    expect(opened.text).toContain('not kept any more. This is its chat.');
    expect(opened.text).toContain('John Doe');

    await short.call('DELETE', `/chats/${body.chats[0].chat_id}`);
    expect((await reader.get(permalink)).status).toBe(404);
    await short.stop();
  });
});

test('behind a proxy that serves the pages under a path, all links have it', async () => {
  const proxied = await ServerProcess.start(tempFolder(), {
    PAKIET_PUBLIC_URL: 'http://crm.acme.example/pakiet/',
  });
  const reader = await signedIn(proxied);
  await proxied.call('POST', '/messages', { messages: [inboundInput()] });
  const { body } = await proxied.call('GET', '/chats');
  const { chat_id, chat_url } = body.chats[0];
  const path = `/pakiet/chat/${chat_id}/messages/`;
  expect(new URL(chat_url).pathname).toBe(path);
  const list = (await reader.get('/chats')).text;
  expect(list).toContain(`href="${path}"`);
  const page = (await reader.get(`/chat/${chat_id}/messages/`)).text;
  const [message] = bubbles(page);
  expect((await reader.get(`/permalink/${message?.id}/`)).location).toMatch(new RegExp(`^${path}`));
  for (const [, address] of (list + page).matchAll(/\s(?:href|action|src)="([^"]+)"/g)) {
    expect(address).toMatch(/^(\/pakiet\/|#)/);
  }
  await proxied.stop();
});

describe('two chats that turn out to be one', () => {
  let elder: string;
  let younger: string;

  beforeAll(async () => {
    const phone = '+972541110000';
    elder = await chatWith({ id: 'elder', full_name: 'Dana', phone }, { text: 'elder 1' });
    younger = await chatWith(
      { id: 'younger@lid', full_name: 'D.', phone: '' },
      { text: 'younger 1' },
    );
    await send(
      { chat: { id: 'elder', phone }, message: { text: 'elder 2' } },
      { chat: { id: 'younger@lid', phone: '' }, message: { text: 'younger 2' } },
      // Now its phone is known.
      { chat: { id: 'younger@lid', phone }, message: { text: 'both' } },
    );
    expect(younger).not.toBe(elder);
  });

  test('are shown as one conversation, by arrival, at both addresses', async () => {
    const answer = await browser.get(`/chat/${younger}/messages/?before=99999999`);
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(`/chat/${elder}/messages/?before=99999999`);
    const { text } = await browser.follow(answer);
    expect(textsOn(text)).toEqual(['elder 1', 'younger 1', 'elder 2', 'younger 2', 'both']);
  });

  test('have permalinks into that conversation', async () => {
    const found = bubbles(await pageOf(`/chat/${elder}/messages/`));
    for (const { id, text } of found) {
      const answer = await browser.get(`/permalink/${id}/`);
      expect(answer.location).toBe(`/chat/${elder}/messages/?message=${id}#message-${id}`);
      const page = await browser.follow(answer);
      const marked = bubbles(page.text).filter(({ kind }) => kind?.includes('linked'));
      expect(marked).toMatchObject([{ id, text }]);
    }
  });

  test('are one in the list', async () => {
    const html = await pageOf('/chats');
    expect(html).toContain(`href="/chat/${elder}/messages/"`);
    expect(html).not.toContain(`href="/chat/${younger}/messages/"`);
  });
});

describe('what people set on a chat', () => {
  const listed = async (id: string) => {
    const { body } = await server.call('GET', '/chats');
    return body.chats.find((chat: { chat_id: string }) => chat.chat_id === id);
  };
  const fields = { name: '', responsibleName: '', responsibleEmail: '' };

  test('is a name, until it is empty again, and a responsible teammate', async () => {
    const id = await chatWith({ full_name: 'Its WhatsApp name' }, { text: 'hi' });
    expect(await pageOf(`/chat/${id}/edit`)).toContain('placeholder="Its WhatsApp name"');
    const given = {
      name: ` ${HOSTILE} `,
      responsibleName: 'Ewa',
      responsibleEmail: 'ewa@a.example',
    };
    const answer = await browser.post(`/chat/${id}/edit`, given);
    expect(answer).toMatchObject({ status: 303, location: `/chat/${id}/messages/` });
    expect((await browser.follow(answer)).text).toContain('Saved.');
    expect(await listed(id)).toMatchObject({
      full_name: HOSTILE,
      responsible_name: 'Ewa',
      responsible_email: 'ewa@a.example',
    });
    const again = await pageOf(`/chat/${id}/edit`);
    expect(again).toContain('value="ewa@a.example"');
    expect(again).not.toContain('<script>');

    await browser.post(`/chat/${id}/edit`, fields);
    expect(await listed(id)).toMatchObject({
      full_name: 'Its WhatsApp name',
      responsible_name: '',
      responsible_email: '',
    });
  });

  test.each([
    ['en', 'This is not an e-mail address.'],
    ['pl', 'To nie jest adres e-mail.'],
  ])(
    'stays as it was where an e-mail address is none, and says why (%s)',
    async (language, why) => {
      const id = await chatWith({}, { text: 'hi' });
      const given = { ...fields, name: 'kept in the form', responsibleEmail: 'nobody' };
      const { status, text } = await browser.post(`/chat/${id}/edit`, given, { language });
      expect(status).toBe(422);
      expect(text).toContain(why);
      expect(text).toContain('value="kept in the form"');
      expect(await listed(id)).toMatchObject({
        responsible_email: '',
        full_name: expect.stringContaining('Chat number'),
      });
    },
  );

  test('can be its end: its data is deleted, and what is lost was said before', async () => {
    const id = await chatWith({ full_name: 'To be forgotten' }, { text: 'hi' });
    expect(await pageOf(`/chat/${id}/edit`, 'pl')).toContain('wszystkie wiadomości czatu');
    const answer = await browser.post(`/chat/${id}/delete`);
    expect(answer).toMatchObject({ status: 303, location: '/chats' });
    const { text } = await browser.follow(answer);
    expect(text).toContain('The chat is deleted');
    expect(text).not.toContain('To be forgotten');
    expect(await listed(id)).toBeUndefined();
    for (const path of [`/chat/${id}/messages/`, `/chat/${id}/edit`]) {
      expect((await browser.get(path)).status).toBe(404);
    }
    expect((await browser.post(`/chat/${id}/delete`)).status).toBe(404);
  });
});

describe('the list of chats', () => {
  const namesOn = (html: string) =>
    [...html.matchAll(/<p class="name">.*?<bdi>(.*?)<\/bdi>/g)].map(([, name]) => name);

  test('says what there would be, and the next step, where there is none', async () => {
    const fresh = await ServerProcess.start(tempFolder());
    const reader = await signedIn(fresh);
    const english = (await reader.get('/chats')).text;
    expect(english).toContain('No chats yet');
    expect(english).toContain('href="/accounts"');
    expect(english).not.toContain('type="search"');
    reader.cookies.set('language', 'pl');
    expect((await reader.get('/chats')).text).toContain('Nie ma jeszcze czatów');
    await fresh.stop();
  });

  test('has the latest first, each with who it is with, through which account, and for whom', async () => {
    const account = '+972559998877';
    const one = { id: 'one', full_name: 'One of two', phone: '+972541111111' };
    await send(
      { account, chat: one },
      { account, chat: { id: 'two', full_name: 'Two of two', is_group: true, phone: '' } },
    );
    await server.advance(60_000);
    await send({ account, chat: one });
    const { body } = await server.call('GET', '/chats?search=One of two');
    const edit = { responsible_name: 'Ewa Responsible' };
    await server.call('PATCH', `/chats/${body.chats[0].chat_id}`, edit);
    const html = await pageOf('/chats');
    expect(namesOn(html).slice(0, 2)).toEqual(['One of two', 'Two of two']);
    const [row = '', second = ''] = html.split('<p class="name">').slice(1);
    for (const part of ['+972541111111', account, 'Ewa Responsible', 'now</time>']) {
      expect(row).toContain(part);
    }
    expect(second).toContain('Group');
    expect(second).toContain('1 minute ago');
  });

  test.each([
    ['a part of a name', 'findable'],
    ['a phone number as people write it', '+972 54-777 (0000)'],
  ])('finds chats by %s', async (_what, search) => {
    await chatWith({ full_name: 'A Findable one', phone: '+972547770000' }, { text: 'hi' });
    const html = await pageOf(`/chats?${new URLSearchParams({ search })}`);
    expect(new Set(namesOn(html))).toEqual(new Set(['A Findable one']));
    expect(linkOn(html, 'Show all chats')).toBe('/chats');
  });

  test('says that nothing was found, and shows what was looked for, escaped', async () => {
    const html = await pageOf(`/chats?${new URLSearchParams({ search: HOSTILE })}x`);
    expect(html).toContain('Nothing was found');
    expect(html).not.toContain('<script>');
    expect(linkOn(html, 'Show all chats')).toBe('/chats');
  });

  test('is paged, also what was found', async () => {
    await send(
      ...Array.from({ length: 120 }, (_, i) => ({
        chat: { id: `paged ${i}`, full_name: `Paged & ${i}`, phone: '' },
      })),
    );
    let html = await pageOf(`/chats?${new URLSearchParams({ search: 'paged &' })}`);
    const names = namesOn(html);
    for (let link = linkOn(html, 'Older chats'); link; ) {
      html = await pageOf(link);
      names.push(...namesOn(html));
      link = linkOn(html, 'Older chats');
    }
    expect(names).toEqual(Array.from({ length: 120 }, (_, i) => `Paged &amp; ${119 - i}`));
    const newest = await pageOf(linkOn(html, 'Newest chats') as string);
    expect(namesOn(newest)[0]).toBe('Paged &amp; 119');
  });

  test.each(['before=abc', 'before=1', 'search=a&search=b'])(
    'is shown from its beginning for ?%s',
    async (query) => {
      const { status, text } = await browser.get(`/chats?${query}`);
      expect(status).toBe(200);
      expect(namesOn(text)).toEqual(namesOn(await pageOf('/chats')));
    },
  );
});
