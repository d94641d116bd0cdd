import type { InboundMessage } from './inbound.ts';

// What every source is mapped to before the core sees it.

/**
 * One of the names that WhatsApp has for a person: a phone number (`phone:+972540000000`), a number that
 * hides it (`lid:111@lid`), a user id of the Cloud API (`user:US.1349…`). They hold within one account.
 */
export type Alias = `phone:${string}` | `lid:${string}` | `user:${string}`;

/** One thing that a source tells of. `account` is always the phone number of the connected account. */
export type CanonicalItem =
  /** A message received or sent. `message.chat.id` is the chat's id at its source. */
  | { kind: 'message'; message: InboundMessage; aliases: readonly Alias[] }
  /**
   * What is known of a person: all these aliases are theirs, and this is their name where one is given.
   * Begins no chat.
   */
  | { kind: 'contact'; account: string; aliases: readonly Alias[]; fullName?: string }
  /** A chat that was there before we were: it is not new when its first message comes. */
  | {
      kind: 'known_chat';
      account: string;
      /** The chat's id at its source. */
      id: string;
      aliases: readonly Alias[];
      fullName?: string;
      phone: string;
      isGroup: boolean;
    }
  /** Who connected the account, as far as the source knows. */
  | { kind: 'account'; account: string; fullName?: string; email?: string };
