import type { Scope } from '../store.ts';

// Who keeps out whom is settled by advisory locks that end with the transaction: one on everything, and one
// for each of 256 buckets of workspaces. They are taken in the order of their numbers before anything else
// is, so that no two transactions wait for each other. Their first number is that of the schema.

const EVERYTHING = 0;
const BUCKETS = 256;
/** Of whoever migrates. It is held by a session. */
export const MIGRATION_LOCK = -1;
/** Of whoever moves a data folder in. It is held by a session, too. */
export const MOVE_LOCK = -2;

const bucketOf = (workspaceId: number) => 1 + (workspaceId % BUCKETS);

/**
 * Of whatever is written under a lease, so that it can be told whose it is: by the number of the dispatcher.
 * They are below zero, and nobody waits for them.
 */
const leaseLock = (lease: number) => -1 - lease;

/** Of a lease: it must not lapse because somebody is alone for long. */
export const NOBODY = 'nobody';

/**
 * What a transaction asks first: it waits for whoever has to be waited for, and answers the transaction's id.
 * Its text is the same for as many workspaces, so that it is planned once.
 * @param space the first number of the locks
 * @param lease the dispatcher that must be there still, and is until the transaction ends; `lease` answers it
 */
export function turnOf(
  space: number,
  scope: Scope | typeof NOBODY | undefined,
  lease: number | null,
): { text: string; values: number[] } {
  const values: number[] = [];
  const valued = (value: number) => `$${values.push(value)}`;
  const alone = (lock: number) => `pg_advisory_xact_lock(${space}, ${valued(lock)})`;
  const shared = (lock: number) => `pg_advisory_xact_lock_shared(${space}, ${valued(lock)})`;
  const wanted: string[] = [];
  if (lease !== null) wanted.push(shared(leaseLock(lease)));
  if (!scope) wanted.push(alone(EVERYTHING));
  else if (scope !== NOBODY) {
    wanted.push(shared(EVERYTHING));
    if ('alone' in scope) wanted.push(alone(bucketOf(scope.alone)));
    else {
      const buckets = [...new Set(scope.among.map(bucketOf))].sort((a, b) => a - b);
      wanted.push(...buckets.map(shared));
    }
  }
  const held =
    lease === null
      ? 'NULL'
      : `(SELECT id FROM dispatcher WHERE id = ${valued(lease)} FOR KEY SHARE)`;
  wanted.push('pg_current_xact_id()::text AS id', `${held} AS lease`);
  return { text: `SELECT ${wanted.join(', ')}`, values };
}
