import type { Delivered, History, Hook } from './history.ts';

/**
 * A server that is killed may have read an answer and not yet written down the outcome: for so long at
 * most. It is a bound for a busy machine; the tally says how long it really was.
 */
export const IN_FLIGHT_MS = 1000;

/** What is known of one webhook. */
export interface HookHistory {
  hook: Hook;
  /** Every request, in order of arrival. */
  requests: Delivered[];
  /** The same with repeats folded: the first of each id. */
  deliveries: Delivered[];
  history: History;
}

/** How long before its server was killed a request had been answered; negative where it was not. */
export function lagOf({ lives }: History, { life, endedAt }: Delivered): number {
  const killedAt = lives[life]?.killedAt ?? Number.POSITIVE_INFINITY;
  return endedAt === null ? Number.NEGATIVE_INFINITY : killedAt - endedAt;
}

export const name = ({ hook, id, texts }: Delivered) => `${hook}'s ${id} (${texts[0]})`;
