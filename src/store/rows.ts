import type { Direction } from '../wire/payload.ts';
import type { Filters, Granularity } from '../wire/webhook.ts';

// What the store keeps, as the rest of the program sees it. Times are Unix milliseconds.

export interface Workspace {
  id: number;
  name: string;
  ownerName: string;
  ownerEmail: string;
}

/** A connected WhatsApp account. */
export interface Account {
  id: number;
  workspaceId: number;
  phone: string;
  fullName: string;
  email: string;
  /** Messages passed by because only text is carried. */
  skippedAttachment: number;
  skippedNoText: number;
}

export interface Chat {
  id: number;
  workspaceId: number;
  accountId: number;
  /** The chat's id at its source. */
  sourceId: string;
  /** The name given by a person, else the source's. */
  fullName: string;
  phone: string;
  isGroup: boolean;
  responsibleName: string;
  responsibleEmail: string;
  createdAt: number;
  /** Seq of the latest message; 0 before the first. */
  lastSeq: number;
  /** Seq of the first message in each direction, null while there is none. */
  firstReceivedSeq: number | null;
  firstSentSeq: number | null;
}

/** One message of a chat's log. Names and phones are those given with it; "" where none was. */
export interface LoggedMessage {
  chatId: number;
  /** Place in the chat's log: 1, 2, 3 … without gaps. */
  seq: number;
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
  /** How often its Zap has subscribed; 0 for one made by hand. */
  subscription: number;
  createdAt: number;
  enabled: boolean;
  /** `unsubscribed`: the Zap it belongs to is switched off, or gone. */
  disabledReason: 'errors' | 'owner' | 'unsubscribed' | null;
  disabledAt: number | null;
  /** Bundles opened up to this time are due at once ("flush"). */
  flushedAt: number | null;
  /** Times during which messages were not for this webhook, since its Zap was off. */
  gaps: readonly Gap[];
  health: Health;
}

/** What was received after `from` and before `to`. */
export interface Gap {
  from: number;
  to: number;
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
  /** Failed attempts of the head. */
  attempts: number;
  seal: Seal | null;
}

export type ActivityAction = 'sent' | 'failed' | 'disabled' | 'enabled' | 'edited' | 'test';

export interface Activity {
  webhookId: number;
  at: number;
  action: ActivityAction;
  /** One sentence for people. */
  detail: string;
}

/** One request as it was sent and what came back: an item of the detailed log. */
export interface LoggedRequest {
  webhookId: number;
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
