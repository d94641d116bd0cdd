import { type HookHistory, name, ON_ITS_WAY_MS } from './hook-history.ts';

/** Where several servers share a store, only the one that holds a webhook's shard sends to it. */
export function holdingFaults({ hook, requests, history }: HookHistory): string[] {
  if (!history.fleet) return [];
  const holdings = history.fleet.holdings.filter((holding) => holding.hook === hook.name);
  return requests.flatMap((request) => {
    const held = holdings.some(({ life, at }, i) => {
      const until = holdings[i + 1]?.at ?? Number.POSITIVE_INFINITY;
      return life === request.life && at <= request.at && request.at <= until + ON_ITS_WAY_MS;
    });
    return held ? [] : [`${name(request)} was sent by life ${request.life}, whose it was not`];
  });
}
