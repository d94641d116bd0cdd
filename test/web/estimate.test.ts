import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { type BrowserLike, signedIn } from '../support/browser-like.ts';
import { ROOT } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const chat = readFileSync(join(ROOT, 'test/core/chat-exports/android-polish.txt'));
const unclear = readFileSync(join(ROOT, 'test/core/chat-exports/ambiguous.txt'));
let server: ServerProcess;
let browser: BrowserLike;

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder());
  browser = await signedIn(server);
});
afterAll(() => server.stop());

const tokenOf = async () =>
  /name="_csrf" value="([^"]+)"/.exec((await browser.get('/estimate')).text)?.[1] ?? '';

interface Given {
  dates?: string;
  token?: string | null;
  tokenLast?: boolean;
  language?: string;
}

/** Sends files as a browser does. */
async function send(files: [name: string, bytes: Uint8Array][], given: Given = {}) {
  const { dates = '', tokenLast = false, language = 'en' } = given;
  const token = given.token === undefined ? await tokenOf() : given.token;
  const form = new FormData();
  if (token !== null && !tokenLast) form.set('_csrf', token);
  for (const [name, bytes] of files) form.append('files', new Blob([new Uint8Array(bytes)]), name);
  form.set('dates', dates);
  if (token !== null && tokenLast) form.set('_csrf', token);
  const cookies = [...browser.cookies, ['language', language]];
  const cookie = cookies.map((pair) => pair.join('=')).join('; ');
  const response = await fetch(`${server.url}/estimate`, {
    method: 'POST',
    body: form,
    headers: { cookie },
    redirect: 'manual',
  });
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    text: await response.text(),
  };
}

describe('an estimate', () => {
  test('is asked for on a page that others lead to', async () => {
    for (const path of ['/zapier', '/connect']) {
      expect((await browser.get(path)).text).toContain('href="/estimate"');
    }
    const { text } = await browser.get('/estimate');
    expect(text).toContain('enctype="multipart/form-data"');
    expect(text).not.toContain('id="costs"');
  });

  test('of several files, texts and zips, is shown by granularity with its price', async () => {
    const zip = zipSync({ '_chat.txt': chat, 'photo.jpg': strToU8('x') });
    const answer = await send([
      ['a.txt', chat],
      ['b.zip', zip],
    ]);
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/estimate\?.*chats=2/);
    const { text } = await browser.get(`${answer.location}&steps=3&price=0%2C5`);
    expect(text).toContain('in 2 chats');
    const runs = Number(/runs=([\d.]+)_/.exec(answer.location)?.[1]);
    const number = new Intl.NumberFormat('en');
    expect(text).toContain(`<td>${number.format(runs)}</td><td>${number.format(runs * 3)}</td>`);
    expect(text).toContain('value="0.5"');
    const part = await browser.get(`${answer.location}&steps=0&price=`, {
      headers: { 'hx-request': 'true' },
    });
    expect(part.text).toMatch(/^<section id="costs"/);
    expect(part.text).toContain('id="steps-problem"');
  });

  test('says how it read dates that can be read both ways, and reads them as told', async () => {
    const { location } = await send([['a.txt', unclear]]);
    expect((await browser.get(location)).text).toContain('Dates like 3/4 were read as');
    for (const dates of ['days', 'months']) {
      const told = await send([['a.txt', unclear]], { dates });
      expect(told.location).not.toContain('guessed');
    }
  });

  test.each<[string, [string, Uint8Array][], string]>([
    ['nothing', [], 'Choose at least one file.'],
    ['no chat', [['notes.txt', strToU8('hello')]], 'notes.txt: This is not a chat exported'],
    ['an empty file', [['a.txt', new Uint8Array()]], 'a.txt: The file is empty.'],
    ['half a zip', [['a.zip', zipSync({ 'a.txt': chat }).slice(0, 90)]], 'The zip is damaged'],
    ['too much', [['a.txt', new Uint8Array(20 * 1024 * 1024 + 1)]], 'npm run estimate'],
    ['too many', Array.from({ length: 21 }, (_, i) => [`${i}.txt`, chat]), 'This is too large'],
    ['a hostile name', [['<b>.txt', strToU8('x')]], '&lt;b>.txt: This is not'],
  ])('of %s is refused beside the field', async (_what, files, expected) => {
    const { status, text } = await send(files);
    expect(status).toBe(422);
    expect(text).toContain('id="files-problem"');
    expect(text).toContain(expected);
  });

  test('is refused in Polish to those who read it', async () => {
    const { text } = await send([['a.txt', strToU8('x')]], { language: 'pl' });
    expect(text).toContain('To nie jest czat wyeksportowany');
  });

  test('is not made without the form’s token, wherever that stands', async () => {
    for (const token of [null, 'forged']) {
      expect((await send([['a.txt', chat]], { token })).status).toBe(403);
    }
    expect((await send([['a.txt', chat]], { tokenLast: true })).status).toBe(303);
  });

  test('is for those who are signed in', async () => {
    const answer = await fetch(`${server.url}/estimate`, {
      method: 'POST',
      body: new FormData(),
      redirect: 'manual',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
  });

  test('that an address makes up is no estimate', async () => {
    for (const query of ['runs=1_2', 'runs=1_2_3_4_x&messages=1', 'runs=%3Cscript%3E']) {
      expect((await browser.get(`/estimate?${query}`)).text).not.toContain('id="costs"');
    }
  });
});
