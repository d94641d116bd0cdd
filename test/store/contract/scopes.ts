import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import type { Repositories, Scope, Store } from '../../../src/store/store.ts';
import { appendAll, received } from '../../support/chat-log.ts';
import { arrival } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

/** So long is waited for what must not happen, and for what must. */
const KEPT_OUT_MS = 200;
const LET_IN_MS = 10_000;

export function scopes(kind: StoreKind): void {
  let store: Store;
  beforeEach(async () => {
    store = await emptyStore(kind);
  });

  /** Whether a transaction with the second scope is answered while one with the first is under way. */
  async function areSideBySide(
    first: Scope | (() => Scope) | undefined,
    second: Scope | (() => Scope) | undefined,
    waitMs: number,
  ): Promise<boolean> {
    const began = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const one = store.transaction(async (tx) => {
      await tx.workspaces.get(1);
      began.resolve();
      await over.promise;
    }, first);
    await began.promise;
    let isUnderWay = true;
    const other = store.transaction(async (tx) => {
      await tx.workspaces.get(1);
      return isUnderWay;
    }, second);
    await Promise.race([other, sleep(waitMs, null, { ref: false })]);
    isUnderWay = false;
    over.resolve();
    await one;
    return other;
  }

  test.each<[string, Scope | undefined, Scope | undefined]>([
    ['of the same workspaces', { among: [1, 2] }, { among: [2, 3] }],
    ['of none', { among: [] }, { among: [] }],
    ['of one workspace, beside one that has another alone', { among: [1] }, { alone: 2 }],
    ['each of which has a workspace alone', { alone: 1 }, { alone: 2 }],
  ])('transactions %s run side by side, if the database can', async (_what, first, second) => {
    const waitMs = kind.concurrent ? LET_IN_MS : KEPT_OUT_MS;
    expect(await areSideBySide(first, second, waitMs)).toBe(kind.concurrent);
    expect(await areSideBySide(second, first, waitMs)).toBe(kind.concurrent);
  });

  test.each<[string, Scope | undefined, Scope | undefined]>([
    ['has a workspace alone keeps out others of it', { alone: 1 }, { among: [1, 2] }],
    ['has a workspace alone keeps out another that wants it so', { alone: 1 }, { alone: 1 }],
    ['says nothing keeps out those that do', undefined, { among: [] }],
    ['says nothing keeps out those that have a workspace alone', undefined, { alone: 1 }],
    ['says nothing keeps out another that says nothing', undefined, undefined],
  ])('a transaction that %s', async (_what, first, second) => {
    expect(await areSideBySide(first, second, KEPT_OUT_MS)).toBe(false);
    expect(await areSideBySide(second, first, KEPT_OUT_MS)).toBe(false);
  });

  test('a scope that is asked for holds as well, and is known before the work begins', async () => {
    const steps: string[] = [];
    await store.transaction(
      async () => void steps.push('work'),
      () => {
        steps.push('scope');
        return { among: [1] };
      },
    );
    expect(steps).toEqual(['scope', 'work']);
    const alone = () => ({ alone: 1 });
    expect(await areSideBySide(alone, { among: [1] }, KEPT_OUT_MS)).toBe(false);
    expect(await areSideBySide({ among: [1] }, alone, KEPT_OUT_MS)).toBe(false);
  });

  test('a chat that is held is not appended to, and is held by others all the same', async () => {
    const { chat } = await appendAll(store, [received(1)]);
    const held = Promise.withResolvers<void>();
    const heldTwice = Promise.withResolvers<void>();
    let isHeld = true;
    const holding = store.transaction(
      async (tx) => {
        expect(await tx.chats.hold([chat.id, 999])).toEqual(
          new Map([[chat.id, { isJoined: false }]]),
        );
        held.resolve();
        if (kind.concurrent) await heldTwice.promise;
        await sleep(KEPT_OUT_MS);
        isHeld = false;
      },
      { among: [1] },
    );
    await held.promise;
    const another = store.transaction((tx) => tx.chats.hold([chat.id]), { among: [1] });
    if (kind.concurrent) await another;
    const late = { ...arrival(), receivedAt: () => Number(isHeld) };
    const append = (tx: Repositories) => tx.messages.append([late]);
    const appending = store.transaction(append, { among: [1] });
    heldTwice.resolve();
    expect(await another).toEqual(new Map([[chat.id, { isJoined: false }]]));
    await holding;
    expect(await appending).toMatchObject([{ status: 'appended', receivedAt: Number(false) }]);
    expect(isHeld).toBe(false);
  });

  test('a chat that has been detached is not held, nor is any of none', async () => {
    const { chat } = await appendAll(store, [received(1)]);
    await store.transaction((tx) => tx.chats.detach(chat.id));
    const hold = (ids: number[]) => store.transaction((tx) => tx.chats.hold(ids));
    expect(await hold([chat.id])).toEqual(new Map());
    expect(await hold([])).toEqual(new Map());
  });

  test('what is read to be changed is not changed by others before', async () => {
    const source = { id: 'src_1', workspaceId: 1, kind: 'waha', name: '', createdAt: 0 };
    await store.transaction((tx) =>
      tx.sources.create({ ...source, secrets: {}, formerSecrets: [] }),
    );
    const heard = { sourceId: 'src_1', at: 1, taken: 1, dropped: { status: 1 } };
    await Promise.all(
      Array.from({ length: 8 }, () =>
        store.transaction((tx) => tx.sources.heard([heard]), { among: [] }),
      ),
    );
    expect(await store.read.sources.find('src_1')).toMatchObject({
      taken: 8,
      dropped: { status: 8 },
    });
  });
}
