import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Dispatcher } from '../../src/core/dispatcher.ts';
import { Intake } from '../../src/core/intake.ts';
import type { Lease } from '../../src/core/lease.ts';
import type { Webhook } from '../../src/store/rows.ts';
import { ALL_SHARDS, shardOf } from '../../src/store/shards.ts';
import type { Store } from '../../src/store/store.ts';
import { addWebhook } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { inbound } from '../support/messages.ts';
import { OK, Receiver } from '../support/receiver.ts';
import { emptyStore } from '../support/stores.ts';
import { SITE } from '../support/world.ts';

const EVEN = ALL_SHARDS.filter((shard) => shard % 2 === 0);
const ODD = ALL_SHARDS.filter((shard) => shard % 2 === 1);

let store: Store;
let webhooks: Webhook[];
const clock = new ManualClock();
const all: Dispatcher[] = [];

/** A dispatcher with a receiver of its own, which tells what it sent. */
function aDispatcher(lease?: Lease) {
  const receiver = new Receiver(() => clock.now());
  const sender = receiver.sender();
  const log = pino({ level: 'silent' });
  const dispatcher = new Dispatcher({
    store,
    clock,
    sender,
    site: SITE,
    log,
    ...(lease && { lease }),
  });
  all.push(dispatcher);
  const urls = () => receiver.requests.map(({ url }) => url).sort();
  return { dispatcher, receiver, urls };
}

/** A message comes in that all webhooks want. */
async function say(text: string): Promise<void> {
  const wake = (due: Map<number, number>) => {
    for (const dispatcher of all) dispatcher.wake(due);
  };
  const intake = new Intake({ store, clock, wake, changed: () => {} });
  await intake.accept(1, [inbound({ message: { text, message_id: text } })]);
  await rest();
}

/** Long enough for all that needs neither clock nor receiver. */
async function rest(): Promise<void> {
  for (let turns = 0; turns < 100; turns += 1) await turn();
}

const urlsOf = (shards: readonly number[]) =>
  webhooks.filter(({ id }) => shards.includes(shardOf(id))).map(({ targetUrl }) => targetUrl);

beforeEach(async () => {
  store = await emptyStore();
  await store.transaction((tx) =>
    tx.workspaces.create({ name: 'Acme', ownerName: '', ownerEmail: '' }),
  );
  webhooks = [];
  for (let i = 0; i < 4; i += 1) {
    webhooks.push(
      await addWebhook(store, { granularityHours: 0, targetUrl: `https://r${i}.example/` }),
    );
  }
});
afterEach(async () => {
  await Promise.all(all.splice(0).map((dispatcher) => dispatcher.stop()));
});

test('each webhook is driven by whoever holds its shard, and by nobody else', async () => {
  const [even, odd] = [aDispatcher(), aDispatcher()];
  await even.dispatcher.start(EVEN);
  await odd.dispatcher.start(ODD);
  await say('first');
  expect(even.urls()).toEqual(urlsOf(EVEN));
  expect(odd.urls()).toEqual(urlsOf(ODD));
});

test('shards that are taken bring along what has been waiting in them', async () => {
  const { dispatcher, urls } = aDispatcher();
  await dispatcher.start([]);
  await say('first');
  expect(urls()).toEqual([]);
  await dispatcher.take(ODD);
  await rest();
  expect(urls()).toEqual(urlsOf(ODD));
});

test('shards are released when nothing of them is under way any more', async () => {
  const { dispatcher, receiver, urls } = aDispatcher();
  for (const url of urlsOf(ALL_SHARDS)) receiver.answer(url, 'hold');
  await dispatcher.start(ALL_SHARDS);
  await say('first');
  await say('second');
  let isReleased = false;
  const releasing = dispatcher.release(ODD).then(() => {
    isReleased = true;
  });
  await rest();
  expect(isReleased).toBe(false);
  receiver.release(OK);
  await releasing;
  await rest();
  // What was under way is written down; the next is for whoever has the shard now.
  for (const { id } of webhooks) {
    const lane = await store.read.lanes.get(id, 10_000_001);
    expect(lane?.nextSeq).toBe(2);
  }
  expect(urls()).toEqual([...urlsOf(ALL_SHARDS), ...urlsOf(EVEN)].sort());
  receiver.release(OK);
});

test('what is under way when a lease was lost counts for nothing, and is sent anew by the next', async () => {
  const first = aDispatcher();
  for (const url of urlsOf(ALL_SHARDS)) first.receiver.answer(url, 'hold');
  await first.dispatcher.start(ALL_SHARDS);
  await say('first');
  const before = await store.read.lanes.get(1, 10_000_001);
  first.dispatcher.begin(store);
  await rest();
  expect(await store.read.lanes.get(1, 10_000_001)).toEqual(before);
  expect((await store.read.webhooks.get(1, 1))?.health.consecutiveErrors).toBe(0);
  await say('second');
  expect(first.urls()).toHaveLength(4);
  const second = aDispatcher();
  await second.dispatcher.start(ALL_SHARDS);
  await rest();
  const ids = (receiver: Receiver) => receiver.requests.slice(0, 4).map(({ id }) => id);
  expect(ids(second.receiver).sort()).toEqual(ids(first.receiver).sort());
  expect(second.urls()).toHaveLength(8);
});

test('nothing starts while too little of the lease is left; then it goes on', async () => {
  let left = false;
  const { dispatcher, urls } = aDispatcher({ mayStart: () => left, holds: () => true });
  await dispatcher.start(ALL_SHARDS);
  await say('first');
  expect(urls()).toEqual([]);
  left = true;
  dispatcher.resume();
  await rest();
  expect(urls()).toHaveLength(4);
});

test('a lease that lapses ends what is under way; renewed, it is sent again', async () => {
  const { dispatcher, receiver } = aDispatcher();
  const url = webhooks[0]?.targetUrl as string;
  receiver.answer(url, 'hold');
  await dispatcher.start(ALL_SHARDS);
  await say('first');
  dispatcher.lapse();
  await rest();
  const ids = receiver.requests.filter((request) => request.url === url).map(({ id }) => id);
  expect(ids).toEqual([ids[0], ids[0]]);
  receiver.release(OK);
  await rest();
  expect(await store.read.lanes.get(1, 10_000_001)).toBeNull();
});
