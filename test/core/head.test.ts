import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Delivery, findHead, type Head, laneBehind } from '../../src/core/head.ts';
import type { Account, Chat, Lane, Webhook } from '../../src/store/rows.ts';
import type { Store } from '../../src/store/store.ts';
import { appendAll, type Entry, received, sent } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aLane, aWebhook } from '../support/messages.ts';
import { emptyStore } from '../support/stores.ts';
import { SITE } from '../support/world.ts';

const HOUR = 3_600_000;

let store: Store;
beforeEach(async () => {
  store = await emptyStore();
});

/** The head of a lane over these messages, looked at by now. */
async function headOf(
  entries: Entry[],
  { webhook = {}, lane = {}, now = 100 * HOUR }: Options = {},
): Promise<{ head: Head; chat: Chat; account: Account; lane: Lane }> {
  const { chat, account } = await appendAll(store, entries);
  const due = { lane: aLane({ chatId: chat.id, openedAt: 0, ...lane }), chat, account };
  const head = await findHead(store.read, SITE, aWebhook(webhook), due, new ManualClock(now));
  return { head, chat, account, lane: due.lane };
}

interface Options {
  webhook?: Partial<Webhook>;
  lane?: Partial<Lane>;
  now?: number;
}

function deliveryOf({ head }: { head: Head }): Delivery {
  if (head.kind !== 'send') throw new Error('Nothing to send');
  return head.delivery;
}

const textsOf = (delivery: Delivery): string[] => {
  const { message, messages = [message] } = JSON.parse(delivery.body);
  return messages.map(({ text }: { text: string }) => text);
};

describe('a head that is not sealed', () => {
  test('is one message where nothing is gathered', async () => {
    const delivery = deliveryOf(
      await headOf([received(0, 'a'), received(0, 'b')], { webhook: { granularityHours: 0 } }),
    );
    expect(delivery).toMatchObject({ shape: 'single', lastSeq: 1, messageCount: 1 });
    expect(textsOf(delivery)).toEqual(['a']);
  });

  test('of a few short messages comes with those behind it, of long ones without', async () => {
    const webhook = { granularityHours: 0 as const };
    const short = [received(0, 'a'), received(1, 'b'), received(2, 'c')];
    const { ahead } = deliveryOf(await headOf(short, { webhook }));
    expect(ahead.messages.map(({ text }) => text)).toEqual(['b', 'c']);
    const lane = { nextSeq: 4 };
    const long = [received(3, 'x'.repeat(20_000)), received(4, 'y')];
    expect(deliveryOf(await headOf(long, { webhook, lane })).ahead.messages).toEqual([]);
  });

  test('is the bundle of what came within the window, however late it is looked at', async () => {
    const entries = [received(0), sent(HOUR - 1), received(HOUR)];
    const delivery = deliveryOf(await headOf(entries));
    expect(delivery).toMatchObject({ shape: 'bundle', lastSeq: 2, messageCount: 2 });
  });

  test('ends on its last match where the webhook wants one direction', async () => {
    const entries = [received(0), sent(1), received(2), sent(3)];
    const webhook = { filters: { direction: 'received' as const } };
    const delivery = deliveryOf(await headOf(entries, { webhook }));
    expect(delivery).toMatchObject({ lastSeq: 3, messageCount: 2, direction: 'received' });
  });

  test('stops at 1,000 messages', async () => {
    const entries = Array.from({ length: 1001 }, (_, i) => received(i));
    expect(deliveryOf(await headOf(entries)).messageCount).toBe(1000);
  });

  test('stops at 1 MB of rendered JSON', async () => {
    const long = 'ą'.repeat(60_000);
    const entries = Array.from({ length: 12 }, (_, i) => received(i, `${i}${long}`));
    const delivery = deliveryOf(await headOf(entries));
    expect(Buffer.byteLength(delivery.body)).toBeLessThanOrEqual(1_000_000);
    // Each is in it twice, as text and in the aggregation: 240 kB.
    expect(delivery.messageCount).toBe(4);
  });

  test('counts the bytes that JSON needs, not the characters', async () => {
    const text = '\u0001'.repeat(65_536);
    const delivery = deliveryOf(await headOf([received(0, text), received(1, text)]));
    expect(delivery.messageCount).toBe(1);
    expect(Buffer.byteLength(delivery.body)).toBeGreaterThan(700_000);
  });
});

describe('a sealed head', () => {
  const seal = { lastSeq: 2, shape: 'bundle' as const, direction: 'received' as const };
  const entries = [received(0, 'a'), received(1, 'b'), sent(2, 'c'), received(3, 'd')];

  test('keeps its messages, shape and direction whatever is edited', async () => {
    const before = deliveryOf(
      await headOf(entries, { lane: { seal }, webhook: { filters: { direction: 'received' } } }),
    );
    const { chat, account } = await appendAll(store, [sent(4)]);
    const due = { lane: aLane({ chatId: chat.id, seal }), chat, account };
    const edits: Partial<Webhook>[] = [
      { granularityHours: 0 },
      { granularityHours: 24 },
      { filters: { direction: 'sent' } },
      { filters: { chats: ['7'] } },
      { flushedAt: 1000 },
    ];
    for (const edit of edits) {
      const after = await findHead(store.read, SITE, aWebhook(edit), due, new ManualClock(0));
      const { shape, direction, lastSeq, messageCount, id, body } = before;
      expect(deliveryOf({ head: after })).toMatchObject({
        ...{ shape, direction, lastSeq, messageCount, id, body },
        lane: due.lane,
      });
      expect(textsOf(before)).toEqual(['a', 'b']);
    }
  });

  test('has the names of the time of the attempt', async () => {
    const { chat } = await appendAll(store, entries);
    await store.transaction((tx) =>
      tx.chats.edit(1, chat.id, { fullName: 'Renamed', responsibleName: 'Ola' }),
    );
    const { head } = await headOf([received(9)], { lane: { seal } });
    expect(JSON.parse(deliveryOf({ head }).body)).toMatchObject({
      chat: { full_name: 'Renamed', responsible_name: 'Ola' },
      messages: [{ sender: { full_name: 'Renamed' } }, {}],
    });
  });

  test('whose messages are gone is passed by', async () => {
    const { head } = await headOf(entries, {
      lane: { nextSeq: 90, seal: { ...seal, lastSeq: 99 } },
    });
    expect(head).toEqual({ kind: 'move', to: null });
  });
});

describe('after an edit of the filters', () => {
  test('a lane of a chat that is not wanted any more closes', async () => {
    const webhook = { filters: { chat_type: 'group' as const } };
    expect((await headOf([received(0)], { webhook })).head).toEqual({ kind: 'move', to: null });
  });

  test('a range left without a match closes without a request', async () => {
    const webhook = { filters: { direction: 'sent' as const } };
    const { head } = await headOf([received(0), received(1)], { webhook });
    expect(head).toEqual({ kind: 'move', to: null });
  });

  test('the first message that matches dates the lane anew', async () => {
    const webhook = { filters: { direction: 'sent' as const } };
    const found = await headOf([received(0), sent(HOUR / 2)], { webhook, now: HOUR });
    expect(found.head).toEqual({
      kind: 'move',
      to: { ...found.lane, nextSeq: 2, openedAt: HOUR / 2, dueAt: 1.5 * HOUR },
    });
  });

  test('a match whose own window has ended is sent', async () => {
    const webhook = { filters: { direction: 'sent' as const } };
    const entries = [received(0), sent(1), sent(HOUR), sent(HOUR + 1)];
    const delivery = deliveryOf(await headOf(entries, { webhook, now: 2 * HOUR }));
    expect(delivery).toMatchObject({ lastSeq: 3, messageCount: 2 });
  });
});

describe('the id of a delivery', () => {
  test('is that of what it carries, not of when or how often it is tried', async () => {
    const first = await headOf([received(0), received(1)]);
    const { chat, account } = first;
    const lane = { ...first.lane, seal: { lastSeq: 2, shape: 'bundle' as const, direction: null } };
    const again = await findHead(
      store.read,
      SITE,
      aWebhook({ granularityHours: 6 }),
      { lane: { ...lane, attempts: 4 }, chat, account },
      new ManualClock(999 * HOUR),
    );
    expect(deliveryOf({ head: again }).id).toBe(deliveryOf(first).id);
  });
});

test('behind its head a lane goes on at the next message that matches now', async () => {
  const { chat } = await appendAll(store, [received(0), received(1), sent(2), received(3)]);
  const lane = aLane({ chatId: chat.id });
  const behind = (filters: Webhook['filters'], lastSeq: number) =>
    laneBehind(store.read, aWebhook({ filters }), lane, lastSeq);
  expect(await behind({}, 2)).toMatchObject({ nextSeq: 3, openedAt: 2, dueAt: 2 + HOUR });
  expect(await behind({ direction: 'received' }, 2)).toMatchObject({ nextSeq: 4, openedAt: 3 });
  expect(await behind({ direction: 'sent' }, 3)).toBeNull();
});
