import type { Blame } from '../store/rows.ts';
import type { Attempt } from './sender.ts';

// A delivery that fails again and again while others of its webhook succeed is its payload's fault. It is
// set aside, so that its chat can go on.

const ATTEMPTS = 8;
const AT_LEAST_MS = 3_600_000;

export const BLAMELESS: Blame = { attempts: 0, since: null, last: null };

/** A receiver that is down, slow or overloaded says nothing about the payload. */
function mayBeItsFault({ response }: Pick<Attempt, 'response'>): boolean {
  return response !== null && response.status !== 429 && response.status !== 503;
}

/**
 * What is held against a head after one more failure. An attempt counts once another delivery of the
 * webhook has succeeded after it; `last` is the one of which that is not known yet.
 * @param lastSuccessAt when a delivery of the webhook last succeeded
 */
export function blameAfter(
  blame: Blame,
  attempt: Pick<Attempt, 'response'>,
  endedAt: number,
  lastSuccessAt: number | null,
): Blame {
  if (!mayBeItsFault(attempt)) return blame;
  const attempts = counted(blame, lastSuccessAt);
  return { attempts, since: attempts === 0 ? endedAt : blame.since, last: endedAt };
}

/** Whether the head is to be set aside instead of being attempted once more. */
export function mustPark(blame: Blame, lastSuccessAt: number | null, now: number): boolean {
  const { since } = blame;
  return counted(blame, lastSuccessAt) >= ATTEMPTS && since !== null && now - since >= AT_LEAST_MS;
}

function counted({ attempts, last }: Blame, lastSuccessAt: number | null): number {
  const confirmed = last !== null && lastSuccessAt !== null && lastSuccessAt > last;
  return attempts + (confirmed ? 1 : 0);
}
