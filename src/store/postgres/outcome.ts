import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '../errors.ts';
import type { Queries } from './queries.ts';

/** So long the outcome is asked for, as when the server is being restarted. */
const ASKED_FOR_MS = 30_000;
/** A session that has lost us ends by itself, mostly. After this it is ended. */
const ENDED_AFTER_MS = 1000;
const ASK_AGAIN_MS = 100;

/** A transaction whose COMMIT has not been answered. */
export interface Unanswered {
  /** Its id, 64 bits. */
  id: string;
  /** See {@link LIFE}. */
  life: string;
}

/**
 * Changes with every recovery from a crash, as nothing else does that everyone may see: the server resets its
 * statistics then. After one, an id that left no trace on the disk is given again, to another transaction.
 */
export const LIFE = '(SELECT stats_reset::text FROM pg_stat_wal)';

/**
 * Whether the transaction has been committed, found out over another connection.
 * @param signal gives up
 * @throws {StoreUnavailableError} where that cannot be known
 */
export async function wasCommitted(
  { id, life }: Unanswered,
  queries: Queries,
  signal: AbortSignal,
): Promise<boolean> {
  let reason: unknown = new Error('It is not known whether the transaction was committed');
  for (const began = Date.now(); Date.now() - began < ASKED_FOR_MS && !signal.aborted; ) {
    try {
      const status = await statusOf(id, life, queries);
      if (status === 'committed') return true;
      if (status === 'aborted') return false;
      if (status === 'unknown') break;
      if (Date.now() - began > ENDED_AFTER_MS) await end(id, queries);
    } catch (error) {
      if (isOfTheFuture(error)) return false;
      if (!(error instanceof StoreUnavailableError)) throw error;
      reason = error.cause;
    }
    await sleep(ASK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
  throw new StoreUnavailableError(reason);
}

type Status = 'in progress' | 'committed' | 'aborted' | 'unknown';

async function statusOf(id: string, life: string, queries: Queries): Promise<Status> {
  const { rows } = await queries.once<{ status: Status | null; life: string }>(
    `SELECT pg_xact_status($1::xid8) AS status, ${LIFE} AS life`,
    [id],
  );
  const [row] = rows;
  if (!row?.status) return 'unknown';
  if (row.life === life) return row.status;
  // A commit outlives a crash, and then its id is never given again: whoever has the id now, this one has
  // not been committed – unless the id is of a commit, be it this or another.
  return row.status === 'committed' ? 'unknown' : 'aborted';
}

async function end(id: string, queries: Queries): Promise<void> {
  await queries.once(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = $1::xid8::xid',
    [id],
  );
}

/** An id that the server has not given yet, since it was restarted. */
const isOfTheFuture = (error: unknown) => (error as { code?: unknown }).code === '22023';
