import { beforeEach, expect, test } from '@jest/globals';
import { chatOfMessageId } from '../../../src/store/message-id.ts';
import type { Appended, PurgeCursor, Store } from '../../../src/store/store.ts';
import type { Filters } from '../../../src/wire/webhook.ts';
import { addWebhook, appendAll, received, sent } from '../../support/chat-log.ts';
import { aLane, arrival, type MessageGiven } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

export function messages(kind: StoreKind): void {
  let store: Store;
  beforeEach(async () => {
    store = await emptyStore(kind);
  });

  const append = (...arrivals: ReturnType<typeof arrival>[]): Promise<Appended[]> =>
    store.transaction((tx) => tx.messages.append(arrivals));
  const id = (message_id: string): MessageGiven => ({ message: { message_id } });

  test('come back as they were appended', async () => {
    const message = {
      direction: 'sent' as const,
      timestamp: '9999-12-31T23:59:59Z',
      sender: { full_name: 'Ola', phone: '+481234567' },
      recipient: { full_name: 'John', phone: '+972540000000' },
      text: "'; DROP TABLE message; -- 👩‍🚀\n\t",
      origin: 'product' as const,
    };
    const [result] = await append(arrival({ message }, { receivedAt: 1e12 }));
    expect(result).toMatchObject({ status: 'appended', seq: 1 });
    const [logged, ...more] = await store.read.messages.newest(1, 10);
    expect(more).toEqual([]);
    const chatId = result?.status === 'appended' && result.chat.id;
    const uuid = logged?.uuid as string;
    expect(chatOfMessageId(uuid)).toBe(chatId);
    expect(logged).toEqual({
      chatId,
      seq: 1,
      position: 1,
      uuid,
      direction: 'sent',
      timestamp: Date.UTC(9999, 11, 31, 23, 59, 59),
      receivedAt: 1e12,
      senderName: 'Ola',
      senderPhone: '+481234567',
      recipientName: 'John',
      recipientPhone: '+972540000000',
      origin: 'product',
      text: message.text,
    });
    expect(await store.read.messages.byUuid(1, uuid)).toEqual(logged);
    expect(await store.read.messages.byUuid(2, uuid)).toBeNull();
    expect(await store.read.messages.byUuid(1, 'another')).toBeNull();
  });

  test('are answered one result each, in order', async () => {
    const results = await append(
      arrival(id('a')),
      arrival(id('a')),
      arrival(id('b'), { skip: 'attachment' }),
      arrival({ ...id('c'), chat: { chat_id: '5' } }),
      arrival(id('d')),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'appended',
      'duplicate',
      'skipped',
      'unknown_chat',
      'appended',
    ]);
    expect(results.at(-1)).toMatchObject({ seq: 2 });
  });

  test('tell with the chat the first of each direction', async () => {
    const { chat } = await appendAll(store, [received(0), sent(1), sent(2), received(3)]);
    expect(chat).toMatchObject({ firstReceivedSeq: 1, firstSentSeq: 2, lastSeq: 4 });
    const other = await appendAll(store, [{ ...sent(0), chat: { id: 'other' } }]);
    expect(other.chat).toMatchObject({ firstReceivedSeq: null, firstSentSeq: 1, lastSeq: 1 });
  });

  test('are read by place, direction and number', async () => {
    const { chat } = await appendAll(store, [received(0), sent(1), received(2), sent(3), sent(4)]);
    const range = async (given: object) => {
      const all = { chatId: chat.id, fromSeq: 1, direction: null, limit: 10, ...given };
      return (await store.read.messages.range(all)).map(({ seq }) => seq);
    };
    expect(await range({})).toEqual([1, 2, 3, 4, 5]);
    expect(await range({ fromSeq: 2, toSeq: 4 })).toEqual([2, 3, 4]);
    expect(await range({ direction: 'sent' })).toEqual([2, 4, 5]);
    expect(await range({ direction: 'sent', limit: 2 })).toEqual([2, 4]);
    expect(await range({ fromSeq: 6 })).toEqual([]);
    expect(await range({ chatId: 1 })).toEqual([]);
  });

  test('are found as the first from a place on, or since a time', async () => {
    const { chat } = await appendAll(store, [received(0), sent(10), received(20), sent(30)]);
    const range = { chatId: chat.id, fromSeq: 2, direction: 'received' as const };
    const { messages: read } = store.read;
    const ranges = [range, { ...range, direction: null }, { ...range, fromSeq: 4 }];
    expect(await read.firsts(ranges)).toEqual([
      { seq: 3, receivedAt: 20 },
      { seq: 2, receivedAt: 10 },
      null,
    ]);
    expect(await read.firsts([])).toEqual([]);
    expect(await read.firstReceivedSince({ ...range, direction: null }, 20)).toMatchObject({
      seq: 3,
    });
    expect(await read.firstReceivedSince(range, 21)).toBeNull();
  });

  test('that lie in a gap of the log are left out', async () => {
    const before = await store.read.messages.position();
    const arrivals = [10, 20, 30, 40, 50, 60, 70].map((at) => received(at));
    const { chat } = await appendAll(store, arrivals);
    expect(await store.read.messages.position()).toBe(before + 7);
    const gaps = [
      { after: before + 2, upTo: before + 4 },
      { after: before + 5, upTo: before + 6 },
    ];
    const range = { chatId: chat.id, fromSeq: 1, direction: null, gaps };
    const { messages: read } = store.read;
    const seqs = async (more: object) =>
      (await read.range({ ...range, limit: 9, ...more })).map(({ seq }) => seq);
    expect(await seqs({})).toEqual([1, 2, 5, 7]);
    expect(await seqs({ fromSeq: 3, limit: 1 })).toEqual([5]);
    expect(await seqs({ gaps: [] })).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const firsts = [3, 6, 1].map((fromSeq) => ({ ...range, fromSeq }));
    expect(await read.firsts([...firsts, { ...range, fromSeq: 3, gaps: [] }])).toEqual([
      { seq: 5, receivedAt: 50 },
      { seq: 7, receivedAt: 70 },
      { seq: 1, receivedAt: 10 },
      { seq: 3, receivedAt: 30 },
    ]);
    const pages = await read.pages([
      { ...range, limit: 2 },
      { ...range, gaps: [], toSeq: 3, limit: 1 },
    ]);
    expect(pages.map((page) => page.map(({ seq }) => seq))).toEqual([[1, 2], [1]]);
    const [only] = await read.pages([{ ...range, fromSeq: 2, toSeq: 4, limit: 9 }]);
    expect(only?.map(({ seq }) => seq)).toEqual([2]);
    expect(await read.firstReceivedSince(range, 55)).toEqual({ seq: 7, receivedAt: 70 });
    expect(await read.count({ ...range, toSeq: 5 })).toBe(3);
  });

  test('have places in the log that are never given again', async () => {
    await appendAll(store, [received(0), received(1)]);
    const position = await store.read.messages.position();
    expect(await store.read.messages.positionBefore(1, 1)).toBe(position - 1);
    expect(await store.read.messages.positionBefore(1, 2)).toBe(position);
    await store.transaction((tx) => tx.messages.purge(1, 100, null, 100));
    expect(await store.read.messages.position()).toBe(position);
    await appendAll(store, [received(0)]);
    expect(await store.read.messages.position()).toBe(position + 1);
  });

  test('are told newest first, by workspace', async () => {
    await appendAll(store, [received(5, 'a'), received(5, 'b'), received(9, 'c')]);
    await appendAll(store, [received(7, 'foreign')], 2);
    const newest = await store.read.messages.newest(1, 2);
    expect(newest.map(({ text }) => text)).toEqual(['c', 'b']);
  });

  test('are told newest first of those that pass the filters, however many others came since', async () => {
    const group = { id: 'group', is_group: true };
    const { chat } = await appendAll(store, [
      { ...received(1, 'direct'), account: '+48111222333' },
    ]);
    await appendAll(store, [
      { ...sent(2, 'sent'), chat: group },
      { ...received(3, 'g'), chat: group },
    ]);
    await appendAll(
      store,
      Array.from({ length: 20 }, (_, i) => received(10 + i, 'other')),
    );
    const texts = async (filters: Filters) =>
      (await store.read.messages.newest(1, 5, filters)).map(({ text }) => text);
    expect(await texts({ chats: [String(chat.id)] })).toEqual(['direct']);
    expect(await texts({ whatsapp_accounts: ['+48111222333'] })).toEqual(['direct']);
    expect(await texts({ direction: 'sent' })).toEqual(['sent']);
    expect(await texts({ chat_type: 'group' })).toEqual(['g', 'sent']);
    expect(await texts({ chat_type: 'group', direction: 'received' })).toEqual(['g']);
    expect(await texts({ chat_type: 'direct', direction: 'sent' })).toEqual([]);
  });

  test('are purged oldest first, so many at a time, but for those that a lane needs', async () => {
    const { chat } = await appendAll(
      store,
      [0, 1, 2, 3, 100].map((at) => received(at)),
    );
    await appendAll(store, [received(0)], 2);
    const webhook = await addWebhook(store);
    const lane = aLane({ webhookId: webhook.id, chatId: chat.id, nextSeq: 4 });
    await store.transaction((tx) => tx.lanes.open([lane]));
    const purge = (from: PurgeCursor | null, limit: number) =>
      store.transaction((tx) => tx.messages.purge(1, 50, from, limit));
    const kept = async () =>
      (await store.read.messages.newest(1, 10)).map(({ seq }) => seq).reverse();
    const reached = await purge(null, 2);
    expect(reached).toMatchObject({ receivedAt: 1 });
    expect(await kept()).toEqual([3, 4, 5]);
    expect(await purge(reached, 10)).toBeNull();
    expect(await kept()).toEqual([4, 5]);
    await store.transaction(async (tx) => {
      await tx.lanes.removeOfChat(lane.chatId);
      const held = { webhookId: webhook.id, chatId: chat.id, firstSeq: 4, lastSeq: 4 };
      const rest = {
        shape: 'single',
        direction: null,
        parkedAt: 0,
        attempts: 8,
        error: { code: 'status_500' },
      } as const;
      await tx.parked.add({ ...held, ...rest });
    });
    const positions = (await store.read.messages.newest(1, 10)).map(({ position }) => position);
    const { parked } = store.read;
    expect(await parked.firstPosition(webhook.id)).toBe(Math.min(...positions));
    expect(await parked.firstPosition(webhook.id + 1)).toBeNull();
    expect(await purge(null, 10)).toBeNull();
    expect(await kept()).toEqual([4, 5]);
    await store.transaction((tx) => tx.parked.removeAll(webhook.id));
    expect(await purge(null, 10)).toBeNull();
    expect(await kept()).toEqual([5]);
    expect(await store.read.messages.newest(2, 10)).toHaveLength(1);
  });

  test('are numbered on after all of them were purged', async () => {
    await appendAll(store, [received(0), received(0)]);
    await store.transaction((tx) => tx.messages.purge(1, 50, null, 10));
    expect((await appendAll(store, [received(60)])).chat.lastSeq).toBe(3);
    expect(await store.read.messages.newest(1, 10)).toMatchObject([{ seq: 3 }]);
  });

  test('are duplicates until their keys are forgotten', async () => {
    const again = async () => (await append(arrival(id('a'), { receivedAt: 100 })))[0]?.status;
    const forget = (before: number) => store.transaction((tx) => tx.messages.forget(before, 10));
    expect(await again()).toBe('appended');
    expect(await forget(100)).toBe(0);
    expect(await again()).toBe('duplicate');
    expect(await forget(101)).toBe(1);
    expect(await again()).toBe('appended');
  });
}
