import type { Direction } from '../wire/payload.ts';
import type { Filters, Granularity } from '../wire/webhook.ts';
import type { ActivityFacts, StoredError } from './facts.ts';

// What the store keeps, as the rest of the program sees it. Times are Unix milliseconds.

export interface Workspace {
  id: number;
  name: string;
  ownerName: string;
  ownerEmail: string;
  /** In which its owner is spoken to. */
  language: 'en' | 'pl';
}

/** A connected WhatsApp account. */
export interface Account {
  id: number;
  workspaceId: number;
  phone: string;
  /** Given by a person, else told by its source. */
  fullName: string;
  email: string;
  /** Messages passed by because only text is carried. */
  skippedAttachment: number;
  skippedNoText: number;
}

/**
 * A chat with one person, or of one group. Of chats that turned out to be one person's the oldest goes on;
 * the others are redirects to it: they take no more messages, and bear its names.
 */
export interface Chat {
  id: number;
  workspaceId: number;
  accountId: number;
  /** The chat's id at its source. */
  sourceId: string;
  /** The name given by a person, else the source's. */
  fullName: string;
  /** Null where nobody has given it one. */
  givenName: string | null;
  phone: string;
  isGroup: boolean;
  responsibleName: string;
  responsibleEmail: string;
  createdAt: number;
  /** Seq of the latest message; 0 before the first. */
  lastSeq: number;
  /** Seq of the first message in each direction, null while there is none; 0 where a redirect has it. */
  firstReceivedSeq: number | null;
  firstSentSeq: number | null;
  /** When its latest message came; 0 before the first. */
  lastMessageAt: number;
  /** It was there before we were, so its first message here is none of a new chat. */
  seeded: boolean;
  /** The chat that goes on in its place; null for one that goes on itself. */
  redirectTo: number | null;
}

/** One message of a chat's log. Names and phones are those given with it; "" where none was. */
export interface LoggedMessage {
  chatId: number;
  /** Place in the chat's log: 1, 2, 3 … without gaps. */
  seq: number;
  /** Place among all messages, in order of arrival whatever the clock said. */
  position: number;
  /** Its id outward; it tells its chat (message-id.ts). */
  uuid: string;
  direction: Direction;
  timestamp: number;
  receivedAt: number;
  senderName: string;
  senderPhone: string;
  recipientName: string;
  recipientPhone: string;
  /** For sent messages: written in the caller's product or on the phone. */
  origin: 'product' | 'phone';
  text: string;
}

export interface Webhook {
  id: number;
  workspaceId: number;
  name: string;
  targetUrl: string;
  granularityHours: Granularity;
  filters: Filters;
  secret: string;
  source: 'manual' | 'zapier';
  zapId: string | null;
  /** The subscription of its Zap that is in force, and when it began; "" for one made by hand. */
  subscription: string;
  subscribedAt: number | null;
  createdAt: number;
  enabled: boolean;
  /** `unsubscribed`: the Zap it belongs to is switched off, or gone. */
  disabledReason: 'errors' | 'owner' | 'unsubscribed' | null;
  disabledAt: number | null;
  /** The place in the log up to which messages had come by then. */
  disabledPosition: number | null;
  /** Bundles opened up to this time are due at once ("flush"). */
  flushedAt: number | null;
  /** Stretches of the log that are not for this webhook, since its Zap was off. */
  gaps: readonly Gap[];
  /** Requests under way at once, in different chats. */
  concurrency: number;
  /** Requests started a second; null for as many as its host bears. */
  rate: number | null;
  /** Secrets that it had, each of which signs as well until its time is up. */
  formerSecrets: readonly FormerSecret[];
  lastSuccessAt: number | null;
  health: Health;
}

interface FormerSecret {
  secret: string;
  until: number;
}

/**
 * The messages behind one place in the log up to another. Places, unlike times, keep their order when a
 * clock is set back.
 */
export interface Gap {
  after: number;
  upTo: number;
}

/** What the disable policy remembers of a webhook. */
export interface Health {
  consecutiveErrors: number;
  /** End of the last error that counted. */
  lastErrorAt: number | null;
  /** Nothing is sent before this time; after it, one delivery probes. */
  pausedUntil: number | null;
}

export type Shape = 'single' | 'bundle';

/** A head that has been written down: a retry sends these very messages in this shape. */
interface Seal {
  lastSeq: number;
  shape: Shape;
  direction: Direction | null;
}

/** The cursor of one webhook in one chat. It exists while something waits there. */
export interface Lane {
  webhookId: number;
  chatId: number;
  nextSeq: number;
  /** When the first undelivered message came. */
  openedAt: number;
  /** When the head is next to be attempted. */
  dueAt: number;
  /** Failed attempts of the head, since it was last asked to go on at once: they make its pauses. */
  attempts: number;
  blame: Blame;
  /** How its head has failed last; null where it has not. */
  error: StoredError | null;
  seal: Seal | null;
  /** Its chat is a redirect: nothing more comes in, so it waits for no window, and others wait for it. */
  draining: boolean;
}

/** How far the failures of a head speak against its payload. */
export interface Blame {
  /** Attempts that failed while other deliveries of the webhook went on to succeed. */
  attempts: number;
  /** When the first of them ended. */
  since: number | null;
  /** When the last ended, after which no other is yet known to have succeeded. */
  last: number | null;
}

/** A delivery set aside: sent again, or discarded, by hand. */
export interface Parked {
  id: number;
  webhookId: number;
  chatId: number;
  firstSeq: number;
  lastSeq: number;
  shape: Shape;
  direction: Direction | null;
  parkedAt: number;
  attempts: number;
  /** How the last of them failed. */
  error: StoredError;
}

/** What an e-mail tells of a webhook that errors have switched off, as it was then. */
export interface SwitchOff {
  name: string;
  /** Of its URL, whose path may carry a token. */
  host: string;
  source: Webhook['source'];
  zapId: string | null;
  at: number;
  /** In a row. */
  errors: number;
  lastError: StoredError;
}

/** Why an e-mail is not being sent. */
export type UnsentReason = 'smtp_not_configured' | 'no_owner_email';

/** One e-mail to the owner of a workspace. */
export interface Email {
  id: number;
  workspaceId: number;
  webhookId: number;
  /** Its RFC 5322 Message-ID, the same however often it is sent. */
  messageId: string;
  createdAt: number;
  facts: SwitchOff;
  state: 'waiting' | 'unsent' | 'sent' | 'given_up' | 'cancelled';
  /** Null unless it is unsent, or was when its webhook was enabled. */
  reason: UnsentReason | null;
  /** Failed ones. */
  attempts: number;
  dueAt: number;
  sentAt: number | null;
}

/** What is asked of a webhook's lanes. */
export type LaneAction =
  /** Close the bundles that had opened by then. */
  | { kind: 'flush'; at: number }
  /** End the pauses of heads that have failed, and begin them anew. */
  | { kind: 'resume' }
  /** Date open bundles by another granularity; `singles` were heads that might be under way. */
  | { kind: 'reschedule'; singles?: { direction: Direction | null; openedBy: number } }
  /** Leave out what had come up to this place in the log. */
  | { kind: 'start_anew'; after: number }
  /** Deliver again what came since then. */
  | { kind: 'replay'; from: number }
  /** Set the failing head of one chat aside. */
  | { kind: 'park'; chatId: number }
  /** The webhook is gone. */
  | { kind: 'remove' };

export const ACTIVITY_ACTIONS = [
  'sent',
  'failed',
  'disabled',
  'enabled',
  'edited',
  'parked',
  'replayed',
  'dropped',
  'test',
] as const;

export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number];

export interface Activity {
  webhookId: number;
  at: number;
  action: ActivityAction;
  /** The chat that it names; null where it names none. */
  chatId: number | null;
  facts: ActivityFacts;
}

/** What a webhook did on one day: requests by how they ended, and messages in those that succeeded. */
export interface DayCount {
  webhookId: number;
  /** Days since 1970-01-01, UTC. */
  day: number;
  succeeded: number;
  failed: number;
  messages: number;
}

/** Something that hands messages in at a URL of its own, and signs what it sends. */
export interface StoredSource {
  /** Part of its URL, so nobody can guess it. */
  id: string;
  workspaceId: number;
  kind: string;
  name: string;
  /** By name: those it shares with the other end. */
  secrets: Readonly<Record<string, string>>;
  /** Ones that it had, each of which is good as well until its time is up. */
  formerSecrets: readonly { secrets: Readonly<Record<string, string>>; until: number }[];
  createdAt: number;
  /** When a request of it was last let in; null before the first. */
  lastHeardAt: number | null;
  /** Messages taken from it. */
  taken: number;
  /** What of it was left out, by reason. */
  dropped: Readonly<Record<string, number>>;
  /** The last request that was not let in, and the code of why; null where none was. */
  lastRefused: { at: number; code: string } | null;
}

/** What came from a source, in one request or in several together. */
export interface HeardOf {
  sourceId: string;
  at: number;
  taken: number;
  dropped: Readonly<Record<string, number>>;
}

/** One request as it was sent and what came back: an item of the detailed log. */
export interface LoggedRequest {
  webhookId: number;
  /** The chat whose messages it carried; null for a sample. */
  chatId: number | null;
  at: string;
  duration_ms: number;
  kind: 'delivery' | 'test';
  request: { method: 'POST'; url: string; headers: Record<string, string>; body: string };
  response: {
    status: number;
    headers: Record<string, string | string[]>;
    body: string;
    /** The body went on; only its first 16 KiB were read. */
    truncated?: true;
  } | null;
  error: { code: string; message: string } | null;
}
