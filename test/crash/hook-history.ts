import type { Delivered, History, Hook, Span } from './history.ts';

/**
 * A server that is killed, or loses its lease, may have read an answer and not yet written down the outcome: for so long at
 * most. It is a bound for a busy machine; the tally says how long it really was.
 */
export const IN_FLIGHT_MS = 1000;

/** So long a request may be on its way to a receiver that has much to do. */
export const ON_ITS_WAY_MS = 1000;

/** What is known of one webhook. */
export interface HookHistory {
  hook: Hook;
  /** Every request, in order of arrival. */
  requests: Delivered[];
  /** The same with repeats folded: the first of each id. */
  deliveries: Delivered[];
  history: History;
}

/** What may have cost its server the outcome of a request: the kill, or the loss of its lease. */
export function breakOf({ lives }: History, { life, at }: Delivered): Span | null {
  const { killedAt = null, breaks = [] } = lives[life] ?? {};
  const all = killedAt === null ? breaks : [...breaks, { from: killedAt, to: killedAt }];
  const later = all.filter(({ to }) => to + ON_ITS_WAY_MS >= at);
  return later.length === 0 ? null : later.reduce((a, b) => (a.from < b.from ? a : b));
}

/** How long before that a request had been answered; negative where it was not. */
export function lagOf(history: History, request: Delivered): number {
  if (request.endedAt === null) return Number.NEGATIVE_INFINITY;
  return (breakOf(history, request)?.from ?? Number.POSITIVE_INFINITY) - request.endedAt;
}

export const name = ({ hook, id, texts }: Delivered) => `${hook}'s ${id} (${texts[0]})`;
