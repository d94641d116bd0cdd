import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BrowserLike, signedIn } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HOSTILE = `"><script>alert('x')</script><b>&amp;`;
const HTMX = { headers: { 'hx-request': 'true' } };

let receiver: HttpReceiver;
let server: ServerProcess;
let browser: BrowserLike;
let other: BrowserLike;
let hooks = 0;
const folder = tempFolder();

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
  browser = await signedIn(server);
  other = await ofAnotherWorkspace();
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** Before the server's clock is moved, so that the link still holds. */
async function ofAnotherWorkspace(): Promise<BrowserLike> {
  const env = { PAKIET_DATA_DIR: folder };
  const pakiet = (...args: string[]) => run(process.execPath, [COMMAND_LINE, ...args], { env });
  await pakiet('workspace', 'create', 'Other');
  const { stdout } = await pakiet('password', 'reset', '--workspace', '2');
  const [, link] = /\/welcome\/([\w-]{43})/.exec(stdout) as RegExpExecArray;
  return signedIn(server, link);
}

interface Hook {
  id: string;
  /** Of its page. */
  page: string;
  /** At its receiver. */
  path: string;
  /** Hands in a message that only this webhook wants. */
  say: (text: string, chat?: object) => Promise<void>;
}

/** A webhook with an account of its own. */
async function hook(given: object = {}): Promise<Hook> {
  hooks += 1;
  const path = `/happenings-${hooks}`;
  const account = `+9725500002${String(hooks).padStart(2, '0')}`;
  const { body } = await server.call('POST', '/webhooks', {
    target_url: receiver.url(path),
    granularity_hours: 0,
    filters: { whatsapp_accounts: [account] },
    ...given,
  });
  const say = async (text: string, chat: object = {}) => {
    const message = inboundInput({ account, chat, message: { text } });
    expect((await server.call('POST', '/messages', message)).body.accepted).toBe(1);
  };
  return { id: body.id, page: `/webhooks/${body.id}`, path, say };
}

const textsAt = ({ path }: Hook) =>
  receiver.at(path).map(({ body }) => JSON.parse(body).message.text as string);

const until = ({ id }: Hook, isSo: (webhook: { [field: string]: unknown }) => boolean) =>
  server.until(`/webhooks/${id}`, isSo);

/** The text of a page, or of what stands in the element with this id. */
const read = (html: string, id?: string) =>
  (id ? html.slice(html.indexOf(`id="${id}"`)) : html)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&quot;', '"');

const page = async ({ page }: Hook, language = 'en') =>
  read((await browser.get(page, { language })).text);

/** The notice at the top of the page that an answer leads to. */
async function noticeAfter(sending: ReturnType<BrowserLike['post']>, language = 'en') {
  const { text } = await browser.follow(await sending, { language });
  const [, kind, notice = ''] = /<p class="notice (\w+)" role="\w+">(.*?)<\/p>/.exec(text) ?? [];
  return `${kind}: ${notice}`;
}

/** Lets the webhook fail so often in a row. */
async function fail(failing: Hook, errors: number, status = 500): Promise<void> {
  receiver.statuses.set(failing.path, status);
  for (let n = 1; n <= errors; n += 1) {
    await until(failing, ({ consecutive_errors }) => Number(consecutive_errors) >= n);
    if (n < errors) await server.advance(10 * HOUR);
  }
}

describe('a webhook that errors have switched off', () => {
  let off: Hook;
  beforeAll(async () => {
    off = await hook();
    receiver.statuses.set(off.path, 500);
    await off.say('first');
    await off.say('second');
    await fail(off, 11);
  });

  test('says what happened, what is held and what can be done, catching up first', async () => {
    const text = await page(off);
    expect(text).toMatch(
      /Switched off after 11 errors in a row Since \d+ \w+ \d{4}, \d\d:\d\d Last error The receiver answered 500; only 200 is success Held back 2 messages/,
    );
    expect(text.indexOf('Catch up (2 messages)')).toBeLessThan(text.indexOf('Start from now'));
    const polish = await page(off, 'pl');
    expect(polish).toContain('Wyłączony po 11 błędach z rzędu');
    expect(polish).toContain('Nadrób zaległości (2 wiadomości)');
  });

  test('cannot be asked for anything that it would have to be on for', async () => {
    expect(await noticeAfter(browser.post(`${off.page}/flush`))).toMatch(/^failed: .*switched off/);
    const replay = browser.post(`${off.page}/replay`, { from: '0' });
    expect(await noticeAfter(replay)).toMatch(/^failed: .*switched off/);
    expect(await page(off)).not.toContain('Since when?');
  });

  test('catches up', async () => {
    receiver.statuses.delete(off.path);
    const failures = receiver.at(off.path).length;
    const resume = browser.post(`${off.page}/resume`, { from: 'where_it_stopped' });
    expect(await noticeAfter(resume)).toMatch(/^done: .*catches up/);
    await receiver.waitFor(off.path, failures + 2);
    expect(textsAt(off).slice(failures)).toEqual(['first', 'second']);
    await until(off, ({ waiting }) => waiting === 0);
    expect(await page(off)).not.toContain('Held back');
  });
});

test('a webhook that its owner has switched off catches up first, or starts from now when asked', async () => {
  const mine = await hook();
  await server.call('PATCH', `/webhooks/${mine.id}`, { enabled: false });
  expect(await page(mine)).toMatch(/Switched off by you .* Held back 0 messages Switch on/);
  await mine.say('held');
  const text = await page(mine);
  expect(text.indexOf('Catch up (1 message)')).toBeLessThan(text.indexOf('Start from now'));
  expect(text).toContain('Leaves out what is held back (1 message)');
  const resume = browser.post(`${mine.page}/resume`, { from: 'now' });
  expect(await noticeAfter(resume)).toMatch(/^done: .*starts from now/);
  await mine.say('new');
  await receiver.waitFor(mine.path, 1);
  expect(textsAt(mine)).toEqual(['new']);
});

test('a webhook whose Zap is off says how to switch it on, and has no button for it', async () => {
  const given = { source: 'zapier', zap_id: 'off', granularity_hours: 24 };
  const zap = await hook(given);
  await zap.say('gathered');
  const target_url = receiver.url(zap.path);
  const { body } = await server.call('POST', '/webhooks', { ...given, target_url });
  const { subscription } = body;
  await server.call('POST', `/webhooks/${body.id}/unsubscribe`, { subscription });
  await server.advance(15 * MINUTE);
  const { text } = await browser.get(zap.page);
  expect(read(text)).toMatch(/The Zap of this webhook is off .* Held back 1 message .* in Zapier/);
  expect(text).not.toContain(`${zap.page}/resume`);
  const resume = browser.post(`${zap.page}/resume`, { from: 'now' });
  expect(await noticeAfter(resume)).toMatch(/^failed: The Zap of this webhook is off/);
});

describe('a webhook that pauses after errors', () => {
  test('says when it tries again and why it has to, and tries now when asked', async () => {
    const retrying = await hook();
    receiver.statuses.set(retrying.path, 503);
    await retrying.say('again');
    await fail(retrying, 2, 503);
    const text = await page(retrying);
    expect(text).toMatch(/Next try in \d+ seconds/);
    expect(text).toMatch(/Last error The receiver answered 503.* Errors in a row 2; more than 10/);
    receiver.statuses.delete(retrying.path);
    const resume = browser.post(`${retrying.page}/resume`, { from: 'where_it_stopped' });
    expect(await noticeAfter(resume)).toMatch(/^done: The pause was ended/);
    await receiver.waitFor(retrying.path, 3);
  });

  test('shows so without the page being loaded again, and nothing while nothing changes', async () => {
    const watched = await hook();
    const { text } = await browser.get(watched.page);
    const [, poll] = /hx-get="([^"]+\/held\?seen=\w+)"/.exec(text) as RegExpExecArray;
    expect((await browser.get(poll as string, HTMX)).status).toBe(204);
    receiver.statuses.set(watched.path, 500);
    await watched.say('fails');
    await fail(watched, 1);
    const changed = await browser.get(poll as string, HTMX);
    expect(changed.status).toBe(200);
    expect(read(changed.text)).toContain('Deliveries are failing');
    expect(changed.text).toMatch(/^<div id="held" hx-get="[^"]+\/held\?seen=\w+"/);
    await server.call('DELETE', `/webhooks/${watched.id}`);
  });
});

describe('the parts that show how a webhook is doing', () => {
  /** Where a page asks whether a part of it has changed. */
  const pollOf = (text: string, part: string) =>
    new RegExp(`hx-get="([^"]+/${part}\\?seen=\\w+)"`).exec(text)?.[1] as string;

  test('are sent again once they have changed, and only then', async () => {
    const watched = await hook({ granularity_hours: 1 });
    const { text } = await browser.get(watched.page);
    const again = (part: string) => browser.get(pollOf(text, part), HTMX);
    for (const part of ['doing', 'failing', 'parked', 'open', 'switch']) {
      expect([part, (await again(part)).status]).toEqual([part, 204]);
    }
    await watched.say('gathered');
    const doing = await again('doing');
    expect(read(doing.text)).toMatch(/Waiting 1 message .* Gathering, next bundle in /);
    expect(doing.text).toContain('<div id="doing-badge" hx-swap-oob="innerHTML">');
    expect(read((await again('open')).text)).toContain('1 open bundle');
    receiver.statuses.set(watched.path, 500);
    await browser.post(`${watched.page}/flush`);
    await fail(watched, 1);
    const failing = await again('failing');
    expect(read(failing.text)).toMatch(/Chats whose delivery fails \(1\).*Failed \d time/);
    const [, setAside] = /action="([^"]+\/set-aside)"/.exec(failing.text) as RegExpExecArray;
    await browser.post(setAside as string);
    await server.until(`/webhooks/${watched.id}/parked`, ({ parked }) => parked.length === 1);
    expect(read((await again('parked')).text)).toContain('1 message, ');
    expect((await again('failing')).status).toBe(204);
    await browser.post(`${watched.page}/switch-off`);
    expect(read((await again('switch')).text)).toContain('Switched off');
    expect((await again('open')).text).not.toContain('<article');
    await server.call('DELETE', `/webhooks/${watched.id}`);
  });
});

describe('the activity log', () => {
  test('says what was changed as people do, and leads to the chats', async () => {
    const told = await hook();
    const activity = `/webhooks/${told.id}/activity`;
    const untilTold = (count: number) =>
      server.until(activity, (entries) => entries.length === count);
    await told.say('hello', { id: 'named', full_name: 'Jan' });
    await untilTold(1);
    await told.say('hello', { id: 'nameless', full_name: '', phone: '+48600700800' });
    await untilTold(2);
    await server.call('PATCH', `/webhooks/${told.id}`, { name: 'New', granularity_hours: 1 });
    const { text } = await browser.get(told.page);
    expect(read(text, 'activity')).toMatch(
      /Changed the granularity and the name .* Sent 1 message in \d+ ms \+48600700800 .* Sent 1 message of Jan in \d+ ms Open the chat/,
    );
    expect(text).toMatch(/<a href="\/chat\/\d+\/messages\/" dir="auto">Open the chat<\/a>/);
    expect(await page(told, 'pl')).toContain('Zmieniono granularność i nazwę');
    const [latest] = (await server.call('GET', activity)).body;
    expect(latest.detail).toBe('Changed granularity_hours, name');
  });

  test('says the next step while it is empty, and is sent again only when it has changed', async () => {
    const quiet = await hook();
    const { text } = await browser.get(quiet.page);
    expect(read(text, 'activity')).toContain('Nothing has happened yet');
    const [, poll] = /hx-get="([^"]+\/activity\?seen=\w+)"/.exec(text) as RegExpExecArray;
    expect((await browser.get(poll as string, HTMX)).status).toBe(204);
    await quiet.say('hello', { full_name: HOSTILE });
    await server.until(`/webhooks/${quiet.id}/activity`, (entries) => entries.length === 1);
    const part = await browser.get(poll as string, { ...HTMX, language: 'pl' });
    expect(part.text).toMatch(/^<div id="activity"/);
    expect(part.text).toContain('hx-swap-oob="innerHTML"');
    expect(read(part.text)).toContain('Wysłano');
    expect(part.text).toContain('&lt;script');
    expect(part.text).not.toContain('<script');
  });
});

test('the detailed log is downloaded, the same as from the API', async () => {
  const logged = await hook();
  expect((await browser.get(logged.page)).text).not.toContain('log.json');
  await logged.say('one', { id: '1' });
  await logged.say('two', { id: '2' });
  await server.until(`/webhooks/${logged.id}/log`, (log) => log.length === 2);
  expect(await page(logged)).toContain('Download the detailed log (2 requests)');
  expect(await page(logged, 'pl')).toContain('Pobierz szczegółowy dziennik (2 żądania)');
  const file = await browser.get(`${logged.page}/log.json`);
  expect(file.headers.get('content-disposition')).toBe(
    `attachment; filename="webhook-${logged.id}-log.json"`,
  );
  expect(file.headers.get('content-type')).toContain('application/json');
  const { body } = await server.call('GET', `/webhooks/${logged.id}/log`);
  expect(JSON.parse(file.text)).toEqual(body);
});

describe('a test', () => {
  test('shows the very request and the very response, which are escaped', async () => {
    const tested = await hook();
    receiver.bodies.set(tested.path, JSON.stringify({ html: HOSTILE }));
    const { status, text } = await browser.post(`${tested.page}/test`, {}, HTMX);
    expect(status).toBe(200);
    expect(text).toMatch(/^<section id="test-result"/);
    const [delivery] = receiver.at(tested.path);
    const shown = read(text);
    expect(shown).toContain('The test worked');
    expect(shown).toContain(`POST ${receiver.url(tested.path)}`);
    expect(shown).toContain(delivery?.headers['webhook-signature']);
    expect(shown).toContain('"text": "Hi! How are you?"');
    expect(shown).toContain('x-receiver of the tests');
    expect(shown).toMatch(/200 Time: \d+ ms/);
    expect(text).toContain('&lt;script');
    expect(text).not.toContain('<script');
  });

  test('is a page of its own where there is no JavaScript, which leads back', async () => {
    const tested = await hook({ name: 'CRM' });
    const { text } = await browser.post(`${tested.page}/test`, {}, { language: 'pl' });
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain(`<a href="${tested.page}">← Wróć do webhooka</a>`);
    expect(read(text)).toContain('Test się udał');
  });

  test('that fails says why, what to do, and where the response was cut', async () => {
    const tested = await hook();
    receiver.statuses.set(tested.path, 404);
    receiver.bodies.set(tested.path, 'a'.repeat(20_000));
    const { text } = await browser.post(`${tested.page}/test`, {}, HTMX);
    expect(read(text)).toMatch(/answered 404; .*\. There is nothing at this address/);
    expect(read(text)).toContain('Only the first 16 KiB were read');
    const gone = await hook({ target_url: 'http://127.0.0.1:1/' });
    const answer = read((await browser.post(`${gone.page}/test`, {}, HTMX)).text);
    expect(answer).toMatch(/No connection: .*\. Check the Webhook URL.* No response came/);
  });

  test('warns that a Zap really runs', async () => {
    expect(await page(await hook())).toContain('This sends a real request');
    const zap = await hook({ source: 'zapier', zap_id: 'tested' });
    expect(await page(zap)).toContain('the real Zap: all its steps run');
  });
});

test('“Send now” closes the open bundles and says how many', async () => {
  const bundles = await hook({ granularity_hours: 6, source: 'zapier', zap_id: 'bundles' });
  expect(await page(bundles)).toContain('No bundle is open');
  for (const id of ['1', '2']) await bundles.say('hi', { id });
  const text = await page(bundles);
  expect(text).toMatch(/2 open bundles \. The next one closes in (5|6) hours/);
  expect(text).toContain('That makes 2 Zap runs');
  const flush = browser.post(`${bundles.page}/flush`, {}, { language: 'pl' });
  expect(await noticeAfter(flush, 'pl')).toBe('done: 2 pakiety zamknięte i w drodze.');
  await server.advance(MINUTE);
  await receiver.waitFor(bundles.path, 2);
  expect(await page(await hook())).not.toContain('Send now');
});

describe('deliveries that fail', () => {
  const ofParked = (text: string) =>
    /action="([^"]+\/parked\/\d+)\/resend"/.exec(text)?.[1] as string;

  test('are set aside and sent again', async () => {
    const poisoned = await hook();
    receiver.statuses.set(poisoned.path, 422);
    await poisoned.say('poison', { id: 'a', full_name: HOSTILE });
    await poisoned.say('poison', { id: 'b' });
    await fail(poisoned, 2, 422);
    const { text } = await browser.get(poisoned.page);
    const [first] = [...text.matchAll(/action="([^"]+\/set-aside)"/g)].map(([, to]) => to);
    expect(text).not.toContain('<script>alert');
    expect(await noticeAfter(browser.post(first as string))).toMatch(/^done: .*set aside/);
    const list = `/webhooks/${poisoned.id}/parked`;
    await server.until(list, ({ parked }) => parked.length === 1);
    expect(await noticeAfter(browser.post(first as string))).toMatch(/^failed: .*nothing to set/);

    const parkedPage = await browser.get(poisoned.page);
    expect(read(parkedPage.text)).toMatch(/1 message, .*, after \d attempt/);
    const parked = ofParked(parkedPage.text);
    const resend = () => noticeAfter(browser.post(`${parked}/resend`));
    expect(await resend()).toMatch(/^failed: It failed again\. The receiver answered 422/);
    receiver.statuses.delete(poisoned.path);
    expect(await resend()).toMatch(/^done: Sent/);
    expect(await resend()).toMatch(/^failed: This delivery is not there any more/);
    await server.call('DELETE', `/webhooks/${poisoned.id}`);
  });

  test('are discarded', async () => {
    const poisoned = await hook();
    receiver.statuses.set(poisoned.path, 500);
    await poisoned.say('poison');
    await fail(poisoned, 1);
    const { text } = await browser.get(poisoned.page);
    const [, setAside] = /action="([^"]+\/set-aside)"/.exec(text) as RegExpExecArray;
    await browser.post(setAside as string);
    const list = `/webhooks/${poisoned.id}/parked`;
    await server.until(list, ({ parked }) => parked.length === 1);
    const parked = ofParked((await browser.get(poisoned.page)).text);
    const discard = () =>
      noticeAfter(browser.post(`${parked}/discard`, {}, { language: 'pl' }), 'pl');
    expect(await discard()).toBe('done: Przesyłka odrzucona.');
    expect(await discard()).toMatch(/^failed: /);
    expect((await server.call('GET', list)).body.parked).toEqual([]);
  });
});

describe('delivering again from a date', () => {
  /** As the clocks in Warsaw show it. */
  const inWarsaw = (at: number) =>
    new Date(at)
      .toLocaleString('sv-SE', { timeZone: 'Europe/Warsaw' })
      .slice(0, 16)
      .replace(' ', 'T');

  test('counts by the reader’s clocks first, and does it when asked once more', async () => {
    browser.cookies.set('zone', encodeURIComponent('Europe/Warsaw'));
    const again = await hook();
    await again.say('before');
    await server.advance(10 * MINUTE);
    const from = inWarsaw(server.now() - MINUTE);
    for (const text of ['first', 'second']) await again.say(text);
    await receiver.waitFor(again.path, 3);
    expect(await page(again)).toContain('In your time zone, Europe/Warsaw.');
    const { text } = await browser.post(`${again.page}/replay/count`, { from }, HTMX);
    expect(text).toMatch(/^<article id="replay"/);
    expect(text).toContain(`value="${from}"`);
    expect(read(text)).toContain('Deliver 2 requests again');
    expect(receiver.at(again.path)).toHaveLength(3);
    const [, ms] = /name="from" value="(\d+)"/.exec(text) as RegExpExecArray;
    const replay = browser.post(`${again.page}/replay`, { from: ms as string });
    expect(await noticeAfter(replay)).toMatch(/^done: Delivering again: 2 requests\./);
    await receiver.waitFor(again.path, 5);
    expect(textsAt(again).slice(3)).toEqual(['first', 'second']);
    browser.cookies.delete('zone');
  });

  test('is a page of its own without JavaScript, and says what a Zap’s costs', async () => {
    const zap = await hook({ source: 'zapier', zap_id: 'again', granularity_hours: 24 });
    await zap.say('one');
    const count = { from: '2020-01-01T00:00' };
    const { text } = await browser.post(`${zap.page}/replay/count`, count);
    expect(text).toMatch(/^<!doctype html>/);
    expect(read(text)).toContain('Deliver again: 1 Zap run');
    const polish = await browser.post(`${zap.page}/replay/count`, count, { language: 'pl' });
    expect(read(polish.text)).toContain('Wyślij ponownie: 1 uruchomienie Zapa');
  });

  test('says so where there is nothing, or no date', async () => {
    const empty = await hook();
    const count = (from: string) => browser.post(`${empty.page}/replay/count`, { from }, HTMX);
    const nothing = await count('2020-01-01T00:00');
    expect(read(nothing.text)).toContain('nothing to deliver again');
    for (const from of ['', '2026-02-30T10:00', 'yesterday']) {
      const { status, text } = await count(from);
      expect(status).toBe(422);
      expect(text).toContain('aria-invalid="true"');
    }
  });
});

test.each(['8640000000000001', '-1', '1e30', 'x'])(
  'a replay from no date of ours (%s) does nothing, and the page goes on',
  async (from) => {
    const { page } = await hook();
    await browser.post(`${page}/replay`, { from });
    const { status, text } = await browser.get(page);
    expect(status).toBe(200);
    expect(text).not.toContain('Delivering again');
  },
);

test('another workspace’s webhook is not there', async () => {
  const theirs = await hook();
  await theirs.say('theirs');
  await receiver.waitFor(theirs.path, 1);
  const live = ['/doing', '/held', '/failing', '/parked', '/activity', '/open', '/switch'];
  for (const path of ['', ...live, '/log.json']) {
    expect((await browser.get(theirs.page + path)).status).toBe(200);
    expect((await other.get(theirs.page + path)).status).toBe(404);
    expect((await other.get(`/webhooks/x${path}`)).status).toBe(404);
  }
  for (const path of [
    '/resume',
    '/test',
    '/flush',
    '/replay',
    '/replay/count',
    '/parked/1/resend',
    '/parked/1/discard',
    '/chats/1/set-aside',
  ]) {
    const fields = { from: path === '/resume' ? 'now' : '0' };
    expect((await other.post(theirs.page + path, fields)).status).toBe(404);
  }
  expect(receiver.at(theirs.path)).toHaveLength(1);
});
