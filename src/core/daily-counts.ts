import type { DayCount } from '../store/rows.ts';

export const DAY_MS = 24 * 3_600_000;

/** How many days are kept, today included. */
export const DAYS_COUNTED = 400;

/** The day, UTC, as the counters number it. */
export const dayOf = (ms: number) => Math.floor(ms / DAY_MS);

/** A day as people write it, such as 2021-02-24. */
export const dateOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** One request as it is counted. */
export interface Counted {
  webhookId: number;
  endedAt: number;
  ok: boolean;
  /** How many messages it carried. */
  messages: number;
}

/** The requests as one entry for each webhook and day. */
export function dailyCounts(requests: readonly Counted[]): DayCount[] {
  const counts = new Map<string, DayCount>();
  for (const { webhookId, endedAt, ok, messages } of requests) {
    const day = dayOf(endedAt);
    const key = `${webhookId} ${day}`;
    const count = counts.get(key) ?? { webhookId, day, succeeded: 0, failed: 0, messages: 0 };
    counts.set(key, count);
    if (ok) {
      count.succeeded += 1;
      count.messages += messages;
    } else {
      count.failed += 1;
    }
  }
  return [...counts.values()];
}
