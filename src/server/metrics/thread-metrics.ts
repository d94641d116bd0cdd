import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { isStoreDown } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';

/** Each look wakes the thread: a hundred a second cost an idle server more than all its own work. */
export const LOOKED_EVERY_MS = 100;
const NANOSECONDS = 1e9;
const QUANTILES = [0.5, 0.99, 1];

/**
 * Watches what both threads have: an event loop, and transactions with the store.
 * @param thread the label by which they are told apart
 * @returns what makes of a store one whose transactions are watched
 */
export function watchThread(registry: Registry, thread: string): (store: Store) => Store {
  watchEventLoop(registry, thread);
  const errors = new Counter({
    name: 'pakiet_store_errors_total',
    help: 'Transactions that failed because the database could not be written or read just then: disk full, read-only, locked. What they held was refused with 503 (main) or is tried again (dispatcher).',
    labelNames: ['thread'],
    registers: [registry],
  });
  errors.inc({ thread }, 0);
  const duration = new Histogram({
    name: 'pakiet_store_transaction_seconds',
    help: 'Time of a transaction, its wait for the other thread and its flush to the disk included.',
    labelNames: ['thread'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  duration.zero({ thread });
  return (store) => ({
    read: store.read,
    close: () => store.close(),
    transaction: async (work, scope) => {
      const end = duration.startTimer({ thread });
      try {
        return await store.transaction(work, scope);
      } catch (error) {
        if (isStoreDown(error)) errors.inc({ thread });
        throw error;
      } finally {
        end();
      }
    },
  });
}

function watchEventLoop(registry: Registry, thread: string): void {
  const lag = monitorEventLoopDelay({ resolution: LOOKED_EVERY_MS });
  lag.enable();
  new Gauge({
    name: 'pakiet_event_loop_lag_seconds',
    help: 'How late a thread came to its work since it was last asked here: the median, the slowest hundredth, the slowest.',
    labelNames: ['thread', 'quantile'],
    registers: [registry],
    collect() {
      for (const quantile of QUANTILES) {
        // What is measured is the time between two looks, which is the resolution where nothing is late.
        const late = lag.percentile(100 * quantile) / NANOSECONDS - LOOKED_EVERY_MS / 1000;
        this.set({ thread, quantile }, Math.max(0, late));
      }
      lag.reset();
    },
  });
}
