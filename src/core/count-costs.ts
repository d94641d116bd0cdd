import type { Arrived, Period, ReportLog } from '../store/report-log.ts';
import type { Account, Chat } from '../store/rows.ts';
import { type Filters, GRANULARITIES } from '../wire/webhook.ts';
import { openingBytes, weightOf } from './bundle.ts';
import { type BundleBound, boundOf } from './bundle-bound.ts';
import { dayOf } from './daily-counts.ts';
import { wantsChat } from './filters.ts';
import type { Rendering, Site } from './render.ts';
import type { Costs } from './reports.ts';
import { RunCount } from './run-count.ts';
import { windowMs } from './window.ts';

const BUNDLED = GRANULARITIES.filter((granularity) => granularity > 0);
const PAGE = 500;

/** One chat's count: a few numbers, however many its messages are. */
interface Tally {
  bound: BundleBound;
  counts: RunCount[];
  /** Whether a bundle may have been full, so that its bytes have to be counted. */
  isHeavy: boolean;
}

/** What is to be counted. */
export interface CostsQuestion {
  workspaceId: number;
  filters: Filters;
  period: Period;
}

/**
 * Counts what a webhook with these filters would have made of the messages of the period. One pass over
 * the log cuts the bundles of all chats and granularities at once, by arrival and number alone: how many
 * bytes a message takes is only estimated, upwards. Chats where by that estimate a bundle might have been
 * full are read again, to be weighed.
 */
export async function countCosts(
  log: ReportLog,
  site: Site,
  { workspaceId, filters, period }: CostsQuestion,
): Promise<Costs> {
  const direction = filters.direction ?? null;
  const contextOf = (found: { chat: Chat; account: Account }): Rendering => ({
    site,
    // As if it had been there before all chats.
    webhook: { createdAt: 0 },
    direction,
    ...found,
  });
  /** By chat; null for one that is not wanted. */
  const tallies = new Map<number, Tally | null>();
  const perDay = new Map<number, number>();
  let messages = 0;
  for await (const page of log.arrivals(workspaceId, period, direction)) {
    const met = new Set(page.map(({ chatId }) => chatId).filter((id) => !tallies.has(id)));
    for (const id of met) tallies.set(id, null);
    for (const found of await log.chats(workspaceId, [...met])) {
      if (!wantsChat(filters, found.chat, found.account)) continue;
      const bound = boundOf(contextOf(found));
      tallies.set(found.chat.id, { bound, counts: newCounts(), isHeavy: false });
    }
    for (const arrived of page) {
      const tally = tallies.get(arrived.chatId);
      if (!tally) continue;
      messages += 1;
      const day = dayOf(arrived.receivedAt);
      perDay.set(day, (perDay.get(day) ?? 0) + 1);
      countRoughly(tally, arrived, period.to);
    }
  }
  const wanted = [...tallies].flatMap(([id, tally]) => (tally ? [{ id, ...tally }] : []));
  const runs = BUNDLED.map(() => 0);
  for (const { id, counts, isHeavy } of wanted) {
    const [found] = isHeavy ? await log.chats(workspaceId, [id]) : [];
    const exact = found ? await countExactly(log, contextOf(found), period) : counts;
    for (const [i, { runs: ofChat }] of exact.entries()) runs[i] = (runs[i] as number) + ofChat;
  }
  return {
    messages,
    chats: wanted.length,
    runs: GRANULARITIES.map((granularityHours) => ({
      granularityHours,
      runs: granularityHours === 0 ? messages : (runs[BUNDLED.indexOf(granularityHours)] as number),
    })),
    days: [...perDay].sort(([a], [b]) => a - b).map(([day, ofDay]) => ({ day, messages: ofDay })),
  };
}

const newCounts = () => BUNDLED.map((granularity) => new RunCount(windowMs(granularity)));

function countRoughly(tally: Tally, { receivedAt, octets }: Arrived, now: number): void {
  if (tally.isHeavy) return;
  const { bound, counts } = tally;
  const opening = () => bound.opening(octets);
  for (const count of counts) {
    const isFull = count.add(receivedAt, bound.weight(octets), opening, now);
    tally.isHeavy ||= isFull;
  }
}

/** Weighs every message of the chat, once for all granularities. */
async function countExactly(
  { messages }: ReportLog,
  context: Rendering,
  { from, to }: Period,
): Promise<RunCount[]> {
  const counts = newCounts();
  const range = { chatId: context.chat.id, fromSeq: 1, direction: context.direction };
  const first = await messages.firstReceivedSince(range, from);
  for (let next = first?.seq; next !== undefined; ) {
    const page = await messages.range({ ...range, fromSeq: next, limit: PAGE });
    for (const message of page) {
      const { receivedAt } = message;
      if (receivedAt < from || receivedAt >= to) continue;
      const weight = weightOf(context, message);
      const opening = () => openingBytes(context, message);
      for (const count of counts) count.add(receivedAt, weight, opening, to);
    }
    const last = page.at(-1);
    next = last && page.length === PAGE ? last.seq + 1 : undefined;
  }
  return counts;
}
