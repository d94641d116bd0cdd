import pg from 'pg';
import { databaseUrl, inDatabase } from '../rig/stores.ts';
import { type Peer, runPeer } from './peer.ts';

/** pg-boss in a schema of its own, with the policy that keeps the order within a key. */
export const pgBoss: Peer = {
  name: 'pg-boss on PostgreSQL, key_strict_fifo, synchronous_commit on',
  start: async () => {
    if (!(await hasPostgres())) return null;
    const schema = `bench_pg_boss_${process.pid}`;
    return runPeer(new URL('./pg-boss-process.ts', import.meta.url), [databaseUrl(), schema], () =>
      inDatabase(`DROP SCHEMA IF EXISTS ${schema} CASCADE`),
    );
  },
};

async function hasPostgres(): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  }
}
