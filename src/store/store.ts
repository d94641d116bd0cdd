import type { Alias, CanonicalItem } from '../wire/canonical.ts';
import type { InboundMessage } from '../wire/inbound.ts';
import type { Direction } from '../wire/payload.ts';
import type { Filters } from '../wire/webhook.ts';
import type { Accounts } from './everyday/accounts.ts';
import type { Actions } from './everyday/actions.ts';
import type { Chats } from './everyday/chats.ts';
import type { Counters } from './everyday/counters.ts';
import type { Outbox } from './everyday/outbox.ts';
import type { ParkedDeliveries } from './everyday/parked.ts';
import type { SignIns } from './everyday/sign-ins.ts';
import type { Sources } from './everyday/sources.ts';
import type { Webhooks } from './everyday/webhooks.ts';
import type { Workspaces } from './everyday/workspaces.ts';
import type { Leases } from './leases.ts';
import type {
  Account,
  Activity,
  Chat,
  Gap,
  Lane,
  LoggedMessage,
  LoggedRequest,
  Webhook,
} from './rows.ts';
import type { Signals } from './signals.ts';

/**
 * A small durable log and cursors over it.
 *
 * Every accepted message is appended once to its chat's log and numbered there: 1, 2, 3 …, without
 * gaps, in the transaction that also recognises duplicates. A *lane* is the cursor of one webhook in
 * one chat: where it stands, since when something has been waiting, and what became of its head. There
 * are no rows per message and webhook, so ten webhooks cost ten cursors, not ten copies; and a lane that
 * has caught up is deleted, so that what is stored here is work to do.
 *
 * A transaction runs its work alone: no other writer of this program, in whatever thread or process,
 * comes between its reads and its writes. One that says which workspaces it concerns keeps out only what
 * is in its way there; see {@link Scope}.
 */
export interface Store {
  /** Reads what is committed. Its writing methods fail. */
  readonly read: Repositories;

  /**
   * Runs `work` and commits durably, or rolls back and throws. `work` must wait for nothing but the
   * repositories it is handed. It may be run again from its beginning, where others were in its way.
   * @param scope or what answers it, asked each time before the work begins: where there is one writer at a
   * time (SQLite), when it is this one's turn. Among others the work may begin before it is its turn: only what
   * the repositories answer comes after it
   * @throws {StoreUnavailableError} where the database cannot take it now
   */
  transaction<Result>(
    work: (tx: Repositories) => Promise<Result>,
    scope?: Scope | (() => Scope),
  ): Promise<Result>;

  close(): Promise<void>;
}

/** A store that several programs work on at once. */
export interface SharedStore extends Store {
  readonly leases: Leases;
  readonly signals: Signals;
  /** The store's own time, Unix milliseconds: where several machines write, it is the one that counts. */
  now(): Promise<number>;
  /**
   * The same store for whoever writes by a lease. Its transactions fail, and nothing of them is written,
   * once the lease is lost; nobody takes over while one is under way.
   * @param lease the number of the lease
   * @throws {LeaseLostError} from transactions
   */
  under(lease: number): Store;
}

export const isShared = (store: Store): store is SharedStore => 'leases' in store;

/**
 * Whom a transaction keeps out, where several programs write at once. (With SQLite there is one writer at
 * a time, whatever is said here.)
 */
export type Scope =
  /** It concerns this workspace only, and nothing else writes anything of it meanwhile. */
  | { alone: number }
  /**
   * It concerns these workspaces only, and others that say the same may write meanwhile. So it takes what
   * it must have to itself: accounts by appending to their chats, other chats and their lanes by
   * {@link Chats.hold}.
   */
  | { among: readonly number[] };

export interface Repositories {
  readonly workspaces: Workspaces;
  readonly signIns: SignIns;
  readonly sources: Sources;
  readonly accounts: Accounts;
  readonly chats: Chats;
  readonly webhooks: Webhooks;
  readonly people: People;
  readonly messages: Messages;
  readonly lanes: Lanes;
  readonly actions: Actions;
  readonly parked: ParkedDeliveries;
  readonly history: History;
  readonly outbox: Outbox;
  readonly counters: Counters;
}

/** A message about to be appended. */
export interface Arrival {
  workspaceId: number;
  message: InboundMessage;
  /** Of the person in the chat, as far as the source tells. A phone number in the message is one too. */
  aliases: readonly Alias[];
  /**
   * Answers Unix milliseconds. Asked once nobody else can append to its chat until this is committed: whoever
   * holds the chat finds all that was received before.
   */
  receivedAt: () => number;
  /** Why it is passed by: it is counted, not appended. */
  skip: 'attachment' | 'no_text' | null;
}

export type Appended =
  | {
      status: 'appended';
      chat: Chat;
      account: Account;
      seq: number;
      receivedAt: number;
      joined: Joined | null;
    }
  | { status: 'duplicate' }
  | { status: 'skipped' }
  /** The chat_id names no chat of that account. */
  | { status: 'unknown_chat' };

/** Chats that turned out to be one person's: the younger ones are redirects to the survivor now. */
export interface Joined {
  survivor: number;
  younger: number[];
}

/** What a source tells beside messages. */
export interface News {
  workspaceId: number;
  item: Exclude<CanonicalItem, { kind: 'message' }>;
  at: number;
}

/** Who is who: the aliases of the people whom an account writes with. */
export interface People {
  /** Notes names and aliases, creates chats that are known of; answers which chats turned out to be one. */
  learn(news: readonly News[]): Promise<Joined[]>;
}

/** Which messages of one chat: from a place on, in one direction or (null) both, outside of the gaps. */
export interface Range {
  chatId: number;
  fromSeq: number;
  direction: Direction | null;
  gaps?: readonly Gap[];
}

/** The first messages of a range, in order: at most `limit`, none behind `toSeq` if given. */
export type Page = Range & { toSeq?: number; limit: number };

export interface PurgeCursor {
  receivedAt: number;
  id: number;
}

/** The chats' logs. */
export interface Messages {
  /**
   * Appends in order, each to the chat of its id or of its person; creates accounts and chats on first
   * sight; answers one result an arrival.
   */
  append(arrivals: readonly Arrival[]): Promise<Appended[]>;
  range(page: Page): Promise<LoggedMessage[]>;
  /** Many at once; one answer each. */
  pages(pages: readonly Page[]): Promise<LoggedMessage[][]>;
  /** The first message of each range, null where there is none. */
  firsts(ranges: readonly Range[]): Promise<({ seq: number; receivedAt: number } | null)[]>;
  /** The first message of the range that was received no earlier than `since`. */
  firstReceivedSince(
    range: Range,
    since: number,
  ): Promise<{ seq: number; receivedAt: number } | null>;
  /** The place in the log that was given last, over all workspaces. */
  position(): Promise<number>;
  /** The place before the first message that the workspace received since then. */
  positionBefore(workspaceId: number, since: number): Promise<number>;
  /** How many there are. */
  count(range: Range & { toSeq?: number }): Promise<number>;
  /** Deletes up to `limit` of a chat; answers how many. */
  removeOfChat(chatId: number, limit: number): Promise<number>;
  /** The workspace's latest that pass the filters, newest first. */
  newest(workspaceId: number, limit: number, filters?: Filters): Promise<LoggedMessage[]>;
  byUuid(workspaceId: number, uuid: string): Promise<LoggedMessage | null>;
  /**
   * Messages of these chats together, in order of arrival: the last `limit` before a place, the first
   * `limit` after one, or else the last of all.
   */
  conversation(
    chatIds: readonly number[],
    page: { before?: number; after?: number; limit: number },
  ): Promise<LoggedMessage[]>;
  /**
   * Deletes messages received before then that neither a lane nor a parked delivery needs, of the next
   * `limit` in order of arrival; answers how far it came, or null where there are no more.
   * @param from how far it came before; null at first
   */
  purge(
    workspaceId: number,
    before: number,
    from: PurgeCursor | null,
    limit: number,
  ): Promise<PurgeCursor | null>;
  /** Deletes up to `limit` keys of duplicates from before then; answers how many. */
  forget(before: number, limit: number): Promise<number>;
}

/** A due lane with all that is needed to judge it. */
export interface DueLane {
  lane: Lane;
  chat: Chat;
  account: Account;
}

/** A lane as it is opened: nothing has been attempted yet. */
export type NewLane = Pick<Lane, 'webhookId' | 'chatId' | 'nextSeq' | 'openedAt' | 'dueAt'>;

/** Which lane. */
export type LaneKey = Pick<Lane, 'webhookId' | 'chatId'>;

/** The cursors. Of a lane `draining` is known from its chat: it is read, and never written. */
export interface Lanes {
  /** Creates the lanes that are missing; one that is open already stays as it is. */
  open(lanes: readonly NewLane[]): Promise<void>;
  get(webhookId: number, chatId: number): Promise<Lane | null>;
  /** One answer a key. */
  all(keys: readonly LaneKey[]): Promise<(Lane | null)[]>;
  save(...lanes: readonly Lane[]): Promise<void>;
  remove(...keys: readonly LaneKey[]): Promise<void>;
  ofChat(chatId: number): Promise<Lane[]>;
  removeOfChat(chatId: number): Promise<void>;
  /** Writes lanes down whether they are there or not. */
  put(...lanes: readonly Lane[]): Promise<void>;
  /**
   * Lanes due by `now` that are not held up, those of the chats in `except` left out; for a probe those with
   * the fewest attempts first, else the longest due.
   */
  due(
    webhookId: number,
    now: number,
    limit: number,
    probe: boolean,
    except: ReadonlySet<number>,
  ): Promise<DueLane[]>;
  /** When the webhook's next lane that is not held up falls due after `now`, null where none does. */
  nextDue(webhookId: number, now: number): Promise<number | null>;
  /**
   * Those of the chats whose lane is held up: a redirect to the same chat, or to this one, has a lane of
   * the webhook that comes first.
   */
  heldUp(webhookId: number, chatIds: readonly number[]): Promise<Set<number>>;
  /** Makes what is unsealed in these chats due by `now`; answers which webhooks have lanes in them. */
  hasten(chatIds: readonly number[], now: number): Promise<number[]>;
  /** For every enabled webhook of these shards that has lanes, when its first falls due. */
  schedule(shards: readonly number[]): Promise<{ webhookId: number; dueAt: number }[]>;
  /** The earliest place in the log at which a lane of the webhook stands; null where nothing waits. */
  firstPosition(webhookId: number): Promise<number | null>;
  /** How many are unsealed and fall due after then: open bundles. */
  countOpen(webhookId: number, now: number): Promise<number>;
  /** When the first of the open bundles closes; null where none is open. */
  nextClosing(webhookId: number, now: number): Promise<number | null>;
  /**
   * Those whose head has failed, in the order in which they fall due, at most `limit`. So that a webhook
   * with a million open bundles costs no more, it looks at the 10,000 lanes that fall due first.
   */
  failing(webhookId: number, limit: number): Promise<Lane[]>;
  /** In order of their chats, those behind `afterChat`, at most `limit`. */
  page(webhookId: number, afterChat: number, limit: number): Promise<Lane[]>;
  /**
   * After the clock went back: lanes that opened in the future are dated anew to `now`, and pauses that
   * would last longer than `longestPauseMs` end.
   */
  redate(now: number, longestPauseMs: number): Promise<void>;
  /** Lanes of webhooks that are switched off, opened before then. */
  frozen(openedBefore: number, limit: number): Promise<Lane[]>;
  /** Messages waiting in the lanes, counted up to `atMost`. */
  waiting(webhook: Webhook, atMost: number): Promise<number>;
}

/** What was done: two rings a webhook that never grow. */
export interface History {
  add(entries: { requests?: LoggedRequest[]; activities?: Activity[] }): Promise<void>;
  /** The 10 latest actions, newest first. */
  activities(webhookId: number): Promise<Activity[]>;
  /** Up to 100 latest requests, newest first. */
  requests(webhookId: number): Promise<LoggedRequest[]>;
  /** How many those are. */
  countRequests(webhookId: number): Promise<number>;
  /** Deletes logged requests from before then: they hold the texts of messages. */
  purge(before: number): Promise<void>;
  /** Deletes what holds texts or names of a chat. */
  forgetChat(chatId: number): Promise<void>;
  /** Removes all of a webhook's. */
  clear(webhookId: number): Promise<void>;
}
