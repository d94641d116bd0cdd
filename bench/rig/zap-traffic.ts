import { lognormal } from '../../simulate/conversations.ts';
import type { Random } from '../../test/crash/random.ts';

const SECOND = 1000;
const WITHIN_TURN = 15 * SECOND;
const GOES_ON = 0.5;

/**
 * When the messages of one chat come, ascending, in milliseconds. People write in turns: within one the gaps
 * are short, between two of them long, and both are lognormal.
 * @param betweenTurns median of those gaps
 */
export function chatTimes(
  random: Random,
  from: number,
  to: number,
  betweenTurns: number,
): number[] {
  const times: number[] = [];
  let at = from + random.next() * betweenTurns;
  while (at < to) {
    times.push(Math.round(at));
    at += random.chance(GOES_ON)
      ? lognormal(random, WITHIN_TURN, 0.8)
      : lognormal(random, betweenTurns, 1.2);
  }
  return times;
}

/**
 * The fewest bundles that these messages can be sent in if none may wait longer than the window: every way
 * to end a bundle is tried, unlike where they are really cut.
 */
export function fewestBundles(times: readonly number[], window: number, most: number): number {
  /** For the first n messages. */
  const fewest = [0];
  for (let end = 1; end <= times.length; end += 1) {
    const last = times[end - 1] as number;
    let least = Number.POSITIVE_INFINITY;
    for (let start = end - 1; start >= 0 && end - start <= most; start -= 1) {
      if (last - (times[start] as number) >= window) break;
      least = Math.min(least, (fewest[start] as number) + 1);
    }
    fewest.push(least);
  }
  return fewest[times.length] as number;
}

/** Bundles, where each is what came between two strokes of the clock. */
export const clockAligned = (times: readonly number[], window: number): number =>
  new Set(times.map((at) => Math.floor(at / window))).size;
