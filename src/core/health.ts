import type { Health } from '../store/rows.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long a webhook (or a lane) rests after its n-th error in a row; beyond the last, as the last. */
const PAUSES_MS = [
  5 * SECOND,
  15 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
] as const;

/** The specification: more than 10 consecutive errors switch a webhook off. */
export const ERRORS_TOLERATED = 10;

const JITTER = 0.2;
const LONGEST_PAUSE_MS = 8 * HOUR;
/** No pause lasts longer; one that seems to was written before the clock was set back. */
export const LONGEST_JITTERED_PAUSE_MS = LONGEST_PAUSE_MS * (1 + JITTER);

/** What became of one request, as far as the policy is concerned. Times in Unix milliseconds. */
export interface Outcome {
  ok: boolean;
  startedAt: number;
  endedAt: number;
  /** What the receiver's Retry-After asked for, in milliseconds from the end of the request. */
  retryAfterMs: number | null;
}

export const HEALTHY: Health = { consecutiveErrors: 0, lastErrorAt: null, pausedUntil: null };

/**
 * How long to rest after error n in a row, in milliseconds: the table's pause give or take 20 %, so that
 * receivers which failed together are not asked together again. A longer Retry-After, up to 8 h, wins.
 * @param random between 0 and 1
 */
export function pauseAfter(errors: number, retryAfterMs: number | null, random: number): number {
  const pause = PAUSES_MS[Math.min(errors, PAUSES_MS.length) - 1] ?? LONGEST_PAUSE_MS;
  const jittered = pause * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS)));
}

/**
 * The webhook's health after one request. An error counts only if its request began after the last
 * counted error had ended: requests under way together fail together, and that is one error, not ten.
 * Any success clears the count.
 */
export function healthAfter(health: Health, outcome: Outcome, random: number): Health {
  if (outcome.ok) return HEALTHY;
  const { lastErrorAt } = health;
  if (lastErrorAt !== null && outcome.startedAt <= lastErrorAt) return health;
  const consecutiveErrors = health.consecutiveErrors + 1;
  return {
    consecutiveErrors,
    lastErrorAt: outcome.endedAt,
    pausedUntil: outcome.endedAt + pauseAfter(consecutiveErrors, outcome.retryAfterMs, random),
  };
}

/** Whether a webhook in this state is switched off. */
export function mustDisable(health: Health): boolean {
  return health.consecutiveErrors > ERRORS_TOLERATED;
}

/** When the webhook may next be asked, at the earliest; `now` where it is not pausing. */
export function restsUntil(health: Health, now: number): number {
  const { pausedUntil } = health;
  if (pausedUntil === null || pausedUntil > now + LONGEST_JITTERED_PAUSE_MS) return now;
  return Math.max(now, pausedUntil);
}
