import { expect, test } from '@jest/globals';
import type { Store } from '../../../src/store/store.ts';
import { addWebhook } from '../../support/chat-log.ts';
import { arrival } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

const workspace = { name: 'Acme', ownerName: 'Olga', ownerEmail: 'olga@acme.example' };

export function transactions(kind: StoreKind): void {
  const count = async (store: Store) => (await store.read.workspaces.ids()).length;

  test('what is committed is there after the store has been closed and opened', async () => {
    const place = kind.place();
    const first = await place.open();
    const { id } = await first.transaction((tx) => tx.workspaces.create(workspace));
    const webhook = await addWebhook(first);
    await first.close();
    const again = await place.open();
    expect(await again.read.workspaces.get(id)).toEqual({ id, ...workspace, language: 'en' });
    expect(await again.read.webhooks.get(1, webhook.id)).toEqual(webhook);
    await again.close();
  });

  test('what was not committed when the store was closed is gone', async () => {
    const place = kind.place();
    const first = await place.open();
    const started = Promise.withResolvers<void>();
    const cut = first.transaction(async (tx) => {
      await tx.workspaces.create(workspace);
      started.resolve();
      await new Promise((next) => setImmediate(next));
      await tx.workspaces.create(workspace);
    });
    await started.promise;
    await first.close();
    await expect(cut).rejects.toThrow();
    const again = await place.open();
    expect(await count(again)).toBe(0);
    await again.close();
  });

  test('work that throws leaves nothing behind, and the error comes out as it is', async () => {
    const store = await emptyStore(kind);
    const failed = store.transaction(async (tx) => {
      await tx.workspaces.create(workspace);
      await tx.messages.append([arrival()]);
      throw new RangeError('no');
    });
    await expect(failed).rejects.toThrow(new RangeError('no'));
    expect(await count(store)).toBe(0);
    expect(await store.read.messages.newest(1, 10)).toEqual([]);
    await store.transaction((tx) => tx.workspaces.create(workspace));
    expect(await count(store)).toBe(1);
  });

  test('nothing comes between the reads and the writes of one', async () => {
    const store = await emptyStore(kind);
    const { id } = await store.transaction((tx) =>
      tx.workspaces.create({ ...workspace, name: '' }),
    );
    const append = (letter: string) =>
      store.transaction(async (tx) => {
        const before = await tx.workspaces.get(id);
        await new Promise((next) => setImmediate(next));
        const ownerName = `${before?.ownerName}${letter}`;
        await tx.workspaces.edit(id, { ownerName, ownerEmail: '' });
      });
    await Promise.all([...'abcde'].map(append));
    const { ownerName = '' } = (await store.read.workspaces.get(id)) ?? {};
    // Which of them comes first is nobody's business.
    expect([...ownerName.slice(4)].sort().join('')).toBe('abcde');
  });

  test('others read what was there before, until it is committed', async () => {
    const store = await emptyStore(kind);
    await store.transaction(async (tx) => {
      await tx.workspaces.create(workspace);
      expect(await count(store)).toBe(0);
      expect((await tx.workspaces.ids()).length).toBe(1);
    });
    expect(await count(store)).toBe(1);
  });

  test('the reading side cannot write', async () => {
    const store = await emptyStore(kind);
    await expect(store.read.workspaces.create(workspace)).rejects.toThrow();
    await expect(store.read.messages.append([arrival()])).rejects.toThrow();
    expect(await count(store)).toBe(0);
  });
}
