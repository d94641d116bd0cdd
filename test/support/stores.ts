import { afterEach } from '@jest/globals';
import { openStore, type StoreConfig } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { emptySchema, hasPostgres } from './postgres.ts';
import { tempFolder } from './temp-folder.ts';

/** Something that can be opened as a store, again and again. */
export interface StorePlace {
  open(): Promise<Store>;
  /** What opens it, for whoever does more with it than {@link open}. */
  config(): Promise<StoreConfig>;
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
    return placeOf({ kind: 'sqlite', folder: tempFolder() });
  },
};

const POSTGRES: StoreKind = {
  name: 'PostgreSQL',
  concurrent: true,
  place() {
    return placeOf(emptySchema().then((url) => ({ kind: 'postgres', url, key: KEY })));
  },
};

function placeOf(config: StoreConfig | Promise<StoreConfig>): StorePlace {
  return { open: async () => openStore(await config), config: async () => config };
}

const KEY = new Uint8Array(32).fill(7);

/** Every kind of store there is here: the contract suite runs over all of them. */
export const STORES: readonly StoreKind[] = [SQLITE, ...(hasPostgres ? [POSTGRES] : [])];

/** The settings of a server that works on that place. */
export async function environmentOf(place: StorePlace): Promise<Record<string, string>> {
  const config = await place.config();
  if (config.kind === 'sqlite') return { PAKIET_DATA_DIR: config.folder };
  const PAKIET_SECRET_KEY = Buffer.from(config.key).toString('base64');
  return { DATABASE_URL: config.url, PAKIET_SECRET_KEY };
}

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
