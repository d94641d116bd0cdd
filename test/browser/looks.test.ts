import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OWNER } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { type Filled, fill } from './support/filled.ts';
import { describeInBrowser, type Reading, Visitor } from './support/visitor.ts';

/** Every page there is, by the name of its picture. */
const PAGES: Record<string, (filled: Filled) => string> = {
  webhooks: () => '/webhooks',
  'webhook-new': () => '/webhooks/new',
  webhook: ({ webhook }) => `/webhooks/${webhook}`,
  'webhook-failing': ({ failing }) => `/webhooks/${failing}`,
  'webhook-off': ({ off }) => `/webhooks/${off}`,
  chats: () => '/chats',
  'chats-none-found': () => '/chats?search=nobody',
  'chat-edit': ({ chat }) => `/chat/${chat}/edit`,
  costs: () => '/costs',
  accounts: () => '/accounts',
  zapier: () => '/zapier',
  connect: () => '/connect',
  'connect-waha': ({ waha }) => `/connect/${waha}`,
  'connect-cloud': ({ cloud }) => `/connect/${cloud}`,
  estimate: () => '/estimate',
  'estimate-result': () =>
    '/estimate?messages=120&chats=2&skipped=3&days=12&from=2026-01-01&to=2026-01-12&runs=300_120_80_40_25',
  chat: ({ chat }) => `/chat/${chat}/messages/`,
  permalink: ({ permalink }) => `/permalink/${permalink}/`,
  keys: () => '/keys',
  profile: () => '/profile',
  nothing: () => '/nowhere',
};

/** Those that people see who are not signed in. */
const OPEN_PAGES: Record<string, string> = {
  'sign-in': '/sign-in',
  'link-over': '/welcome/none',
  'nothing-for-strangers': '/nowhere',
};

/** Every language in every theme, each at both widths. */
const READINGS: Required<Reading>[] = [
  { language: 'en', theme: 'light', width: 1100 },
  { language: 'en', theme: 'dark', width: 360 },
  { language: 'pl', theme: 'dark', width: 1100 },
  { language: 'pl', theme: 'light', width: 360 },
];

let receiver: HttpReceiver;
let server: ServerProcess;
let filled: Filled;

describeInBrowser('every page', () => {
  beforeAll(async () => {
    receiver = await HttpReceiver.start();
    server = await ServerProcess.start(tempFolder());
    filled = await fill(server, receiver);
  });

  afterAll(async () => {
    await receiver.stop();
    await server.stop();
  });

  describe.each(READINGS)('in $language, $theme, $width pixels wide', (reading) => {
    const { language, theme, width } = reading;
    let visitor: Visitor;

    beforeAll(async () => {
      visitor = await Visitor.come(server, reading);
    });

    afterAll(() => visitor.leave());

    /** What is wrong with the page that is open. */
    async function look(name: string) {
      await visitor.picture(`${name}-${language}-${theme}-${width}`);
      return {
        language: await visitor.page.locator('html').getAttribute('lang'),
        headings: await visitor.page.locator('h1').count(),
        barriers: await visitor.barriers(),
        isTooWide: (await visitor.overflow()) > 0,
        complaints: visitor.complaints.splice(0),
      };
    }

    const fine = { language, headings: 1, barriers: [], isTooWide: false, complaints: [] };

    test.each(Object.entries(OPEN_PAGES))('%s is fine for a stranger', async (name, path) => {
      await visitor.open(path);
      expect(await look(name)).toEqual(fine);
    });

    test('the sign-in is fine that refuses', async () => {
      await visitor.signIn('nobody@acme.example', 'wrong');
      expect(await look('sign-in-refused')).toEqual(fine);
    });

    describe('for the owner', () => {
      beforeAll(async () => {
        await visitor.signIn(OWNER.ownerEmail, OWNER.password);
        // The owner's own language would win over the browser's.
        await visitor.page.locator(`footer button[value=${language}]`).click();
        await visitor.page.locator(`html[lang=${language}]`).waitFor();
      });

      test.each(Object.entries(PAGES))('%s is fine', async (name, path) => {
        await visitor.open(path(filled));
        expect(await look(name)).toEqual(fine);
      });

      // A page of others' making: only that it works is ours to see to.
      test('the documentation of the API shows its calls', async () => {
        await visitor.open('/api/docs/');
        await visitor.page.getByText('/api/v1/messages').first().waitFor();
        expect(visitor.complaints.splice(0)).toEqual([]);
      });

      test('what is not fine would be seen', async () => {
        await visitor.open('/keys');
        await visitor.page.evaluate(() => {
          const spoilt = '<h1>Another</h1><img src="/no.png"><p style="color: red" id="wide">x</p>';
          document.body.insertAdjacentHTML('beforeend', spoilt);
          document.getElementById('wide')?.style.setProperty('width', '3000px');
        });
        await visitor.page.waitForResponse('**/no.png');
        expect(await look('spoilt')).toEqual({
          language,
          headings: 2,
          barriers: expect.arrayContaining([expect.stringContaining('image-alt')]),
          isTooWide: true,
          complaints: [expect.stringContaining('style'), expect.stringContaining('404 for')],
        });
      });
    });
  });
});
