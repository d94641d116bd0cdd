import type { AccountFigures, Period } from '../store/report-log.ts';
import type { Filters, Granularity } from '../wire/webhook.ts';
import { DAY_MS, dayOf } from './daily-counts.ts';
import type { ChatFiles, Estimated } from './estimate-files.ts';

/** What a webhook with certain filters would have made of the messages of a period. */
export interface Costs {
  messages: number;
  /** Those that had messages. */
  chats: number;
  /** Webhook calls, which are Zap runs, for each granularity: one for each message or bundle. */
  runs: { granularityHours: Granularity; runs: number }[];
  days: DayMessages[];
}

/** Messages that came on one day. */
interface DayMessages {
  /** Days since 1970-01-01, UTC. */
  day: number;
  messages: number;
}

/** An answer, and when it was asked for (Unix milliseconds): it may be shown for a minute. */
export type Computed<Answer> = Answer & { computedAt: number };

/**
 * Long reads of the log. They are made apart from all that takes messages in or delivers them.
 * Each throws {@link ReportFailedError} or {@link ReportsBusyError}.
 */
export interface Reports {
  /**
   * The calls that the messages received in the period would have made, each bundle counted that has a
   * message, as if the webhook had been there all along and nothing had come before.
   */
  costs(workspaceId: number, filters: Filters, period: Period): Promise<Computed<Costs>>;
  /** The messages of each day on which there were any, the earliest first. */
  messagesByDay(
    workspaceId: number,
    filters: Filters,
    period: Period,
  ): Promise<Computed<{ days: DayMessages[] }>>;
  /** How each account of the workspace stands. @param todayFrom when the reader's day began */
  accountFigures(
    workspaceId: number,
    todayFrom: number,
  ): Promise<Computed<{ accounts: AccountFigures[] }>>;
  /** What a Zap would have run on chats that WhatsApp has exported. Nothing of them is kept. */
  estimate(given: ChatFiles): Promise<Estimated>;
}

/** Today, UTC, and the days before it: so many days together. All day long it is the same period. */
export function lastDays(now: number, days: number): Period {
  const to = (dayOf(now) + 1) * DAY_MS;
  return { from: to - days * DAY_MS, to };
}

/** A report could not be made. */
export class ReportFailedError extends Error {
  constructor(cause: unknown) {
    super('These figures could not be counted: try again in a moment', { cause });
    this.name = 'ReportFailedError';
  }
}

/** More reports are asked for than can be made. */
export class ReportsBusyError extends Error {
  constructor() {
    super('Many figures are being counted just now: try again in a moment');
    this.name = 'ReportsBusyError';
  }
}
