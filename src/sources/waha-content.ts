import type { DropReason } from './source.ts';

// What a message holds. WAHA's own fields do not always say, so its raw data is asked as well: WEBJS and WPP
// name a type there, NOWEB and GOWS keep WhatsApp's protocol message, whose only key names its content.

/** Why it is dropped, or what hangs on it (`attachment`), or neither: text. */
export interface Content {
  dropped?: DropReason;
  attachment?: string;
}

const BROWSER_TYPES: Readonly<Record<string, Content>> = {
  ...attachments(
    ...['image', 'video', 'audio', 'ptt', 'ptv', 'document', 'sticker', 'location'],
    ...['vcard', 'multi_vcard', 'product', 'order', 'groups_v4_invite', 'event_creation'],
  ),
  ...dropped(
    'system',
    ...['e2e_notification', 'notification', 'notification_template', 'gp2', 'protocol', 'call_log'],
    ...['broadcast_notification', 'newsletter_notification', 'pinned_message', 'keep_in_chat'],
    ...['album', 'debug', 'biz_content_placeholder'],
  ),
  ...dropped('revoked', 'revoked'),
  ...dropped('reaction', 'reaction', 'reaction_enc'),
  ...dropped('vote', 'poll_update', 'event_response'),
  ...dropped('unsupported', 'ciphertext', 'unknown', 'oversized'),
};

const PROTOCOL_KEYS: Readonly<Record<string, Content>> = {
  ...attachments(
    ...['imageMessage', 'videoMessage', 'audioMessage', 'ptvMessage', 'documentMessage'],
    ...['documentWithCaptionMessage', 'stickerMessage', 'lottieStickerMessage'],
    ...['locationMessage', 'liveLocationMessage', 'contactMessage', 'contactsArrayMessage'],
    ...['productMessage', 'orderMessage', 'groupInviteMessage', 'eventMessage'],
    ...['viewOnceMessage', 'viewOnceMessageV2', 'viewOnceMessageV2Extension'],
  ),
  ...dropped(
    'system',
    'protocolMessage',
    'albumMessage',
    'keepInChatMessage',
    'pinInChatMessage',
    'call',
  ),
  ...dropped('reaction', 'reactionMessage', 'encReactionMessage'),
  ...dropped('vote', 'pollUpdateMessage', 'encEventResponseMessage'),
  ...dropped('edited', 'editedMessage', 'secretEncryptedMessage'),
  ...dropped('unsupported', 'placeholderMessage'),
};

/** Keys whose value wraps the message proper, one within the other. */
const WRAPPERS = ['ephemeralMessage', 'deviceSentMessage', 'botInvokeMessage'];
const DEEPEST_WRAPPER = 4;

/** The type that WEBJS and WPP name in the raw data. */
export const contentOfType = (type: unknown): Content | null =>
  typeof type === 'string' && Object.hasOwn(BROWSER_TYPES, type)
    ? (BROWSER_TYPES[type] as Content)
    : null;

/** The protocol message of NOWEB and GOWS. */
export function contentOfProtocol(message: unknown): Content | null {
  let within = message;
  for (let depth = 0; depth < DEEPEST_WRAPPER; depth += 1) {
    if (typeof within !== 'object' || within === null) return null;
    const given = Object.entries(within).filter(([, value]) => value);
    const [key] = given.find(([name]) => Object.hasOwn(PROTOCOL_KEYS, name)) ?? [];
    if (key !== undefined) return PROTOCOL_KEYS[key] as Content;
    const [, wrapped] = given.find(([name]) => WRAPPERS.includes(name)) ?? [];
    within = (wrapped as { message?: unknown } | undefined)?.message;
  }
  return null;
}

function attachments(...names: string[]): Record<string, Content> {
  return Object.fromEntries(names.map((attachment) => [attachment, { attachment }]));
}

function dropped(reason: DropReason, ...names: string[]): Record<string, Content> {
  return Object.fromEntries(names.map((name) => [name, { dropped: reason }]));
}
