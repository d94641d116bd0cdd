import { expect, test } from '@jest/globals';
import { addWebhook } from '../../support/chat-log.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

const workspace = { name: 'Acme', ownerName: 'Olga', ownerEmail: 'olga@acme.example' };

export function workspaces(kind: StoreKind): void {
  test('are created, found, listed and given another owner', async () => {
    const store = await emptyStore(kind);
    const { id } = await store.transaction((tx) => tx.workspaces.create(workspace));
    const other = await store.transaction((tx) => tx.workspaces.create(workspace));
    const owner = { ownerName: 'Łukasz', ownerEmail: 'lukasz@acme.example' };
    await store.transaction((tx) => tx.workspaces.edit(id, owner));
    const { read } = store;
    expect(await read.workspaces.get(id)).toEqual({ id, name: 'Acme', language: 'en', ...owner });
    expect(await read.workspaces.get(other.id)).toEqual({
      ...workspace,
      id: other.id,
      language: 'en',
    });
    expect(await read.workspaces.ids()).toEqual([id, other.id]);
    expect(await read.workspaces.get(999)).toBeNull();
  });

  test('have a version that rises with every change of their webhooks, not of their health', async () => {
    const store = await emptyStore(kind);
    const { id } = await store.transaction((tx) => tx.workspaces.create(workspace));
    const version = () => store.read.workspaces.webhooksVersion(id);
    const versions = [await version()];
    const webhook = await addWebhook(store, { workspaceId: id });
    versions.push(await version());
    await store.transaction((tx) => tx.webhooks.change(webhook, { name: 'new' }));
    versions.push(await version());
    await store.transaction((tx) => tx.webhooks.saveHealth(webhook));
    expect(await version()).toBe(versions.at(-1));
    await store.transaction((tx) => tx.webhooks.remove(webhook));
    versions.push(await version());
    expect(new Set(versions).size).toBe(4);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(await store.read.workspaces.webhooksVersion(999)).toBe(0);
  });

  test('have keys, told by their hashes, oldest first', async () => {
    const store = await emptyStore(kind);
    const key = (hash: string, createdAt: number) => ({
      hash,
      workspaceId: 1,
      hint: `pk_${hash}`,
      createdAt,
      label: `for ${hash}`,
      lastUsedAt: null,
    });
    await store.transaction(async (tx) => {
      await tx.workspaces.addKey(key('b', 2));
      await tx.workspaces.addKey(key('a', 1));
      await tx.workspaces.addKey({ ...key('a', 9), hint: 'the same once more' });
    });
    expect(await store.read.workspaces.keys()).toEqual([key('a', 1), key('b', 2)]);
    const found = await store.read.workspaces.keysByHash(['b', 'none', 'a']);
    expect(found.sort((a, b) => a.createdAt - b.createdAt)).toEqual([key('a', 1), key('b', 2)]);
    await store.transaction((tx) => tx.workspaces.keyUsed('b', 77));
    expect(await store.read.workspaces.keysByHash(['b'])).toEqual([
      { ...key('b', 2), lastUsedAt: 77 },
    ]);
    await store.transaction((tx) => tx.workspaces.removeKey('b'));
    expect(await store.read.workspaces.keysByHash(['b'])).toEqual([]);
    expect(await store.read.workspaces.keysByHash([])).toEqual([]);
  });
}
