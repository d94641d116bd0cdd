import { beforeEach, expect, test } from '@jest/globals';
import type { Lane, Webhook } from '../../../src/store/rows.ts';
import { ALL_SHARDS, shardOf } from '../../../src/store/shards.ts';
import type { Store } from '../../../src/store/store.ts';
import { addWebhook, appendAll, received, sent } from '../../support/chat-log.ts';
import { aLane } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

const HOUR = 3_600_000;

const NONE = new Set<number>();

export function lanes(kind: StoreKind): void {
  let store: Store;
  let webhook: Webhook;
  beforeEach(async () => {
    store = await emptyStore(kind);
    webhook = await addWebhook(store);
  });

  const seal = { lastSeq: 1, shape: 'bundle' as const, direction: 'sent' as const };

  /** Stores lanes of new chats as they are given. */
  async function put(...given: Partial<Lane>[]): Promise<Lane[]> {
    const all: Lane[] = [];
    for (const one of given) {
      const { chat } = await appendAll(store, [
        { ...received(0), chat: { id: `chat-${Math.random()}` } },
      ]);
      all.push(aLane({ webhookId: webhook.id, chatId: chat.id, ...one }));
    }
    await store.transaction(async (tx) => {
      await tx.lanes.open(all);
      for (const lane of all) await tx.lanes.save(lane);
    });
    return all;
  }

  const get = ({ webhookId, chatId }: Lane) => store.read.lanes.get(webhookId, chatId);
  test('come back as they were saved, sealed or not', async () => {
    const blame = { attempts: 2, since: 5, last: 9 };
    const failed = { attempts: 3, seal, blame, error: { code: 'timeout' as const, seconds: 10 } };
    const all = await put({}, failed, { seal: { ...seal, direction: null } });
    for (const lane of all) expect(await get(lane)).toEqual(lane);
  });

  test('that are open already stay as they are when opened once more', async () => {
    const [lane] = (await put({ attempts: 2, seal })) as [Lane];
    await store.transaction((tx) => tx.lanes.open([{ ...lane, nextSeq: 9, dueAt: 9 }]));
    expect(await get(lane)).toEqual(lane);
  });

  test('are removed one by one or all of a chat', async () => {
    const [a, b] = (await put({}, {})) as [Lane, Lane];
    await store.transaction((tx) => tx.lanes.remove(a));
    expect([await get(a), await get(b)]).toEqual([null, b]);
    await store.transaction((tx) => tx.lanes.removeOfChat(a.chatId));
    expect(await get(b)).toEqual(b);
    await store.transaction((tx) => tx.lanes.removeOfChat(b.chatId));
    expect(await get(b)).toBeNull();
  });

  test('fall due in order of time, with their chats and accounts', async () => {
    const [late, early] = (await put({ dueAt: 20 }, { dueAt: 10 }, { dueAt: 30 })) as [Lane, Lane];
    const { lanes: read } = store.read;
    const due = await read.due(webhook.id, 20, 10, false, NONE);
    expect(due.map(({ lane }) => lane)).toEqual([early, late]);
    for (const { lane, chat, account } of due) {
      expect(await store.read.chats.get(1, lane.chatId)).toEqual({ chat, account });
    }
    expect(await read.due(webhook.id, 20, 1, false, NONE)).toHaveLength(1);
    expect(await read.due(webhook.id, 9, 10, false, NONE)).toEqual([]);
    const withoutEarly = await read.due(webhook.id, 20, 1, false, new Set([early.chatId]));
    expect(withoutEarly.map(({ lane }) => lane)).toEqual([late]);
    expect(await read.due(999, 20, 10, false, NONE)).toEqual([]);
  });

  test('are probed by fewest attempts, then the oldest', async () => {
    const [tried, newer, older] = await put(
      { dueAt: 1, openedAt: 1, attempts: 2, seal },
      { dueAt: 2, openedAt: 3 },
      { dueAt: 3, openedAt: 2 },
    );
    const due = await store.read.lanes.due(webhook.id, 5, 10, true, NONE);
    expect(due.map(({ lane }) => lane)).toEqual([older, newer, tried]);
  });

  test('tell when the next falls due, of one webhook or of all that are on', async () => {
    await put({ dueAt: 10 }, { dueAt: 20 });
    const { lanes: read } = store.read;
    expect(await read.nextDue(webhook.id, 5)).toBe(10);
    expect(await read.nextDue(webhook.id, 10)).toBe(20);
    expect(await read.nextDue(webhook.id, 20)).toBeNull();
    await addWebhook(store);
    expect(await read.schedule(ALL_SHARDS)).toEqual([{ webhookId: webhook.id, dueAt: 10 }]);
    const shard = shardOf(webhook.id);
    expect(await read.schedule([shard])).toHaveLength(1);
    expect(await read.schedule(ALL_SHARDS.filter((one) => one !== shard))).toEqual([]);
    await store.transaction((tx) => tx.webhooks.change(webhook, { enabled: false }));
    expect(await read.schedule(ALL_SHARDS)).toEqual([]);
  });

  test('are counted that are open: neither sealed nor due', async () => {
    await put({ dueAt: 10 }, { dueAt: 99 }, { dueAt: 99, seal });
    expect(await store.read.lanes.countOpen(webhook.id, 50)).toBe(1);
    expect(await store.read.lanes.countOpen(999, 50)).toBe(0);
  });

  test('tell when the first open bundle closes', async () => {
    await put({ dueAt: 10 }, { dueAt: 99 }, { dueAt: 77 }, { dueAt: 55, seal });
    expect(await store.read.lanes.nextClosing(webhook.id, 50)).toBe(77);
    expect(await store.read.lanes.nextClosing(webhook.id, 99)).toBeNull();
  });

  test('are found whose head has failed, those first that fall due first', async () => {
    const failed = { attempts: 2, seal, error: { code: 'status_500' as const } };
    const resumed = { ...failed, attempts: 0, dueAt: 9 };
    const [late, , early] = (await put(resumed, { dueAt: 1 }, failed)) as Lane[];
    const { lanes: read } = store.read;
    expect(await read.failing(webhook.id, 10)).toEqual([late, early]);
    expect(await read.failing(webhook.id, 1)).toEqual([late]);
    expect(await read.failing(999, 10)).toEqual([]);
  });

  test('come page by page in order of their chats', async () => {
    const all = (await put({}, { seal }, {})) as [Lane, Lane, Lane];
    const { lanes: read } = store.read;
    expect(await read.page(webhook.id, 0, 2)).toEqual(all.slice(0, 2));
    expect(await read.page(webhook.id, all[1].chatId, 2)).toEqual(all.slice(2));
    expect(await read.page(999, 0, 2)).toEqual([]);
  });

  test('are put whether they were there or not', async () => {
    const [lane] = (await put({ attempts: 2, seal })) as [Lane];
    const moved = { ...lane, nextSeq: 9, attempts: 0, seal: null };
    const other = aLane({ webhookId: 77, chatId: lane.chatId });
    await store.transaction(async (tx) => {
      await tx.lanes.put(moved);
      await tx.lanes.put(other);
    });
    expect([await get(moved), await get(other)]).toEqual([moved, other]);
  });

  test('dated in the future are dated anew, and endless pauses end', async () => {
    const now = 1000;
    const [future, past, endless, pausing] = await put(
      { openedAt: 5000, dueAt: 5000 + HOUR },
      { openedAt: 900, dueAt: 900 + HOUR },
      { openedAt: 5000, dueAt: now + 101, seal },
      { openedAt: 900, dueAt: now + 100, seal },
    );
    await store.transaction((tx) => tx.lanes.redate(now, 100));
    expect(await get(future as Lane)).toMatchObject({ openedAt: now, dueAt: now + HOUR });
    expect(await get(past as Lane)).toEqual(past);
    expect(await get(endless as Lane)).toMatchObject({ dueAt: now });
    expect(await get(pausing as Lane)).toEqual(pausing);
  });

  test('are frozen while their webhook is off', async () => {
    const [old] = (await put({ openedAt: 10 }, { openedAt: 20 })) as [Lane];
    const frozen = (limit: number) => store.read.lanes.frozen(20, limit);
    expect(await frozen(10)).toEqual([]);
    await store.transaction((tx) => tx.webhooks.change(webhook, { enabled: false }));
    expect(await frozen(10)).toEqual([old]);
    expect(await frozen(0)).toEqual([]);
  });

  test('count what waits in them, by direction, up to a limit', async () => {
    const { chat } = await appendAll(store, [received(0), sent(1), received(2), sent(3)]);
    const lane = aLane({ webhookId: webhook.id, chatId: chat.id, nextSeq: 2 });
    await store.transaction((tx) => tx.lanes.open([lane]));
    const waiting = (filters: Webhook['filters'], atMost = 100) =>
      store.read.lanes.waiting({ ...webhook, filters }, atMost);
    expect(await waiting({})).toBe(3);
    expect(await waiting({ direction: 'received' })).toBe(1);
    expect(await waiting({}, 2)).toBe(2);
    const gaps = [{ after: 0, upTo: await store.read.messages.position() }];
    expect(await store.read.lanes.waiting({ ...webhook, gaps }, 100)).toBe(0);
  });

  test('tell the earliest place in the log at which one of them stands', async () => {
    expect(await store.read.lanes.firstPosition(webhook.id)).toBeNull();
    const before = await store.read.messages.position();
    await put({}, {});
    expect(await store.read.lanes.firstPosition(webhook.id)).toBe(before + 1);
  });
}
