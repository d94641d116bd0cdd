import type { Leases, Move, Renewed, Spread } from '../leases.ts';
import { SHARDS } from '../shards.ts';
import type { Queries } from './queries.ts';

/**
 * Two tables: a dispatcher is there as long as its lease holds, and a shard is whose it says. Whoever finds
 * that a lease has lapsed deletes that dispatcher, and its shards are free. A transaction of a dispatcher
 * holds its own row (`FOR KEY SHARE`), so that nobody takes over while it writes, and writes nothing where
 * the row is gone. All times are the database's.
 */
export class PostgresLeases implements Leases {
  readonly #transaction: <Result>(work: (db: Queries) => Promise<Result>) => Promise<Result>;

  /** @param transaction waits for nobody's workspaces: a lease must not lapse for want of a lock */
  constructor(transaction: <Result>(work: (db: Queries) => Promise<Result>) => Promise<Result>) {
    this.#transaction = transaction;
  }

  renew(known: number | null, lengthMs: number, move: (spread: Spread) => Move): Promise<Renewed> {
    return this.#transaction(async (db) => {
      const id = (await extended(db, known, lengthMs)) ?? (await begun(db, lengthMs));
      await clearLapsed(db);
      const spread = await spreadOf(db, id);
      const { claim, release } = move(spread);
      const claimed = await db.rows<{ id: number }>(
        `UPDATE shard SET dispatcher_id = $1 WHERE id IN (
           SELECT id FROM shard WHERE dispatcher_id IS NULL ORDER BY random() LIMIT $2
              FOR UPDATE SKIP LOCKED)
         RETURNING id`,
        [id, claim],
      );
      return { id, shards: [...spread.mine, ...claimed.map((shard) => shard.id)], release };
    });
  }

  async free(id: number, shards: readonly number[]): Promise<void> {
    await this.#transaction((db) =>
      db.rows(
        `UPDATE shard SET dispatcher_id = NULL
          WHERE dispatcher_id = $1 AND id = ANY($2::smallint[])`,
        [id, shards],
      ),
    );
  }

  async leave(id: number): Promise<void> {
    await this.#transaction((db) => db.rows('DELETE FROM dispatcher WHERE id = $1', [id]));
  }
}

/** A renewal holds the lock of its lease as well: it, too, may stand still halfway. */
const TOLD_BY = 'pg_advisory_xact_lock_shared(hashtext(current_schema()), (-1 - id)::int)';

async function extended(db: Queries, id: number | null, lengthMs: number): Promise<number | null> {
  const [row] = await db.rows<{ id: number }>(
    `UPDATE dispatcher SET lease_until = clock_timestamp() + $2 * interval '1 millisecond'
      WHERE id = $1 RETURNING id, ${TOLD_BY}`,
    [id, lengthMs],
  );
  return row?.id ?? null;
}

async function begun(db: Queries, lengthMs: number): Promise<number> {
  const [row] = await db.rows<{ id: number }>(
    `INSERT INTO dispatcher (lease_until)
     VALUES (clock_timestamp() + $1 * interval '1 millisecond') RETURNING id, ${TOLD_BY}`,
    [lengthMs],
  );
  return (row as { id: number }).id;
}

/**
 * One whose transaction is still open is passed by, and its connections are ended: it stands still in the midst
 * of it, and its locks keep others from the same chats. So it is cleared away by whoever looks next.
 */
async function clearLapsed(db: Queries): Promise<void> {
  await db.write(
    `DELETE FROM dispatcher WHERE id IN (
       SELECT id FROM dispatcher WHERE lease_until < clock_timestamp()
        ORDER BY id FOR UPDATE SKIP LOCKED)`,
  );
  await db.write(
    `SELECT pg_terminate_backend(pid) FROM dispatcher
       JOIN pg_locks ON classid = hashtext(current_schema())::oid AND objid = (-1 - id)::int::oid
       JOIN pg_stat_activity USING (pid)
      WHERE lease_until < clock_timestamp() AND locktype = 'advisory'
        AND datname = current_database() AND usename = current_user`,
  );
}

async function spreadOf(db: Queries, id: number): Promise<Spread> {
  const [counted] = await db.rows<{ dispatchers: number }>(
    'SELECT count(*) AS dispatchers FROM dispatcher WHERE lease_until >= clock_timestamp()',
  );
  const rows = await db.rows<{ id: number }>(
    'SELECT id FROM shard WHERE dispatcher_id = $1 ORDER BY id',
    [id],
  );
  const [taken] = await db.rows<{ n: number }>(
    'SELECT count(*) AS n FROM shard WHERE dispatcher_id IS NOT NULL',
  );
  return {
    dispatchers: counted?.dispatchers ?? 1,
    mine: rows.map((shard) => shard.id),
    free: SHARDS - (taken?.n ?? 0),
  };
}
