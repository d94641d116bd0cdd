import { afterEach } from '@jest/globals';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { emptySchema, hasPostgres } from './postgres.ts';
import { tempFolder } from './temp-folder.ts';

/** Something that can be opened as a store, again and again. */
export interface StorePlace {
  open(): Promise<Store>;
}

export interface StoreKind {
  name: string;
  /** Whether several transactions may be under way at once. */
  concurrent: boolean;
  /** An empty place for a store of this kind. */
  place(): StorePlace;
}

export const SQLITE: StoreKind = {
  name: 'SQLite',
  concurrent: false,
  place() {
    const folder = tempFolder();
    return { open: () => openSqlite({ folder }) };
  },
};

export const POSTGRES: StoreKind = {
  name: 'PostgreSQL',
  concurrent: true,
  place() {
    const url = emptySchema();
    return { open: async () => openPostgres({ url: await url, key: KEY }) };
  },
};

const KEY = new Uint8Array(32).fill(7);

/** Every kind of store there is here: the contract suite runs over all of them. */
export const STORES: readonly StoreKind[] = [SQLITE, ...(hasPostgres ? [POSTGRES] : [])];

const opened: Store[] = [];

/** An empty store in a place of its own, closed after the test. */
export async function emptyStore(kind = SQLITE): Promise<Store> {
  const store = await kind.place().open();
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
