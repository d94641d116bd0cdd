import { GRANULARITIES, type Granularity } from '../wire/webhook.ts';
import { countRuns } from './runs.ts';

const DAY_MS = 86_400_000;
/** Runs are given for a month of so many days; a shorter period is extrapolated to it. */
export const MONTH_DAYS = 30;

export interface Estimate {
  messages: number;
  /** The first message and the last, in milliseconds. */
  from: number;
  to: number;
  /** Days from the first message to the last, counted as begun: at least 1. */
  days: number;
  /** For each granularity the runs of a Zap in an average month of the period. */
  perMonth: { granularity: Granularity; runs: number }[];
}

/**
 * What a Zap would have run, had it been on while these chats were written.
 * @param chats of each chat when its messages came, in milliseconds, ascending
 * @returns null where there is no message
 */
export function estimateRuns(chats: readonly (readonly number[])[]): Estimate | null {
  const talks = chats.filter((times) => times.length > 0);
  if (talks.length === 0) return null;
  const from = Math.min(...talks.map((times) => times[0] as number));
  const to = Math.max(...talks.map((times) => times.at(-1) as number));
  const days = Math.floor((to - from) / DAY_MS) + 1;
  const total = (count: (times: readonly number[]) => number) =>
    talks.reduce((sum, times) => sum + count(times), 0);
  return {
    messages: total((times) => times.length),
    from,
    to,
    days,
    perMonth: GRANULARITIES.map((granularity) => ({
      granularity,
      runs: (total((times) => countRuns(times, granularity)) * MONTH_DAYS) / days,
    })),
  };
}
