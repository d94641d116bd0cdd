import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fewestBundles } from '../core/fewest-bundles.ts';
import { OWNER, signedIn } from '../support/browser-like.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { describeInBrowser, Visitor } from './support/visitor.ts';

const HOUR = 3_600_000;

/** Hours after the start at which messages come in the webhook's chats, and in one that it does not want. */
const CHATS = { ada: [0, 0, 2, 9, 30, 31], ben: [2, 9, 9, 55], group: [0, 2, 30] };
/** The server counts the windows from when it takes a message: some seconds after each of these hours. */
const TIMES = [...new Set(Object.values(CHATS).flat())].sort((a, b) => a - b);

let server: ServerProcess;
let visitor: Visitor;

describeInBrowser('what it costs', () => {
  beforeAll(async () => {
    server = await ServerProcess.start(tempFolder());
    await signedIn(server);
    visitor = await Visitor.come(server);
    await visitor.signIn(OWNER.ownerEmail, OWNER.password);
    let now = 0;
    for (const hour of TIMES) {
      if (hour > now) await server.advance((hour - now) * HOUR);
      now = hour;
      const messages = Object.entries(CHATS).flatMap(([id, hours]) =>
        hours
          .filter((one) => one === hour)
          .map(() => inboundInput({ chat: { id, is_group: id === 'group' } })),
      );
      await server.call('POST', '/messages', { messages });
    }
  });

  afterAll(async () => {
    await visitor.leave();
    await server.stop();
  });

  test('is what counting by hand gives, in runs, tasks and money', async () => {
    const hook = {
      target_url: 'https://receiver.example/',
      granularity_hours: 6,
      filters: { chat_type: 'direct' },
      enabled: false,
    };
    const { id } = (await server.call('POST', '/webhooks', hook)).body;
    await visitor.open(`/webhooks/${id}`);
    const { page } = visitor;
    const wanted = [CHATS.ada, CHATS.ben];
    const runs = (window: number) =>
      wanted.reduce((sum, hours) => sum + fewestBundles(hours, window), 0);
    const expected = [wanted.flat().length, ...[1, 6, 12, 24].map(runs)];
    const table = page.locator('#costs table tbody tr');
    const column = async (n: number) =>
      (await table.locator(`td:nth-of-type(${n})`).allInnerTexts()).map((text) => Number(text));

    await table.first().waitFor();
    expect(await column(1)).toEqual(expected);
    expect(await column(2)).toEqual(expected);
    expect(await page.locator('#costs p').first().innerText()).toContain('10 messages in 2 chats');
    expect(await page.locator('#costs tr.current th').innerText()).toContain('Every 6 hours');

    // Steps and price, with a comma as people write it, turn it into tasks and money.
    await page.locator('#costs [name=price]').fill('0,05');
    await page.locator('#costs [name=steps]').fill('3');
    await page.locator('#costs form button').click();
    await page.locator('#costs thead th:nth-of-type(4)').waitFor();
    expect(await column(2)).toEqual(expected.map((n) => n * 3));
    expect(await column(3)).toEqual(expected.map((n) => Number((n * 3 * 0.05).toFixed(2))));

    // They are remembered.
    await page.reload();
    await page.locator('#costs thead th:nth-of-type(4)').waitFor();
    expect(await column(2)).toEqual(expected.map((n) => n * 3));
    expect(visitor.complaints).toEqual([]);
  });
});
