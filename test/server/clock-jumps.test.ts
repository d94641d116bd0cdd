import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let receiver: HttpReceiver;
let server: ServerProcess;
let webhookId: string;

beforeEach(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
});

afterEach(async () => {
  expect(await server.stop()).toBe(0);
  await receiver.stop();
});

async function hook(granularity_hours: number): Promise<void> {
  const target_url = receiver.url('/');
  webhookId = (await server.call('POST', '/webhooks', { target_url, granularity_hours })).body.id;
}

const handIn = async (text: string, id = 'one') =>
  expect(
    await server.call('POST', '/messages', inboundInput({ chat: { id }, message: { text } })),
  ).toMatchObject({ status: 202, body: { accepted: 1 } });

/** The texts of each request that came. */
const delivered = () =>
  receiver.at('/').map(({ body }) => {
    const payload = JSON.parse(body);
    return (payload.messages ?? [payload.message]).map(({ text }: { text: string }) => text);
  });

const caughtUp = () => server.until(`/webhooks/${webhookId}`, ({ waiting }) => waiting === 0);

describe('bundles', () => {
  beforeEach(() => hook(6));

  test('close once where the clock jumps days ahead, each with all of its messages', async () => {
    await handIn('a');
    await handIn('b');
    await server.advance(9 * DAY);
    await caughtUp();
    await handIn('c');
    await server.advance(9 * DAY);
    await caughtUp();
    expect(delivered()).toEqual([['a', 'b'], ['c']]);
  });

  test('close within their hours where the clock goes back by more than those', async () => {
    await handIn('a');
    await server.advance(-20 * HOUR);
    await handIn('b');
    await server.advance(5 * HOUR);
    expect(delivered()).toEqual([]);
    // Dated anew when the clock went back: six hours from then, not twenty-six.
    await server.advance(HOUR + MINUTE);
    await caughtUp();
    expect(delivered().flat()).toEqual(['a', 'b']);
    await server.advance(3 * DAY);
    await handIn('c', 'two');
    await server.advance(6 * HOUR + MINUTE);
    await caughtUp();
    expect(delivered().flat()).toEqual(['a', 'b', 'c']);
  });

  test('come all, once and in order, while the clock jumps to and fro', async () => {
    const texts = Array.from({ length: 24 }, (_, i) => `${i}`);
    const jumps = [2 * HOUR, -HOUR, 3 * DAY, -2 * DAY, 5 * HOUR, -10 * HOUR, 7 * HOUR, -MINUTE];
    for (const [i, text] of texts.entries()) {
      await handIn(text);
      await server.advance(jumps[i % jumps.length] as number);
    }
    await server.advance(7 * HOUR);
    await caughtUp();
    expect(delivered().flat()).toEqual(texts);
  });
});

describe('a pause after errors', () => {
  beforeEach(() => hook(0));

  const errors = (count: number) =>
    server.until(`/webhooks/${webhookId}`, (one) => one.consecutive_errors === count);

  test.each([
    ['ahead by days', 3 * DAY],
    ['back by hours', -5 * HOUR],
  ])('does not outlast the clock’s jump %s by more than its own length', async (_how, jump) => {
    receiver.statuses.set('/', 500);
    await handIn('a');
    for (let count = 1; count <= 4; count += 1) {
      await errors(count);
      // The fourth pause takes five minutes and a fifth at most; the earlier ones are less.
      if (count < 4) await server.advance(2 * MINUTE);
    }
    receiver.statuses.set('/', 200);
    await server.advance(jump);
    // A clock set back is noticed when something is to do: here this, and at the latest by the next alarm.
    await handIn('b');
    await server.advance(7 * MINUTE);
    await caughtUp();
    expect(delivered()).toEqual([['a'], ['a'], ['a'], ['a'], ['a'], ['b']]);
    expect((await errors(0)).enabled).toBe(true);
  });
});
