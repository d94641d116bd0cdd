import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { evenOut } from '../../src/core/even-out.ts';
import { LeaseLostError, StoreUnavailableError } from '../../src/store/errors.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { ALL_SHARDS } from '../../src/store/shards.ts';
import type { News } from '../../src/store/signals.ts';
import type { SharedStore } from '../../src/store/store.ts';
import { ask, emptySchema, endConnections, hasPostgres } from '../support/postgres.ts';

const MINUTE = 60_000;
const workspace = { name: 'Acme', ownerName: '', ownerEmail: '' };

let url: string;
let store: SharedStore;

const open = () => openPostgres({ url, key: new Uint8Array(32) });
const renew = (id: number | null, lengthMs = MINUTE) => store.leases.renew(id, lengthMs, evenOut);
const sorted = (shards: readonly number[]) => [...shards].sort((a, b) => a - b);

/** Time passes for a lease. */
const lapse = (id: number) =>
  ask(`UPDATE dispatcher SET lease_until = now() - interval '1 second' WHERE id = ${id}`, url);

(hasPostgres ? describe : describe.skip)('leases over PostgreSQL', () => {
  beforeEach(async () => {
    url = await emptySchema();
    store = await open();
  });
  afterEach(() => store.close());

  test('one dispatcher gets all shards, a second one what the first gives back', async () => {
    const first = await renew(null);
    expect(sorted(first.shards)).toEqual(ALL_SHARDS);
    const second = await renew(null);
    expect(second).toMatchObject({ shards: [], release: [] });
    const again = await renew(first.id);
    expect(again.id).toBe(first.id);
    expect(again.release).toHaveLength(32);
    await store.leases.free(first.id, again.release);
    expect(sorted((await renew(second.id)).shards)).toEqual(sorted(again.release));
    expect((await renew(first.id)).shards).toHaveLength(32);
  });

  test('what somebody else has is not given back in their name', async () => {
    const first = await renew(null);
    await store.leases.free(first.id + 1, ALL_SHARDS);
    expect((await renew(null)).shards).toEqual([]);
  });

  test('who leaves, or lets the lease lapse, leaves the shards to the others', async () => {
    const first = await renew(null);
    const second = await renew(null);
    await store.leases.leave(first.id);
    expect((await renew(second.id)).shards).toHaveLength(64);
    const third = await renew(null);
    await lapse(second.id);
    expect((await renew(third.id)).shards).toHaveLength(64);
    const back = await renew(second.id);
    expect(back.id).not.toBe(second.id);
    expect(back.shards).toEqual([]);
  });

  test('a lease that has lapsed and that nobody has taken goes on when it is renewed', async () => {
    const first = await renew(null);
    await lapse(first.id);
    const again = await renew(first.id);
    expect(again.id).toBe(first.id);
    expect(again.shards).toHaveLength(64);
  });

  test('ten at once share the shards, none twice', async () => {
    const stores = await Promise.all(Array.from({ length: 10 }, open));
    const begun = await Promise.all(
      stores.map(({ leases }) => leases.renew(null, MINUTE, evenOut)),
    );
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        stores.map(async ({ leases }, i) => {
          const id = begun[i]?.id as number;
          const { release } = await leases.renew(id, MINUTE, evenOut);
          await leases.free(id, release);
        }),
      );
    }
    const rows = await ask<{ n: string }>(
      'SELECT count(*) AS n FROM shard GROUP BY dispatcher_id',
      url,
    );
    expect(rows).toHaveLength(10);
    for (const { n } of rows) expect(Number(n)).toBeLessThanOrEqual(7);
    await Promise.all(stores.map((one) => one.close()));
  });

  test('writes under a lease that is lost fail, and leave nothing behind', async () => {
    const { id } = await renew(null);
    const create = (lease = id) =>
      store.under(lease).transaction((tx) => tx.workspaces.create(workspace), { among: [1] });
    await expect(create(id + 1)).rejects.toBeInstanceOf(LeaseLostError);
    await create();
    expect(await store.read.workspaces.ids()).toHaveLength(1);
    await lapse(id);
    // Nobody has taken over yet.
    await create();
    await renew(null);
    await expect(create()).rejects.toBeInstanceOf(LeaseLostError);
    expect(await store.read.workspaces.ids()).toHaveLength(2);
    const giveUp = store.under(id).transaction(
      async (tx) => {
        await tx.workspaces.create(workspace);
        throw new Error('The work has found fault');
      },
      { among: [1] },
    );
    await expect(giveUp).rejects.toBeInstanceOf(LeaseLostError);
    expect(await store.read.workspaces.ids()).toHaveLength(2);
  });

  test('nobody takes over while a transaction under the lease is under way, which ends with it', async () => {
    const { id } = await renew(null);
    const mine = store.under(id);
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const writing = mine.transaction(async (tx) => {
      begun.resolve();
      await goOn.promise;
      await tx.workspaces.create(workspace);
    });
    await begun.promise;
    // It goes on holding its lease, which renewing does not wait for.
    await renew(id);
    const other = await renew(null);
    await renew(other.id);
    await lapse(id);
    expect((await renew(other.id)).shards).toEqual([]);
    goOn.resolve();
    await expect(writing).rejects.toBeInstanceOf(StoreUnavailableError);
    expect((await renew(other.id)).shards).toHaveLength(64);
    expect(await store.read.workspaces.ids()).toEqual([]);
  });

  test('is renewed while somebody is alone with everything', async () => {
    const { id } = await renew(null);
    await store.transaction(async () => {
      expect((await renew(id)).id).toBe(id);
    });
  });
});

(hasPostgres ? describe : describe.skip)('signals over PostgreSQL', () => {
  beforeEach(async () => {
    url = await emptySchema();
    store = await open();
  });
  afterEach(() => store.close());

  /** Listens; answers all that was heard by when there is as much as expected. */
  const listen = async (listener: SharedStore, isAll: (heard: News[]) => boolean) => {
    const heard: News[] = [];
    const all = Promise.withResolvers<News[]>();
    const hear = (news: News) => {
      heard.push(news);
      if (isAll(heard)) all.resolve(heard);
    };
    let missed = 0;
    await listener.signals.listen(hear, () => {
      missed += 1;
      if (missed === 2) hear({});
    });
    return { all: all.promise };
  };

  test('tell other programs, and the own one, who is to be looked at', async () => {
    const other = await open();
    const isAll = (heard: News[]) => heard.some((news) => news.mail);
    const listeners = [await listen(store, isAll), await listen(other, isAll)];
    const due = new Map(Array.from({ length: 1000 }, (_, i) => [i, 1e13 + i]));
    store.signals.wake(due);
    store.signals.changed(7);
    store.signals.tell('mail');
    for (const { all } of listeners) {
      const heard = await all;
      expect(new Map(heard.flatMap((news) => news.due ?? []))).toEqual(due);
      expect(heard.flatMap((news) => news.changed ?? [])).toEqual([7]);
    }
    await other.close();
  });

  test('say that they may have missed some when the connection was lost, and go on', async () => {
    const back = await listen(store, (heard) => heard.length > 0);
    await endConnections(url);
    expect(await back.all).toEqual([{}]);
    const again = await listen(store, (heard) => heard.some(({ changed }) => changed));
    store.signals.changed(1);
    expect(await again.all).toContainEqual({ changed: [1] });
  });
});
