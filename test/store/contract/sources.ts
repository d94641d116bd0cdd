import { beforeEach, expect, test } from '@jest/globals';
import type { Store } from '../../../src/store/store.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

const given = {
  id: 'src_1',
  workspaceId: 1,
  kind: 'waha',
  name: 'Ana',
  secrets: { hmac_key: 'SECRET-KEY' },
  formerSecrets: [{ secrets: { hmac_key: 'FORMER-KEY' }, until: 9 }],
  createdAt: 5,
};

export function sources(kind: StoreKind): void {
  let store: Store;
  beforeEach(async () => {
    store = await emptyStore(kind);
  });
  const make = (rest: object = {}) =>
    store.transaction((tx) => tx.sources.create({ ...given, ...rest }));
  const now = async () => store.read.sources.find('src_1');

  test('are found by their id, and listed in the order of their making, each with its workspace', async () => {
    const made = await make();
    expect(made).toEqual({
      ...given,
      lastHeardAt: null,
      taken: 0,
      dropped: {},
      lastRefused: null,
    });
    await make({ id: 'src_0', createdAt: 6 });
    await make({ id: 'src_2', workspaceId: 2 });
    const { sources: read } = store.read;
    expect((await read.list(1)).map(({ id }) => id)).toEqual(['src_1', 'src_0']);
    expect(await read.find('src_2')).toMatchObject({ workspaceId: 2 });
    expect(await read.get(1, 'src_1')).toEqual(made);
    expect(await read.get(1, 'src_2')).toBeNull();
    expect(await read.find('src_9')).toBeNull();
  });

  test('change as far as something is given, and go', async () => {
    const made = await make();
    const change = (what: object) => store.transaction((tx) => tx.sources.change(made, what));
    expect(await change({ name: 'Bo' })).toEqual({ ...made, name: 'Bo' });
    await change({ secrets: { hmac_key: 'other' }, formerSecrets: [] });
    expect(await now()).toMatchObject({
      name: 'Bo',
      secrets: { hmac_key: 'other' },
      formerSecrets: [],
    });
    await change({});
    expect(await now()).toMatchObject({ name: 'Bo' });
    await store.transaction((tx) => tx.sources.remove('src_1'));
    expect(await now()).toBeNull();
  });

  test('add up what was heard of them, and keep the last refusal', async () => {
    await make();
    const heard = (at: number, taken: number, dropped: object) =>
      store.transaction((tx) =>
        tx.sources.heard(
          ['src_1', 'gone'].map((sourceId) => ({ sourceId, at, taken, dropped: { ...dropped } })),
        ),
      );
    await heard(10, 2, { status: 3 });
    await heard(12, 1, { status: 1, reaction: 1 });
    await store.transaction((tx) => tx.sources.refused('src_1', { at: 11, code: 'unsigned' }));
    expect(await now()).toMatchObject({
      lastHeardAt: 12,
      taken: 3,
      dropped: { status: 4, reaction: 1 },
      lastRefused: { at: 11, code: 'unsigned' },
    });
    expect(await store.read.sources.find('gone')).toBeNull();
  });
}
