import type { DatabaseRecord, LeaseEvent } from './database-record.ts';
import type { History, Holding } from './history.ts';

const SHARDS = 64;

/** Who held the webhooks, by what the database wrote down. */
export async function fleetRecord(database: DatabaseRecord): Promise<Holding[]> {
  const ids = await database.webhookIds();
  const moves = await database.shardMoves();
  return [...ids].flatMap(([hook, id]) =>
    moves
      .filter(({ shard }) => shard === id % SHARDS)
      .map(({ life, at }) => ({ hook, life, at }))
      .sort((a, b) => a.at - b.at),
  );
}

/**
 * Takes down when lives may have lost outcomes, beside when they were killed or stood still: when their lease
 * was lost, or may have lapsed by their own clock, since they gave up what was under way. What they could not
 * write down for want of the database by then goes with it.
 */
export function lostOutcomes(
  { lives, fleet }: History,
  events: readonly LeaseEvent[],
  leaseMs: number,
): void {
  for (const [life, its] of Map.groupBy(events, (event) => event.life)) {
    for (const [i, event] of its.entries()) {
      const before = its[i - 1];
      if (!before || event.what === 'begun') continue;
      const isLost = event.what === 'ended' && event.by !== life;
      if (!isLost && event.at - before.at < leaseMs / 2) continue;
      if (event.what === 'ended' && event.by === life) continue;
      const since = (fleet?.troubles ?? [])
        .filter(({ isOfDatabase }) => isOfDatabase)
        .filter(({ from, to }) => from <= event.at && to >= before.at)
        .map(({ from }) => from);
      const from = Math.min(before.at + leaseMs / 2, ...since);
      // It learns of the loss when it begins anew.
      const to = its[i + 1]?.at ?? event.at;
      lives[life]?.breaks?.push({ from, to: isLost ? Math.max(event.at, to) : event.at });
    }
  }
}
