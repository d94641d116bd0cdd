import type { Granularity } from '../wire/webhook.ts';
import { RunCount } from './run-count.ts';
import { windowMs } from './window.ts';

/**
 * How many deliveries the messages of one chat make, as far as their times decide: as many as `cutBundle`
 * cuts them into.
 * @param receivedAt when they were accepted, in that order, in milliseconds
 */
export function countRuns(receivedAt: readonly number[], granularity: Granularity): number {
  const count = new RunCount(windowMs(granularity));
  for (const at of receivedAt) count.add(at, 0, () => 0, Number.POSITIVE_INFINITY);
  return count.runs;
}
