import type { Random } from './random.ts';

/** What a life of the server may end with. */
export type Event =
  /** A request is with a receiver, or has just been answered: sealed, but not yet written down as sent. */
  | 'arrived'
  | 'answered'
  | 'bundle arrived'
  | 'bundle answered'
  /** A message is with the server, or has just got its 202. */
  | 'asked'
  | 'accepted'
  /** The clock is being moved over the end of windows: bundles are cut and sealed. */
  | 'moved'
  /** The process has been started. */
  | 'starting'
  /** All that was due is out and written down. */
  | 'quiet';

/** How a life is to end. */
export interface Plan {
  at: Event;
  /** At the so-many-th of these events. */
  count: number;
  /** So long after it; 0: within it. */
  burnsMs: number;
  /** Nothing is to come in any more by then, and nothing due to be left. */
  quietBefore: boolean;
}

const EVENTS: readonly (readonly [share: number, at: Event, upTo: number, burnsUpToMs: number])[] =
  [
    [0.14, 'arrived', 200, 2],
    [0.14, 'answered', 200, 12],
    [0.12, 'bundle arrived', 40, 2],
    [0.12, 'bundle answered', 40, 12],
    [0.1, 'asked', 30, 6],
    [0.1, 'accepted', 30, 2],
    [0.14, 'moved', 4, 40],
    [0.04, 'starting', 1, 400],
    [0.03, 'quiet', 1, 0],
  ];

export function aPlan(random: Random): Plan {
  let left = random.next();
  for (const [share, at, upTo, burnsUpToMs] of EVENTS) {
    left -= share;
    if (left >= 0) continue;
    const burnsMs = random.chance(0.4) ? 0 : random.whole(0, burnsUpToMs);
    return { at, count: random.whole(1, upTo), burnsMs, quietBefore: at === 'quiet' };
  }
  return { at: 'moved', count: 1, burnsMs: random.whole(0, 25), quietBefore: true };
}
