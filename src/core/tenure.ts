import { LeaseLostError, StoreUnavailableError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { amongThoseOf, GroupCommit } from './group-commit.ts';
import { type Attempted, type Settled, settle } from './settle.ts';

/** Outcomes a transaction, and bytes: their requests are logged with them. */
const SETTLED_TOGETHER = 1000;
const SETTLED_TOGETHER_BYTES = 20_000_000;

/**
 * A dispatcher's time under one lease. What was begun in it is written down under that lease or not at all,
 * however long it takes: under the next one the webhook may be somebody else's, who has done the same.
 */
export interface Tenure {
  /** It refuses to write once the lease is lost. */
  readonly store: Store;
  /** Writes outcomes down in groups. @throws {LeaseLostError} the whole group is discarded */
  readonly settling: GroupCommit<Attempted, Settled>;
}

export function tenureOf(store: Store, random: () => number): Tenure {
  const settling = new GroupCommit<Attempted, Settled>(
    (take) =>
      store.transaction(
        (tx) => settle(tx, take(), random),
        () => amongThoseOf(take()),
      ),
    (error) => error instanceof StoreUnavailableError || error instanceof LeaseLostError,
    {
      maxWeight: 1,
      weigh: ({ delivery }) => 1 / SETTLED_TOGETHER + delivery.body.length / SETTLED_TOGETHER_BYTES,
      flow: ({ delivery }) => delivery.lane.webhookId,
    },
  );
  return { store, settling };
}
