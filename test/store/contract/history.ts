import { beforeEach, expect, test } from '@jest/globals';
import type { Activity, LoggedRequest } from '../../../src/store/rows.ts';
import type { Store } from '../../../src/store/store.ts';
import { addWebhook } from '../../support/chat-log.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

export function history(kind: StoreKind): void {
  let store: Store;
  let webhookId: number;
  beforeEach(async () => {
    store = await emptyStore(kind);
    webhookId = (await addWebhook(store)).id;
  });

  const request = (n: number, of = webhookId): LoggedRequest => ({
    webhookId: of,
    chatId: n % 2 === 0 ? n : null,
    at: new Date(n).toISOString(),
    duration_ms: n,
    kind: 'delivery',
    request: {
      method: 'POST',
      url: 'https://r.example/',
      headers: { a: 'b' },
      body: `{"n":"👍${n}"}`,
    },
    response: { status: 200, headers: { c: ['d', 'e'] }, body: 'ok', truncated: true },
    error: null,
  });
  const activity = (n: number, of = webhookId): Activity => ({
    webhookId: of,
    chatId: n % 2 === 0 ? n : null,
    at: n,
    action: 'sent',
    facts: { kind: 'sent', messages: n, chatName: 'John “JD” Doe', ms: 7 },
  });
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const add = (from: number, to: number, of = webhookId) =>
    store.transaction((tx) =>
      tx.history.add({
        requests: numbers(from, to).map((n) => request(n, of)),
        activities: numbers(from, to).map((n) => activity(n, of)),
      }),
    );
  const requests = async () =>
    (await store.read.history.requests(webhookId)).map(({ duration_ms }) => duration_ms);
  const actions = async () => (await store.read.history.activities(webhookId)).map(({ at }) => at);

  test('comes back as it was added, newest first', async () => {
    await add(1, 2);
    expect(await store.read.history.requests(webhookId)).toEqual([request(2), request(1)]);
    expect(await store.read.history.activities(webhookId)).toEqual([activity(2), activity(1)]);
  });

  test('counts the requests that it holds', async () => {
    expect(await store.read.history.countRequests(webhookId)).toBe(0);
    await add(1, 103);
    expect(await store.read.history.countRequests(webhookId)).toBe(100);
  });

  test('never holds more than the 100 latest requests and the 10 latest actions', async () => {
    for (let n = 1; n <= 130; n++) await add(n, n);
    expect(await requests()).toEqual(numbers(31, 130).reverse());
    expect(await actions()).toEqual(numbers(121, 130).reverse());
  });

  test('nor does it when more than that come at once', async () => {
    await add(1, 7);
    await add(8, 340);
    expect(await requests()).toEqual(numbers(241, 340).reverse());
    expect(await actions()).toEqual(numbers(331, 340).reverse());
  });

  test('is kept webhook by webhook', async () => {
    const other = (await addWebhook(store)).id;
    await add(1, 3);
    await add(4, 200, other);
    expect(await requests()).toEqual([3, 2, 1]);
    await store.transaction((tx) => tx.history.clear(other));
    expect(await requests()).toEqual([3, 2, 1]);
    expect(await store.read.history.requests(other)).toEqual([]);
    expect(await store.read.history.activities(other)).toEqual([]);
  });

  test('of a webhook that is gone is not written', async () => {
    await add(1, 1, 999);
    expect(await store.read.history.requests(999)).toEqual([]);
  });

  test('of nothing is nothing', async () => {
    await store.transaction((tx) => tx.history.add({}));
    expect(await actions()).toEqual([]);
  });
}
