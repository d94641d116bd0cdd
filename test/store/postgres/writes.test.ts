import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { together } from '../../../src/core/together.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import type { Repositories, Store } from '../../../src/store/store.ts';
import { describePostgres, emptySchema } from '../../support/postgres.ts';

const key = new Uint8Array(32).fill(7);

/** One that the server cannot write: its day is none. */
const IMPOSSIBLE = 2 ** 40;
const TOO_LARGE = expect.objectContaining({ code: '22003' });

describePostgres('a write, whose answer no transaction waits for,', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openPostgres({ url: await emptySchema(), key, random: () => 0 });
  });
  afterEach(() => store.close());

  const count = (tx: Repositories, webhookId: number, day = 1) =>
    tx.counters.add([{ webhookId, day, succeeded: 1, failed: 0, messages: 1 }]);
  const counted = async (webhookId: number) =>
    (await store.read.counters.since(webhookId, 0)).map(({ succeeded }) => succeeded);

  test('fails the commit where it fails, with its own error', async () => {
    const failing = store.transaction(async (tx) => {
      await count(tx, 1);
      await count(tx, 1, IMPOSSIBLE);
    });
    await expect(failing).rejects.toEqual(TOO_LARGE);
    expect(await counted(1)).toEqual([]);
  });

  test('fails what is asked after it, also with its own error', async () => {
    const failing = store.transaction(async (tx) => {
      await count(tx, 1, IMPOSSIBLE);
      await tx.counters.since(1, 0);
    });
    await expect(failing).rejects.toEqual(TOO_LARGE);
  });

  test('fails the transaction, whatever the work makes of it', async () => {
    const failing = store.transaction(async (tx) => {
      await count(tx, 1);
      await count(tx, 1, IMPOSSIBLE);
      await tx.counters.since(1, 0).catch(() => {});
    });
    await expect(failing).rejects.toEqual(TOO_LARGE);
    expect(await counted(1)).toEqual([]);
  });

  test('leaves nothing of its failure to the next transaction of its connection', async () => {
    for (let i = 0; i < 8; i += 1) {
      const failing = store.transaction(async (tx) => {
        await count(tx, 1, IMPOSSIBLE);
        throw new Error('something else');
      });
      await expect(failing).rejects.toThrow('something else');
      await store.transaction((tx) => count(tx, 1));
    }
    expect(await counted(1)).toEqual([8]);
  });

  test('comes to nothing where something asked beside it fails first', async () => {
    const slow: Promise<void>[] = [];
    const failing = store.transaction((tx) => {
      const slowly = async () => {
        for (let turns = 0; turns < 50; turns += 1) await turn();
        await count(tx, 1);
      };
      slow.push(slowly());
      return together([slow[0], tx.workspaces.webhooksVersion(2 ** 63)]);
    });
    await expect(failing).rejects.toEqual(TOO_LARGE);
    await Promise.allSettled(slow);
    await store.transaction((tx) => tx.counters.since(1, 0));
    expect(await counted(1)).toEqual([]);
  });

  test('that another is in the way of for ever is made again', async () => {
    // Rows that are there are waited for in turn: so only one of the two is in the way, and only once.
    await store.transaction((tx) => count(tx, 1));
    await store.transaction((tx) => count(tx, 2));
    const first = new Map<string, PromiseWithResolvers<void>>([
      ['a', Promise.withResolvers()],
      ['b', Promise.withResolvers()],
    ]);
    let runs = 0;
    const both = (mine: string, others: string, order: readonly [number, number]) =>
      store.transaction(
        async (tx) => {
          runs += 1;
          await count(tx, order[0]);
          // Its answer comes after the write has been made.
          await tx.counters.since(order[0], 0);
          first.get(mine)?.resolve();
          await first.get(others)?.promise;
          await count(tx, order[1]);
        },
        { among: [] },
      );
    await Promise.all([both('a', 'b', [1, 2]), both('b', 'a', [2, 1])]);
    expect(runs).toBe(3);
    expect(await counted(1)).toEqual([3]);
    expect(await counted(2)).toEqual([3]);
  });
});
