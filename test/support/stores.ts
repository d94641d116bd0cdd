import { afterEach } from '@jest/globals';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { tempFolder } from './temp-folder.ts';

/** Something that can be opened as a store, again and again. */
export interface StorePlace {
  open(): Promise<Store>;
}

export interface StoreKind {
  name: string;
  /** An empty place for a store of this kind. */
  place(): StorePlace;
}

/** Every kind of store there is: the contract suite runs over all of them. */
export const STORES: readonly StoreKind[] = [
  {
    name: 'SQLite',
    place() {
      const folder = tempFolder();
      return { open: () => openSqlite({ folder }) };
    },
  },
];

const opened: Store[] = [];

/** An empty store in a place of its own, closed after the test. */
export async function emptyStore(kind: StoreKind = STORES[0] as StoreKind): Promise<Store> {
  const store = await kind.place().open();
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
