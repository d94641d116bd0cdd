import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openStore, type StoreConfig } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

export const STORES = ['sqlite', 'postgres'] as const;
export type StoreName = (typeof STORES)[number];

const DEFAULT_DATABASE_URL = 'postgres://postgres@127.0.0.1:5432/test';
export const databaseUrl = (): string => process.env.DATABASE_URL || DEFAULT_DATABASE_URL;

/** An empty place for a server's data, gone again when the case has ended. */
export interface Place {
  /** What tells a server that its data is there. */
  env: Record<string, string>;
  /** Opens it while no server runs on it. */
  open: () => Promise<Store>;
  remove: () => Promise<void>;
}

let made = 0;

export async function newPlace(store: StoreName): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'pakiet-bench-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const env = { PAKIET_DATA_DIR: folder };
  if (store === 'sqlite') {
    const config: StoreConfig = { kind: 'sqlite', folder };
    return { env, open: () => openStore(config), remove: async () => removeFolder() };
  }
  made += 1;
  const schema = `pakiet_bench_${process.pid}_${made}`;
  await inDatabase(`CREATE SCHEMA ${schema}`);
  const url = urlOf(schema);
  const key = randomBytes(32);
  return {
    env: { ...env, DATABASE_URL: url, PAKIET_SECRET_KEY: key.toString('base64') },
    open: () => openStore({ kind: 'postgres', url, key }),
    remove: async () => {
      await inDatabase(`DROP SCHEMA ${schema} CASCADE`);
      removeFolder();
    },
  };
}

/** The database, with everything in a schema of its own. */
function urlOf(schema: string): string {
  const url = new URL(databaseUrl());
  url.searchParams.set('options', `-c search_path=${schema}`);
  return url.href;
}

export async function inDatabase(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
