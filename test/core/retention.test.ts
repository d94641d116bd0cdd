import { beforeEach, expect, test } from '@jest/globals';
import { Retention } from '../../src/core/retention.ts';
import type { LoggedRequest } from '../../src/store/rows.ts';
import type { Store } from '../../src/store/store.ts';
import { carryOut } from '../support/carry-out.ts';
import { addWebhook, appendAll, received } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aLane, arrival } from '../support/messages.ts';
import { emptyStore } from '../support/stores.ts';

const DAY = 24 * 3_600_000;

let store: Store;
let clock: ManualClock;
let changed: number[];

beforeEach(async () => {
  store = await emptyStore();
  await store.transaction((tx) =>
    tx.workspaces.create({ name: 'Acme', ownerName: '', ownerEmail: '' }),
  );
  clock = new ManualClock(0);
  changed = [];
});

const retention = (days = 30) =>
  new Retention({
    store,
    clock,
    retentionDays: days,
    changed: (id) => changed.push(id),
    onError: (error) => {
      throw error;
    },
  });

const kept = async (chatId: number) => {
  const range = { chatId, fromSeq: 1, direction: null, limit: 10_000 };
  return (await store.read.messages.range(range)).map(({ seq }) => seq);
};

test('messages go when they are older than the retention', async () => {
  const { chat } = await appendAll(store, [received(0), received(1), received(DAY)]);
  clock.set(30 * DAY + 1);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([2, 3]);
  clock.set(90 * DAY);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([]);
});

test('more than a chunk of them goes in one sweep', async () => {
  const many = Array.from({ length: 1234 }, () => received(0));
  const { chat } = await appendAll(store, many);
  clock.set(40 * DAY);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([]);
});

test('a lane that is open or being retried holds what it needs, however old', async () => {
  const webhook = await addWebhook(store);
  const { chat } = await appendAll(store, [received(0), received(0), received(0)]);
  const lane = aLane({ webhookId: webhook.id, chatId: chat.id, nextSeq: 2, openedAt: 0 });
  await store.transaction((tx) => tx.lanes.open([lane]));
  clock.set(400 * DAY);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([2, 3]);
  expect(await store.read.lanes.get(webhook.id, chat.id)).toMatchObject({ nextSeq: 2 });
});

test('a frozen lane holds its messages for one retention more, then lets go of the oldest', async () => {
  const webhook = await addWebhook(store, { enabled: false });
  const { chat } = await appendAll(store, [received(0), received(5 * DAY), received(50 * DAY)]);
  const seal = { lastSeq: 1, shape: 'bundle' as const, direction: null };
  const lane = aLane({ webhookId: webhook.id, chatId: chat.id, openedAt: 0 });
  await store.transaction(async (tx) => {
    await tx.lanes.open([lane]);
    await tx.lanes.save({ ...lane, attempts: 3, seal });
  });
  clock.set(60 * DAY);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([1, 2, 3]);
  clock.set(65 * DAY + 1);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([3]);
  expect(await store.read.lanes.get(webhook.id, chat.id)).toMatchObject({
    nextSeq: 3,
    openedAt: 50 * DAY,
    attempts: 0,
    seal: null,
  });
  clock.set(200 * DAY);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([]);
  expect(await store.read.lanes.get(webhook.id, chat.id)).toBeNull();
});

test('duplicates are recognised for 30 days, however short the retention is', async () => {
  const message = { message: { message_id: 'native' } };
  const again = async (receivedAt: number) => {
    const arrivals = [arrival(message, { receivedAt })];
    return (await store.transaction((tx) => tx.messages.append(arrivals)))[0]?.status;
  };
  expect(await again(0)).toBe('appended');
  clock.set(30 * DAY);
  await retention(1).sweep();
  expect(await again(30 * DAY)).toBe('duplicate');
  clock.set(30 * DAY + 1);
  await retention(1).sweep();
  expect(await again(31 * DAY)).toBe('appended');
});

test('sweeps at once and every hour, until it is stopped', async () => {
  const { chat } = await appendAll(store, [received(0)]);
  const sweeper = retention();
  sweeper.start();
  clock.set(31 * DAY);
  while ((await kept(chat.id)).length > 0) await new Promise((next) => setImmediate(next));
  expect(clock.nextAlarm()).toBe(31 * DAY + 3_600_000);
  await sweeper.stop();
  expect(clock.nextAlarm()).toBeNull();
});

test('logged requests, which hold texts too, go with the retention', async () => {
  const { id: webhookId } = await addWebhook(store);
  const logged = (at: number): LoggedRequest => ({
    webhookId,
    chatId: null,
    at: new Date(at).toISOString(),
    duration_ms: 1,
    kind: 'delivery',
    request: { method: 'POST', url: 'https://receiver.example/', headers: {}, body: '{}' },
    response: null,
    error: null,
  });
  const requests = [logged(0), logged(10 * DAY)];
  await store.transaction((tx) => tx.history.add({ requests }));
  clock.set(31 * DAY);
  await retention().sweep();
  expect(await store.read.history.requests(webhookId)).toEqual([logged(10 * DAY)]);
});

test('a webhook whose Zap has been off for the retention goes, with its lanes and logs', async () => {
  const off = { enabled: false, disabledReason: 'unsubscribed', disabledAt: DAY } as const;
  const dormant = await addWebhook(store, off);
  const switchedOff = await addWebhook(store, { ...off, disabledReason: 'owner' });
  const { chat } = await appendAll(store, [received(0)]);
  const lane = aLane({ webhookId: dormant.id, chatId: chat.id });
  const note = {
    webhookId: dormant.id,
    at: 0,
    action: 'disabled' as const,
    facts: { kind: 'zap_off' as const },
    chatId: null,
  };
  await store.transaction(async (tx) => {
    await tx.lanes.open([lane]);
    await tx.history.add({ activities: [note] });
  });
  clock.set(31 * DAY);
  await retention().sweep();
  expect(await store.read.webhooks.list(1)).toEqual([dormant, switchedOff]);
  clock.set(31 * DAY + 1);
  await retention().sweep();
  expect(await store.read.webhooks.list(1)).toEqual([switchedOff]);
  expect(changed).toEqual([dormant.id]);
  await carryOut(store, dormant.id, 0);
  expect(await store.read.lanes.get(dormant.id, chat.id)).toBeNull();
  expect(await store.read.history.activities(dormant.id)).toEqual([]);
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([]);
});

test('a deletion of a chat that a crash cut short is finished', async () => {
  const { chat } = await appendAll(store, [received(0), received(1)]);
  await store.transaction((tx) => tx.chats.detach(chat.id));
  await retention().sweep();
  expect(await kept(chat.id)).toEqual([]);
  expect(await store.read.chats.detached()).toEqual([]);
});
