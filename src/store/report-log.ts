import type { Direction } from '../wire/payload.ts';
import type { Account, Chat } from './rows.ts';
import type { Messages } from './store.ts';

/** From then on, and before then: Unix milliseconds. */
export interface Period {
  from: number;
  to: number;
}

/** What it takes to count a message without reading it. */
export interface Arrived {
  chatId: number;
  receivedAt: number;
  /** Bytes (UTF-8) of its text, names and phones together. */
  octets: number;
}

/** How things stand with one WhatsApp account. */
export interface AccountFigures {
  accountId: number;
  /** When its latest message came to us, and when it was written; null where none is kept. */
  lastReceivedAt: number | null;
  lastTimestamp: number | null;
  messagesToday: number;
}

/**
 * The log as reports read it: over a connection of its own, as it stood when that was opened. Its calls
 * may take seconds and do not yield, so it has no place on a thread that does anything else.
 */
export interface ReportLog {
  readonly messages: Pick<Messages, 'range' | 'firstReceivedSince'>;
  /** The workspace's messages received in the period, in the order of the log, page by page. */
  arrivals(
    workspaceId: number,
    period: Period,
    direction: Direction | null,
  ): AsyncIterable<readonly Arrived[]>;
  /** Those of the chats that are the workspace's, each with its account. */
  chats(workspaceId: number, ids: readonly number[]): Promise<{ chat: Chat; account: Account }[]>;
  /** Of every account of the workspace. @param todayFrom since when messages are of today */
  accounts(workspaceId: number, todayFrom: number): Promise<AccountFigures[]>;
  close(): Promise<void>;
}
