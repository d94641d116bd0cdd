import type { Alias } from '../wire/canonical.ts';

// WhatsApp's own addresses (JIDs), as the gateways spell them: user[:device]@server.

export interface Address {
  /** In one spelling: without the device, `@c.us` for people. */
  id: string;
  server: string;
  /** What it is called in identities; null for what is no person's (a group, a channel, …). */
  alias: Alias | null;
}

const ADDRESS = /^([^@\s]{1,256}?)(?::\d+)?@([a-z.]{1,32})$/;
const PHONE = /^[1-9]\d{4,18}$/;
const LID = /^\d{1,32}$/;

/** Reads an address, given as text or as WhatsApp Web's own object; null for what is none. */
export function addressFrom(given: unknown): Address | null {
  const [, user, told] = ADDRESS.exec(serialized(given)) ?? [];
  if (!user || !told) return null;
  // Two spellings of the same: that of the phone's protocol, and that of WhatsApp Web.
  const server = told === 's.whatsapp.net' ? 'c.us' : told;
  return { id: `${user}@${server}`, server, alias: aliasOf(user, server) };
}

function aliasOf(user: string, server: string): Alias | null {
  if (server === 'c.us' && PHONE.test(user)) return `phone:+${user}`;
  if (server === 'lid' && LID.test(user)) return `lid:${user}@lid`;
  return null;
}

/** An id as text: WhatsApp Web wraps its ids into objects that carry it as `_serialized`. */
export function serialized(id: unknown): string {
  if (typeof id === 'string') return id;
  if (typeof id !== 'object' || id === null || !('_serialized' in id)) return '';
  return typeof id._serialized === 'string' ? id._serialized : '';
}

export interface MessageId {
  fromMe: boolean;
  chat: Address;
  /** The message's own id, the same whatever form the chat's takes. */
  id: string;
  participant: Address | null;
}

/**
 * The message's own id is its sender's to make up, and may hold anything. WEBJS puts `_out` or `_in` behind
 * what one writes to oneself.
 */
const MESSAGE_ID = /^(true|false)_([^_]+@[^_]+)_(.+?)(?:_(?:out|in))?(?:_([^_]+@[^_]+))?$/;

/** Reads `{fromMe}_{chatId}_{msgId}[_{participant}]`; null for anything else. */
export function messageIdFrom(given: unknown): MessageId | null {
  const [, fromMe, chatId, id, participant] = MESSAGE_ID.exec(serialized(given)) ?? [];
  const chat = addressFrom(chatId);
  if (!chat || !id) return null;
  return { fromMe: fromMe === 'true', chat, id, participant: addressFrom(participant) };
}
