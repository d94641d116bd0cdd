import type { Move, Spread } from '../store/leases.ts';
import { SHARDS } from '../store/shards.ts';

/**
 * What a dispatcher does for the shards to be spread evenly: it takes free ones up to its share, and gives
 * back what it has beyond that, from all over: the webhooks of a small installation follow each other in their
 * numbers, and so in their shards.
 */
export function evenOut({ dispatchers, mine, free }: Spread): Move {
  const share = Math.ceil(SHARDS / Math.max(1, dispatchers));
  const beyond = Math.max(0, mine.length - share);
  const given = (i: number) => Math.floor((i * beyond) / mine.length);
  return {
    claim: Math.max(0, Math.min(free, share - mine.length)),
    release: mine.filter((_, i) => given(i + 1) > given(i)),
  };
}
