import type { Lane, LoggedMessage, Webhook } from '../store/rows.ts';
import type { Granularity } from '../wire/webhook.ts';
import { BLAMELESS } from './parking.ts';

const HOUR_MS = 3_600_000;

/** The clocks of machines that share a store, put right by its own, are never so far apart. */
const CLOCKS_APART_MS = 1000;

/** A bundle holds at most so many messages; the rest is the next bundle. */
export const MAX_BUNDLE_MESSAGES = 1000;

/** Length of the period over which messages are gathered, in milliseconds; 0 = not at all. */
export const windowMs = (granularity: Granularity): number => granularity * HOUR_MS;

/**
 * When the run of messages that opened then is to be delivered: at the end of its window, or at once
 * where the owner has asked for everything up to then, or where nothing more can come in.
 * @param draining the chat is a redirect
 */
export function dueAt(
  openedAt: number,
  webhook: Pick<Webhook, 'granularityHours' | 'flushedAt'>,
  draining: boolean,
): number {
  if (draining) return openedAt;
  if (webhook.flushedAt !== null && openedAt <= webhook.flushedAt) return openedAt;
  return openedAt + windowMs(webhook.granularityHours);
}

/** A bundle being cut: when it opened, and how many messages it has so far. */
interface OpenBundle {
  openedAt: number;
  messages: number;
}

/**
 * Whether the message that comes next is of the bundle, as far as time and number go. An empty one takes
 * any.
 *
 * A message dated after `now` was received before the clock was set back, so it has waited long enough;
 * unless it is only a little after: the clocks of two machines may be so far apart.
 */
export function reachesTo(
  { openedAt, messages }: OpenBundle,
  receivedAt: number,
  window: number,
  now: number,
): boolean {
  if (messages === 0) return true;
  const isLate = receivedAt >= openedAt + window && receivedAt <= now + CLOCKS_APART_MS;
  return !isLate && messages < MAX_BUNDLE_MESSAGES;
}

/**
 * The messages of the bundle that opened then: the longest run received within the window, however late
 * it is cut. This needs the fewest bundles that any rule can need if no message is to wait longer than
 * the window (each bundle starts as late as it may and reaches as far as it may).
 * @param messages those that match, from the lane's cursor on; the first is always taken
 */
export function cutBundle(
  messages: readonly LoggedMessage[],
  openedAt: number,
  window: number,
  now: number,
): LoggedMessage[] {
  const end = messages.findIndex(
    ({ receivedAt }, i) => !reachesTo({ openedAt, messages: i }, receivedAt, window, now),
  );
  return messages.slice(0, end === -1 ? undefined : end);
}

/** The lane as it goes on behind its delivered head, or null where nothing is left to do. */
export function laneAfter(
  lane: Lane,
  next: { seq: number; receivedAt: number } | null,
  webhook: Pick<Webhook, 'granularityHours' | 'flushedAt'>,
): Lane | null {
  if (!next) return null;
  return {
    ...lane,
    nextSeq: next.seq,
    openedAt: next.receivedAt,
    dueAt: dueAt(next.receivedAt, webhook, lane.draining),
    attempts: 0,
    blame: BLAMELESS,
    error: null,
    seal: null,
  };
}
