import { beforeEach, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { isStoreDown, StoreUnavailableError } from '../../../src/store/errors.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import { connected, PoolQueries } from '../../../src/store/postgres/queries.ts';
import type { Repositories, Store } from '../../../src/store/store.ts';
import { Alarms } from '../../support/alarms.ts';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { ask, describePostgres, emptySchema, endConnections } from '../../support/postgres.ts';

const key = new Uint8Array(32).fill(7);
const workspace = { name: 'Acme', ownerName: '', ownerEmail: '' };

const create = (tx: Repositories) => tx.workspaces.create(workspace);

describePostgres('a connection to PostgreSQL', () => {
  let url: string;
  let store: Store;
  beforeEach(async () => {
    url = await emptySchema();
  });

  async function using(work: () => Promise<void>, at = url): Promise<void> {
    store = await openPostgres({ url: at, key, random: () => 0 });
    try {
      await work();
    } finally {
      await store.close();
    }
  }
  const ids = () => store.read.workspaces.ids();

  test('that is ended while nobody uses it is replaced', async () => {
    await using(async () => {
      await store.transaction(create);
      await ids();
      await endConnections(url);
      // Its end is heard of a moment later, unless something is asked of it first: then that fails.
      const asked = await Promise.allSettled([store.transaction(create), ids()]);
      for (const one of asked) {
        if (one.status === 'rejected') expect(isStoreDown(one.reason)).toBe(true);
      }
      await store.transaction(create);
      expect((await ids()).length).toBeGreaterThanOrEqual(2);
    });
  });

  test('that is ended in the midst of a transaction fails it for now, and leaves nothing behind', async () => {
    await using(async () => {
      const cut = store.transaction(async (tx) => {
        await create(tx);
        await endConnections(url);
        await create(tx);
      });
      await expect(cut).rejects.toThrow(StoreUnavailableError);
      await store.transaction(create);
      expect(await ids()).toHaveLength(1);
    });
  });

  test('that is ended under a transaction fails it, even where the work passes over the error', async () => {
    await using(async () => {
      const cut = store.transaction(async (tx) => {
        await endConnections(url);
        await create(tx).catch(() => {});
      });
      await expect(cut).rejects.toThrow(StoreUnavailableError);
      expect(await ids()).toHaveLength(0);
    });
  });

  test('that stays open to a server that answers nothing any more is cut, and others are made', async () => {
    const proxy = await CuttingProxy.to(url);
    const alarms = new Alarms();
    const shared = await openPostgres({
      url: proxy.url,
      key,
      random: () => 0,
      after: alarms.after,
    });
    store = shared;
    const missed = Promise.withResolvers<void>();
    await shared.signals.listen(() => {}, missed.resolve);
    await store.transaction(create);
    await alarms.ring(10_000);
    await ids();
    // The first question has been answered.
    await alarms.areSet(10_000);
    proxy.silence();
    const asked = [store.transaction(create), ids()];
    const outcomes = Promise.allSettled(asked);
    await alarms.ring(10_000);
    await alarms.ring(15_000);
    for (const one of await outcomes) {
      expect(one.status === 'rejected' && isStoreDown(one.reason)).toBe(true);
    }
    await store.transaction(create);
    expect(await ids()).toHaveLength(2);
    // What was told meanwhile was not heard.
    await missed.promise;
    await store.close();
    await proxy.close();
  });

  test('that cannot be made is the store’s being away, whatever is in the way', async () => {
    const expired = Object.assign(new Error('certificate has expired'), {
      code: 'CERT_HAS_EXPIRED',
    });
    const pool = { connect: () => Promise.reject(expired) } as unknown as Pool;
    await expect(connected(pool)).rejects.toThrow(StoreUnavailableError);
    await expect(new PoolQueries(pool).rows('SELECT 1')).rejects.toThrow('certificate has expired');
  });

  test('that is cut after the server has committed is no failure', async () => {
    const proxy = await CuttingProxy.to(url);
    await using(async () => {
      proxy.cutAtAnswerTo('COMMIT');
      await store.transaction(create);
      expect(proxy.cuts).toBe(1);
      expect(await ids()).toHaveLength(1);
    }, proxy.url);
    await proxy.close();
  });

  test('that is cut before the server has heard of the commit is a failure', async () => {
    const proxy = await CuttingProxy.to(url);
    await using(async () => {
      proxy.cutBefore('COMMIT');
      await expect(store.transaction(create)).rejects.toThrow(StoreUnavailableError);
      expect(proxy.cuts).toBe(1);
      expect(await ids()).toHaveLength(0);
      await store.transaction(create);
    }, proxy.url);
    await proxy.close();
  });

  test('whose transaction an error has spoilt does not pretend to have committed', async () => {
    await using(async () => {
      await ask('CREATE UNIQUE INDEX one_of_a_name ON workspace (name)', url);
      await store.transaction(create);
      const spoilt = store.transaction(async (tx) => {
        await tx.workspaces.create({ ...workspace, name: 'Other' });
        await create(tx).catch(() => {});
      });
      await expect(spoilt).rejects.toThrow('one_of_a_name');
      // Its detail would tell the name, and errors go to the log.
      await expect(spoilt).rejects.toMatchObject({ code: '23505', detail: undefined });
      expect(await ids()).toHaveLength(1);
    });
  });

  test('with others in its way runs the work again', async () => {
    await using(async () => {
      await store.transaction(create);
      await store.transaction(create);
      const [first, second] = await ids();
      let runs = 0;
      const met = Promise.withResolvers<void>();
      let arrived = 0;
      const edit = (ids: (number | undefined)[]) =>
        store.transaction(
          async (tx) => {
            runs += 1;
            await tx.workspaces.edit(ids[0] as number, { name: 'edited' });
            arrived += 1;
            if (arrived === 2) met.resolve();
            await met.promise;
            await tx.workspaces.edit(ids[1] as number, { name: 'edited' });
          },
          { among: [] },
        );
      await Promise.all([edit([first, second]), edit([second, first])]);
      expect(runs).toBe(3);
    });
  });

  test('may be waited for when the store is closed: who waits is told', async () => {
    store = await openPostgres({ url, key });
    const started = Promise.withResolvers<void>();
    const holding = store.transaction(async () => {
      started.resolve();
      await new Promise((next) => setImmediate(next));
      return store.read.workspaces.ids();
    });
    await started.promise;
    const waiting = Array.from({ length: 8 }, () => store.transaction(create));
    const all = Promise.allSettled([holding, ...waiting]);
    await store.close();
    for (const one of await all) expect(one.status).toBe('rejected');
    await expect(store.transaction(create)).rejects.toThrow(StoreUnavailableError);
  });
});
