import type { Delivered, History, Holding } from './history.ts';
import { type HookHistory, name, ON_ITS_WAY_MS } from './hook-history.ts';

/** Where several servers share a store, only the one that holds a webhook's shard sends to it. */
export function holdingFaults({ hook, requests, history }: HookHistory): string[] {
  if (!history.fleet) return [];
  const holdings = history.fleet.holdings.filter((holding) => holding.hook === hook.name);
  return requests.flatMap((request) => {
    if (isHeld(holdings, request)) return [];
    const now = holdings.findLast(({ at }) => at <= request.at);
    const since = now
      ? `${Math.round(request.at - now.at)} ms after life ${now.life} had`
      : 'before';
    return [`${name(request)} was sent by life ${request.life} ${since} taken it over`];
  });
}

/**
 * A process may be stopped between its last look at the lease and the call that sends: nobody can prevent that,
 * and it is one request at most. These are the requests, by the lives that stood still.
 */
export function slippedPast({ lives, delivered, fleet }: History): Set<Delivered> {
  const slipped = new Set<Delivered>();
  for (const [life, { breaks = [] }] of lives.entries()) {
    for (const { to: wokenAt } of breaks) {
      const first = delivered.find(
        (request) =>
          request.life === life && request.at >= wokenAt && request.at <= wokenAt + ON_ITS_WAY_MS,
      );
      if (!first || !fleet) continue;
      const holdings = fleet.holdings.filter(({ hook }) => hook === first.hook);
      if (!isHeld(holdings, first)) slipped.add(first);
    }
  }
  return slipped;
}

function isHeld(holdings: readonly Holding[], request: Delivered): boolean {
  return holdings.some(({ life, at }, i) => {
    const until = holdings[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    return life === request.life && at <= request.at && request.at <= until + ON_ITS_WAY_MS;
  });
}
