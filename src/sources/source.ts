import type { CanonicalItem } from '../wire/canonical.ts';

// What a source of messages is: something that reads a request of theirs and tells what it says in our
// words. Whose request it is, what becomes of the items and what is answered is the server's business.

/** Why something in a request is not carried. Counted, and shown with the source. */
export const DROP_REASONS = [
  /** The body is no JSON, or nothing like what this source sends. */
  'unreadable',
  /** A message without what it takes: its id, its time, its chat; or with a text beyond our limits. */
  'invalid',
  /** It does not say which WhatsApp account it is about. */
  'unknown_account',
  /** Of a kind that holds no messages: a session's status, a template's approval, … */
  'other_event',
  /** A receipt: sent, delivered, read, failed. */
  'status',
  /** A post in the "Updates" tab, gone after a day. */
  'story',
  'channel',
  'broadcast',
  'reaction',
  /** A vote, or an answer to an invitation. */
  'vote',
  /** WhatsApp's own notes within a chat: who joined, which number changed, missed calls. */
  'system',
  'edited',
  'revoked',
  /** Its content was not given to the source: of a kind it does not know, or not decrypted yet. */
  'unsupported',
  /** From before the account was connected. */
  'history',
  /** An error in a message's place. */
  'error',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];
export type Dropped = Partial<Record<DropReason, number>>;

/** What a request says. The items stand in the order in which they are to be taken in. */
export interface Mapped {
  items: CanonicalItem[];
  dropped: Dropped;
}

export interface Source {
  readonly kind: string;
  /**
   * Says in our words what a request says. Never throws: what cannot be read is counted, and one bad item
   * never spoils the others.
   * @param body the parsed JSON, or undefined where it was none
   */
  map(body: unknown): Mapped;
}

/**
 * A secret shared with the other end. `ours` is made up by us and pasted there; `theirs` is made up there and
 * given to us.
 */
type SecretOrigin = 'ours' | 'theirs';
export type Secrets<Name extends string = string> = Readonly<Partial<Record<Name, string>>>;

/** A request as it came in, before anything in it is believed. */
export interface SourceRequest {
  /** As Node gives them: names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  rawBody: Uint8Array;
}

/** Why a request is refused. Kept, and shown with the source. */
export type RefusalCode =
  /** There is no secret yet to check it by. */
  | 'no_secret'
  | 'unsigned'
  | 'other_algorithm'
  | 'wrong_signature'
  /** A GET that is no trial of the URL. */
  | 'no_handshake'
  | 'wrong_token';

export type Handshake = { challenge: string } | { refusal: RefusalCode };

/** A source that calls us at a URL of its own, and signs what it sends. */
export interface WebhookSource<Name extends string = string> extends Source {
  /** Which secrets it takes. */
  readonly secrets: Readonly<Record<Name, SecretOrigin>>;
  /** Whether the request comes from who knows the secret; null means yes. */
  verify(request: SourceRequest, secrets: Secrets<Name>): RefusalCode | null;
  /** Answers a GET that tries the URL before anything is sent to it; `challenge` is the body to answer. */
  handshake?(query: Readonly<Record<string, unknown>>, secrets: Secrets<Name>): Handshake;
}

/** The body as JSON; undefined where it is none. */
export function parseBody(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(rawBody));
  } catch {
    return undefined;
  }
}
