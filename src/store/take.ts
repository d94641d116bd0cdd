import { keyPath, makeKey, readKey } from './key-file.ts';
import type { StoreConfig } from './open.ts';
import type { KeySource } from './postgres/installation.ts';
import { setUp } from './postgres/set-up.ts';
import { lockFolder } from './sqlite/data-folder.ts';
import { refuseMoved } from './sqlite/moved-mark.ts';
import { WriteMutex } from './sqlite/write-mutex.ts';

/** Where a program is told to keep its data. */
export interface Place {
  /** Of PostgreSQL; null for SQLite in the data folder. */
  databaseUrl: string | null;
  /** The key to the secrets, for PostgreSQL only; null for that in the data folder. */
  secretKey: Uint8Array | null;
  dataDir: string;
}

/** A place taken by one server. */
export interface TakenPlace {
  /** Makes it ready; all that is created is created here. */
  ready(): Promise<StoreConfig>;
  /** Gives it back. */
  release(): void;
}

/**
 * Takes the place for one server: SQLite is for one only, PostgreSQL for any number.
 * @throws {StoreError} where it cannot be had
 */
export function takePlace(place: Place): TakenPlace {
  const { databaseUrl, dataDir } = place;
  if (databaseUrl === null) {
    const release = lockFolder(dataDir);
    try {
      refuseMoved(dataDir);
    } catch (error) {
      release();
      throw error;
    }
    const mutexMemory = WriteMutex.memory();
    return { ready: async () => ({ kind: 'sqlite', folder: dataDir, mutexMemory }), release };
  }
  const ready = async (): Promise<StoreConfig> => {
    const key = await setUp(databaseUrl, keySourceOf(place));
    return { kind: 'postgres', url: databaseUrl, key };
  };
  return { ready, release: () => {} };
}

/** The key to the secrets in PostgreSQL: as given, or else a file of the data folder. */
export function keySourceOf({ secretKey, dataDir }: Place): KeySource {
  const path = keyPath(dataDir);
  return {
    place: secretKey ? 'PAKIET_SECRET_KEY' : path,
    find: () => (secretKey ? Buffer.from(secretKey) : readKey(path)),
    make: () => makeKey(path, 'PAKIET_SECRET_KEY, or '),
  };
}

/** The place in words, without any secret. */
export function nameOf({ databaseUrl, dataDir }: Place): string {
  if (databaseUrl === null) return dataDir;
  const { host, pathname, searchParams } = new URL(databaseUrl);
  const schema = /search_path=(\S+)/.exec(searchParams.get('options') ?? '')?.[1];
  const server = host || searchParams.get('host') || 'localhost';
  return `PostgreSQL at ${server}${pathname}${schema ? `, schema ${schema}` : ''}`;
}
