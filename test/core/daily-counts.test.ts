import { expect, test } from '@jest/globals';
import { dailyCounts, dateOf, dayOf } from '../../src/core/daily-counts.ts';
import { Retention } from '../../src/core/retention.ts';
import { addWebhook } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { emptyStore } from '../support/stores.ts';
import { World } from '../support/world.ts';

const DAY = 24 * 3_600_000;
const count = { webhookId: 1, succeeded: 1, failed: 0, messages: 1 };

test('a day begins at midnight UTC', () => {
  const midnight = Date.UTC(2021, 1, 24);
  expect([midnight - 1, midnight, midnight + DAY - 1].map(dayOf).map(dateOf)).toEqual([
    '2021-02-23',
    '2021-02-24',
    '2021-02-24',
  ]);
});

test('requests are one entry for each webhook and day; only what succeeded delivered messages', () => {
  const counted = { webhookId: 1, endedAt: 0, ok: true, messages: 5 };
  const requests = [
    counted,
    { ...counted, ok: false },
    { ...counted, messages: 1 },
    { ...counted, endedAt: DAY },
    { ...counted, webhookId: 2, ok: false },
  ];
  expect(dailyCounts(requests)).toEqual([
    { webhookId: 1, day: 0, succeeded: 2, failed: 1, messages: 6 },
    { webhookId: 1, day: 1, succeeded: 1, failed: 0, messages: 5 },
    { webhookId: 2, day: 0, succeeded: 0, failed: 1, messages: 0 },
  ]);
  expect(dailyCounts([])).toEqual([]);
});

test('the counters go with their webhook, and what was under way then does not bring them back', async () => {
  const world = await World.create();
  const webhook = await world.createWebhook();
  await world.accept({});
  await world.idle();
  const { counters } = world.store.read;
  expect(await counters.since(webhook.id, 0)).toMatchObject([{ succeeded: 1, messages: 1 }]);
  world.receiver.answer(webhook.targetUrl, 'hold');
  await world.accept({});
  await world.idle();
  await world.webhooks.remove(world.workspaceId, webhook.id);
  world.receiver.release({ ok: true, error: null, response: null });
  await world.idle();
  expect(await counters.since(webhook.id, 0)).toEqual([]);
});

test('400 days are kept, however short the retention of messages is', async () => {
  const store = await emptyStore();
  const { id: webhookId } = await addWebhook(store);
  const days = [0, 1, 399, 400].map((day) => ({ ...count, webhookId, day }));
  await store.transaction((tx) => tx.counters.add(days));
  const onError = (error: unknown) => {
    throw error;
  };
  const clock = new ManualClock(400 * DAY);
  await new Retention({ store, clock, retentionDays: 1, changed: () => {}, onError }).sweep();
  const kept = await store.read.counters.since(webhookId, 0);
  expect(kept.map(({ day }) => day)).toEqual([400, 399, 1]);
});
