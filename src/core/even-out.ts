import type { Move, Spread } from '../store/leases.ts';
import { SHARDS } from '../store/shards.ts';

/**
 * What a dispatcher does for the shards to be spread evenly: it takes free ones up to its share, and gives
 * back what it has beyond that.
 */
export function evenOut({ dispatchers, mine, free }: Spread): Move {
  const share = Math.ceil(SHARDS / Math.max(1, dispatchers));
  return {
    claim: Math.max(0, Math.min(free, share - mine.length)),
    release: mine.slice(share),
  };
}
