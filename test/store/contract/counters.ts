import { beforeEach, expect, test } from '@jest/globals';
import type { DayCount } from '../../../src/store/rows.ts';
import type { Store } from '../../../src/store/store.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

export function counters(kind: StoreKind): void {
  let store: Store;
  beforeEach(async () => {
    store = await emptyStore(kind);
  });

  const count = (day: number, given: Partial<DayCount> = {}): DayCount => ({
    webhookId: 1,
    day,
    succeeded: 2,
    failed: 3,
    messages: 4,
    ...given,
  });
  const add = (...counts: DayCount[]) => store.transaction((tx) => tx.counters.add(counts));
  const since = (day: number, webhookId = 1) => store.read.counters.since(webhookId, day);

  test('add up, day by day and webhook by webhook, the latest day first', async () => {
    await add(count(1), count(2), count(2, { webhookId: 2 }));
    await add(count(2, { succeeded: 10, failed: 20, messages: 30 }));
    const second = count(2, { succeeded: 12, failed: 23, messages: 34 });
    expect(await since(0)).toEqual([second, count(1)]);
    expect(await since(2)).toEqual([second]);
    expect(await since(0, 2)).toEqual([count(2, { webhookId: 2 })]);
    expect(await since(3)).toEqual([]);
  });

  test('of nothing are not written', async () => {
    await add();
    expect(await since(0)).toEqual([]);
  });

  test('are deleted by their age, or with all of a webhook’s', async () => {
    await add(count(1), count(2), count(3), count(3, { webhookId: 2 }));
    await store.transaction((tx) => tx.counters.forget(2));
    expect(await since(0)).toEqual([count(3), count(2)]);
    await store.transaction((tx) => tx.counters.clear(1));
    expect(await since(0)).toEqual([]);
    expect(await since(0, 2)).toEqual([count(3, { webhookId: 2 })]);
  });
}
