import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../src/core/head.ts';
import type { Outcome } from '../../src/core/health.ts';
import { behindFirst, readAhead } from '../../src/core/read-ahead.ts';
import { toLoggedRequest } from '../../src/core/request-log.ts';
import type { Attempt } from '../../src/core/sender.ts';
import { type Attempted, settle } from '../../src/core/settle.ts';
import type { Account, Chat, Lane, Webhook } from '../../src/store/rows.ts';
import type { Store } from '../../src/store/store.ts';
import { activityLog } from '../support/activity-log.ts';
import { addWebhook, appendAll, received, sent } from '../support/chat-log.ts';
import { aLane } from '../support/messages.ts';
import { failure, OK } from '../support/receiver.ts';
import { emptyStore } from '../support/stores.ts';

const HOUR = 3_600_000;

let store: Store;
let webhook: Webhook;
let lane: Lane;
let chat: Chat;
let account: Account;

beforeEach(async () => {
  store = await emptyStore();
  webhook = await addWebhook(store);
  ({ chat, account } = await appendAll(store, [received(0), received(1), received(2 * HOUR)]));
  lane = aLane({ webhookId: webhook.id, chatId: chat.id, openedAt: 0 });
  await store.transaction((tx) => tx.lanes.open([lane]));
});

const NOTHING_AHEAD = { messages: [], direction: null, gaps: [] };
const deliveryOf = (from: Lane): Delivery => ({
  lane: from,
  shape: 'bundle',
  direction: null,
  lastSeq: 2,
  messageCount: 2,
  ...{ chat, account, foundAt: 0, nth: 0, ahead: NOTHING_AHEAD, openedAt: null },
  id: 'msg_1',
  body: '{}',
});

function attempted(attempt: Attempt, startedAt: number, from = lane, rest: Partial<Outcome> = {}) {
  const outcome = {
    ok: attempt.ok,
    startedAt,
    endedAt: startedAt + 20,
    retryAfterMs: null,
    ...rest,
  };
  const sent = { url: webhook.targetUrl, headers: {}, body: '{}' };
  const logged = toLoggedRequest(from, 'delivery', sent, attempt, outcome);
  const delivery = deliveryOf(from);
  return {
    ...{ delivery, attempt, outcome, logged },
    ...{ subscription: '', workspaceId: webhook.workspaceId },
  } satisfies Attempted;
}

const write = (...group: Attempted[]) => store.transaction((tx) => settle(tx, group, () => 0.5));
const stored = () => store.read.lanes.get(webhook.id, lane.chatId);
const history = () => activityLog(store, webhook.id);

describe('a success', () => {
  test('moves the lane behind what was delivered', async () => {
    await write(attempted(OK, 5 * HOUR));
    expect(await stored()).toEqual({
      ...lane,
      nextSeq: 3,
      openedAt: 2 * HOUR,
      dueAt: 3 * HOUR,
    });
  });

  test('of the last head closes the lane', async () => {
    await write(attempted(OK, HOUR));
    const last = (await stored()) as Lane;
    const end = attempted(OK, 5 * HOUR, last);
    await write({ ...end, delivery: { ...end.delivery, lastSeq: 3 } });
    expect(await stored()).toBeNull();
  });

  test('goes on with what was read ahead, unless the webhook would choose other messages by now', async () => {
    const singles = await store.transaction((tx) =>
      tx.webhooks.change(webhook, { granularityHours: 0 }),
    );
    const entries = [received(9, 'a'), sent(9, 'b'), received(9, 'c'), received(9, 'd')];
    const found = await appendAll(store, entries);
    const from = aLane({ webhookId: webhook.id, chatId: found.chat.id, nextSeq: 4, openedAt: 9 });
    await store.transaction((tx) => tx.lanes.save(from));
    const range = { chatId: found.chat.id, fromSeq: 4, direction: 'received' as const };
    const page = await store.read.messages.range({ ...range, limit: 3 });
    const ahead = behindFirst(readAhead(range, page));
    const sure = attempted(OK, 10, from);
    const single = {
      ...sure,
      delivery: { ...sure.delivery, shape: 'single' as const, lastSeq: 4, ahead },
    };
    const next = async (direction?: 'received') => {
      const rollBack = new Error('Only looked at');
      let text: string | undefined;
      const look = store.transaction(async (tx) => {
        await tx.webhooks.change(singles, { filters: direction ? { direction } : {} });
        const [settled] = await settle(tx, [single], () => 0.5);
        text = settled?.next?.message.text;
        throw rollBack;
      });
      await expect(look).rejects.toBe(rollBack);
      return text;
    };
    expect(page.map(({ text }) => text)).toEqual(['a', 'c', 'd']);
    expect(await next('received')).toBe('c');
    expect(await next()).toBe('b');
  });

  test('clears the count and is told in the activity log and the request log', async () => {
    await write(attempted(failure(), 0));
    const settled = await write(attempted(OK, HOUR, (await stored()) as Lane));
    expect(settled[0]?.webhook?.health.consecutiveErrors).toBe(0);
    expect(await history()).toEqual([
      'Sent 2 messages of John Doe in 20 ms',
      'The receiver answered 500; only 200 is success (John Doe; error 1 in a row; more than 10 switch the webhook off)',
    ]);
    expect(await store.read.history.requests(webhook.id)).toMatchObject([
      { kind: 'delivery', duration_ms: 20, response: { status: 200 }, error: null },
      { kind: 'delivery', response: { status: 500 }, error: { code: 'status_500' } },
    ]);
  });
});

describe('a failure', () => {
  test('seals the head and has the lane pause by its own attempts', async () => {
    await write(attempted(failure(), 100));
    const seal = { lastSeq: 2, shape: 'bundle', direction: null };
    expect(await stored()).toEqual({
      ...lane,
      attempts: 1,
      blame: { attempts: 0, since: 120, last: 120 },
      error: { code: 'status_500' },
      dueAt: 120 + 5000,
      seal,
    });
    await write(attempted(failure(), 10_000, (await stored()) as Lane));
    expect(await stored()).toMatchObject({ attempts: 2, dueAt: 10_020 + 15_000, seal });
  });

  test('with Retry-After has lane and webhook pause so long', async () => {
    await write(attempted(failure(503), 100, lane, { retryAfterMs: HOUR }));
    expect(await stored()).toMatchObject({ dueAt: 120 + HOUR });
    const { health } = (await store.read.webhooks.get(1, webhook.id)) as Webhook;
    expect(health.pausedUntil).toBe(120 + HOUR);
  });

  test('the 11th in a row switches off, with its activity, in the same transaction', async () => {
    for (let i = 0; i < 11; i++) {
      const from = (await stored()) as Lane;
      expect((await store.read.webhooks.get(1, webhook.id))?.enabled).toBe(true);
      await write(attempted(failure(), i * 9 * HOUR, from));
    }
    expect(await store.read.webhooks.get(1, webhook.id)).toMatchObject({
      enabled: false,
      disabledReason: 'errors',
      disabledAt: 90 * HOUR + 20,
    });
    const [disabled, failed] = await history();
    expect(disabled).toContain('Switched off after 11 errors in a row');
    expect(failed).toContain('error 11 in a row');
  });

  test('after the webhook was switched off is written down but judges no more', async () => {
    await store.transaction((tx) => tx.webhooks.change(webhook, { enabled: false }));
    const settled = await write(attempted(failure(), 100));
    expect(settled[0]?.webhook?.health.consecutiveErrors).toBe(0);
    expect(await stored()).toMatchObject({ attempts: 1 });
  });
});

describe('what is no longer there', () => {
  test('a lane that someone has moved stays where it is', async () => {
    const moved = { ...lane, nextSeq: 3 };
    await store.transaction((tx) => tx.lanes.save(moved));
    await write(attempted(OK, 100), attempted(failure(), 200));
    expect(await stored()).toEqual(moved);
  });

  test('a lane that is gone stays gone', async () => {
    await store.transaction((tx) =>
      tx.lanes.remove({ webhookId: webhook.id, chatId: lane.chatId }),
    );
    await write(attempted(OK, 100));
    expect(await stored()).toBeNull();
  });

  test('a webhook that is gone is passed over', async () => {
    await store.transaction((tx) => tx.webhooks.remove(webhook));
    expect((await write(attempted(OK, 100)))[0]?.webhook).toBeUndefined();
    expect(await store.read.history.requests(webhook.id)).toEqual([]);
  });
});

test('a group is judged in the order in which its requests ended', async () => {
  const success = attempted(OK, 0, lane, { endedAt: 50 });
  const failed = attempted(failure(), 60, { ...lane, chatId: 7 }, { endedAt: 70 });
  const settled = await write(failed, success);
  expect(settled[0]?.webhook?.health.consecutiveErrors).toBe(1);
});
