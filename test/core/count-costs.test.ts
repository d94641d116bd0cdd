import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countCosts } from '../../src/core/count-costs.ts';
import { Redelivery } from '../../src/core/redelivery.ts';
import { renderBundle } from '../../src/core/render.ts';
import type { Costs } from '../../src/core/reports.ts';
import { Sender } from '../../src/core/sender.ts';
import { openReportLog, openStore } from '../../src/store/open.ts';
import type { Account, Chat, LoggedMessage } from '../../src/store/rows.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type Filters, GRANULARITIES, type Granularity } from '../../src/wire/webhook.ts';
import { addWebhook, appendAll, type Entry, received, sent } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { SQLITE } from '../support/stores.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SITE, World } from '../support/world.ts';
import { fewestBundles } from './fewest-bundles.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALWAYS = { from: 0, to: 1000 * DAY };

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = tempFolder();
  store = await openSqlite({ folder });
});
afterEach(() => store.close());

async function costs(filters: Filters = {}, period = ALWAYS, workspaceId = 1): Promise<Costs> {
  const log = await openReportLog({ kind: 'sqlite', folder });
  try {
    return await countCosts(log, SITE, { workspaceId, filters, period });
  } finally {
    await log.close();
  }
}

const runsOf = ({ runs }: Costs) => runs.map((one) => one.runs);

const inChat = (id: string, entries: Entry[], chat: object = {}) =>
  entries.map((entry) => ({ ...entry, chat: { id, ...chat } }));

describe('the runs of each granularity', () => {
  test('are the messages, or the bundles of each chat', async () => {
    const hours = [0, 0.5, 1, 5, 7, 13, 24, 30];
    await appendAll(
      store,
      inChat(
        'a',
        hours.map((hour) => received(hour * HOUR)),
      ),
    );
    await appendAll(store, inChat('b', [received(0), received(HOUR - 1)]));
    const found = await costs();
    expect(found).toMatchObject({ messages: 10, chats: 2 });
    expect(found.runs.map(({ granularityHours }) => granularityHours)).toEqual([...GRANULARITIES]);
    expect(runsOf(found)).toEqual([10, 7 + 1, 5 + 1, 3 + 1, 2 + 1]);
  });

  test('are none where nothing came', async () => {
    expect(await costs()).toEqual({
      messages: 0,
      chats: 0,
      runs: GRANULARITIES.map((granularityHours) => ({ granularityHours, runs: 0 })),
      days: [],
    });
  });

  test('are of the messages received in the period, whatever else is kept', async () => {
    const entries = [0, 1, 2, 3].map((day) => received(day * DAY + HOUR));
    await appendAll(store, entries);
    const period = { from: DAY + HOUR, to: 3 * DAY + HOUR };
    expect(await costs({}, period)).toMatchObject({
      messages: 2,
      days: [
        { day: 1, messages: 1 },
        { day: 2, messages: 1 },
      ],
    });
  });

  test('are of this workspace alone', async () => {
    await appendAll(store, [received(0)], 2);
    expect(await costs()).toMatchObject({ messages: 0 });
    expect(await costs({}, ALWAYS, 2)).toMatchObject({ messages: 1 });
  });

  test.each<[string, Filters, number[]]>([
    ['all', {}, [7, 4]],
    ['one direction', { direction: 'sent' }, [2, 2]],
    ['groups', { chat_type: 'group' }, [2, 1]],
    ['one account', { whatsapp_accounts: ['+48500000000'] }, [1, 1]],
    ['one chat', { chats: ['10000001'] }, [4, 2]],
    ['nothing that there is', { chats: ['10000001'], chat_type: 'group' }, [0, 0]],
  ])('are of the messages that pass the filters: %s', async (_what, filters, expected) => {
    await appendAll(store, inChat('a', [received(0), sent(1), received(2), received(HOUR + 1)]));
    await appendAll(store, inChat('g', [received(0), sent(1)], { is_group: true }));
    const other = { ...received(0), account: '+48500000000' };
    await appendAll(store, inChat('o', [other]));
    expect(runsOf(await costs(filters)).slice(0, 2)).toEqual(expected);
  });

  test('leave out a chat that was removed', async () => {
    const { chat } = await appendAll(store, [received(0)]);
    await store.transaction((tx) => tx.chats.detach(chat.id));
    expect(await costs()).toMatchObject({ messages: 0, chats: 0 });
  });

  test('know the limit of 1,000 messages', async () => {
    await appendAll(
      store,
      Array.from({ length: 2001 }, (_, i) => received(i)),
    );
    expect(runsOf(await costs())).toEqual([2001, 3, 3, 3, 3]);
  });

  test('date what did not fit from its own arrival', async () => {
    const entries = [...Array(1000).fill(0), 0.9, 1.5].map((hour) => received(hour * HOUR));
    await appendAll(store, entries);
    // The rest opens at 0.9, so it reaches to 1.5.
    expect(runsOf(await costs())[1]).toBe(2);
  });

  test('know the limit of 1 MB, in bytes as they are sent', async () => {
    const quotes = '"'.repeat(50_000);
    const entries = Array.from({ length: 10 }, (_, i) => received(i, quotes));
    const { chat, account } = await appendAll(store, entries);
    const expected = cutBySize(await logOf(chat.id), chat, account, HOUR);
    expect(expected).toBeGreaterThan(3);
    expect(runsOf(await costs())).toEqual([10, ...Array(4).fill(expected)]);
  });
});

const logOf = (chatId: number, direction: 'received' | 'sent' | null = null) =>
  store.read.messages.range({ chatId, fromSeq: 1, direction, limit: 10_000 });

/** Bundles by the words of the specification, each body built anew to be weighed. */
function cutBySize(
  messages: readonly LoggedMessage[],
  chat: Chat,
  account: Account,
  window: number,
): number {
  const context = { site: SITE, webhook: { createdAt: 0 }, direction: null, chat, account };
  const bundles: LoggedMessage[][] = [];
  for (const message of messages) {
    const open = bundles.at(-1);
    const wouldBe = [...(open ?? []), message];
    const fits =
      open !== undefined &&
      message.receivedAt < (open[0]?.receivedAt as number) + window &&
      wouldBe.length <= 1000 &&
      Buffer.byteLength(JSON.stringify(renderBundle(context, wouldBe))) <= 1_000_000;
    if (fits) open.push(message);
    else bundles.push([message]);
  }
  return bundles.length;
}

describe('whatever the messages are', () => {
  const text = fc.oneof(
    { weight: 5, arbitrary: fc.string({ maxLength: 20 }) },
    fc
      .tuple(fc.constantFrom('"', 'a', 'ą', '\u2028', '😀'), fc.nat({ max: 60_000 }))
      .map(([unit, times]) => unit.repeat(times)),
  );
  const hours = fc.oneof(
    fc.double({ min: 0, max: 50, noNaN: true }),
    // Where windows end.
    fc.constantFrom(0, 1, 2, 6, 7, 12, 24, 25, 48),
  );
  const entry = fc.record({ chat: fc.nat({ max: 2 }), hours, sent: fc.boolean(), text });
  const logs = fc.array(entry, { minLength: 1, maxLength: 25, size: 'max' });
  const toEntry = (one: { chat: number; hours: number; sent: boolean; text: string }): Entry => ({
    ...(one.sent ? sent : received)(Math.round(one.hours * HOUR), one.text || 'x'),
    chat: { id: `chat-${one.chat}` },
  });
  const runs = { numRuns: 20 };

  test('the count is what a replay of all would send, cut as it cuts, also after the clock went back', async () => {
    const clock = new ManualClock(ALWAYS.to);
    const sender = new Sender([]);
    await fc.assert(
      fc.asyncProperty(logs, fc.boolean(), async (log, oneWay) => {
        await empty();
        await appendAll(store, log.map(toEntry));
        const filters = oneWay ? { direction: 'sent' as const } : {};
        const found = await costs(filters);
        const redelivery = new Redelivery({ store, clock, sender, changed: () => {}, site: SITE });
        for (const { granularityHours, runs } of found.runs) {
          const webhook = await addWebhook(store, { granularityHours, filters });
          expect([granularityHours, runs]).toEqual([
            granularityHours,
            await redelivery.countReplay(1, webhook.id, 0),
          ]);
        }
      }),
      runs,
    );
    await sender.close();
  });

  test('the count is that of bundles whose bodies are all built', async () => {
    await fc.assert(
      fc.asyncProperty(logs, async (log) => {
        await empty();
        await appendAll(store, log.map(toEntry));
        const chats = await store.read.chats.after(1, 0, 10);
        for (const { granularityHours, runs } of (await costs()).runs) {
          let expected = log.length;
          if (granularityHours > 0) {
            const each = chats.map(async ({ chat, account }) =>
              cutBySize(await logOf(chat.id), chat, account, granularityHours * HOUR),
            );
            expected = (await Promise.all(each)).reduce((sum, n) => sum + n, 0);
          }
          expect([granularityHours, runs]).toEqual([granularityHours, expected]);
        }
      }),
      runs,
    );
  });

  test('no way of cutting needs fewer runs', async () => {
    const times = fc
      .array(fc.nat({ max: 50 * HOUR }), { minLength: 1, maxLength: 10, size: 'max' })
      .map((found) => found.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(times, async (found) => {
        await empty();
        await appendAll(
          store,
          found.map((time) => received(time)),
        );
        const fewest = GRANULARITIES.map((granularity) =>
          granularity === 0 ? found.length : fewestBundles(found, granularity * HOUR),
        );
        expect(runsOf(await costs())).toEqual(fewest);
      }),
      runs,
    );
  });

  async function empty(): Promise<void> {
    for (const { chat } of await store.read.chats.after(1, 0, 10)) {
      await store.transaction(async (tx) => {
        await tx.messages.removeOfChat(chat.id, 1000);
        await tx.chats.remove(chat.id);
      });
    }
  }
});

test('the count is what the dispatcher sends: five webhooks, and three days of chatting', async () => {
  const path = tempFolder();
  const config = { kind: 'sqlite', folder: path } as const;
  const place = { open: () => openStore(config), config: async () => config };
  const world = await World.create({ kind: { ...SQLITE, place: () => place } });
  const from = world.clock.now();
  const webhooks = new Map<Granularity, string>();
  for (const granularity_hours of GRANULARITIES) {
    const target_url = `https://receiver.example/${granularity_hours}`;
    await world.createWebhook({ target_url, granularity_hours, filters: { direction: 'sent' } });
    webhooks.set(granularity_hours, target_url);
  }
  for (let n = 0; n < 150; n += 1) {
    const direction = n % 4 === 0 ? 'received' : 'sent';
    await world.accept({ chat: { id: `chat-${(n * n) % 7}` }, message: { direction } });
    await world.advance(((n * 37) % 61) * 60_000);
  }
  const to = world.clock.now();
  await world.advance(2 * DAY);
  const log = await openReportLog(config);
  const question = { workspaceId: world.workspaceId, filters: { direction: 'sent' as const } };
  const found = await countCosts(log, SITE, { ...question, period: { from, to } });
  await log.close();
  for (const { granularityHours, runs } of found.runs) {
    const url = webhooks.get(granularityHours);
    const sentTo = world.receiver.requests.filter((request) => request.url === url);
    expect([granularityHours, sentTo.length]).toEqual([granularityHours, runs]);
  }
  await world.stop();
});
