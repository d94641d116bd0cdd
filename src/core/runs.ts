import type { Granularity } from '../wire/webhook.ts';
import { MAX_BUNDLE_MESSAGES, windowMs } from './window.ts';

/**
 * How many deliveries the messages of one chat make: as many as `cutBundle` cuts them into.
 * @param receivedAt when they were accepted, in that order, in milliseconds
 */
export function countRuns(receivedAt: readonly number[], granularity: Granularity): number {
  const window = windowMs(granularity);
  let runs = 0;
  let end = Number.NEGATIVE_INFINITY;
  let size = 0;
  for (const at of receivedAt) {
    if (at >= end || size === MAX_BUNDLE_MESSAGES) {
      runs++;
      end = at + window;
      size = 0;
    }
    size++;
  }
  return runs;
}
