import type { Alias } from '../wire/canonical.ts';
import { emailFrom, Harvest, nameFrom, timeFrom } from './harvest.ts';
import { isHmac } from './hmac.ts';
import type {
  DropReason,
  Mapped,
  RefusalCode,
  Secrets,
  SourceRequest,
  WebhookSource,
} from './source.ts';
import {
  type Address,
  addressFrom,
  type MessageId,
  messageIdFrom,
  serialized,
} from './waha-address.ts';
import { type Content, contentOfProtocol, contentOfType } from './waha-content.ts';
import { type Event, eventSchema, type Payload, payloadSchema } from './waha-event.ts';

// WAHA, a gateway that one runs oneself and links like WhatsApp Web (https://waha.devlike.pro). It has four
// engines, each with a shape of its own. What they agree on is the message's id, so the chat and the direction
// are read from there; `_data` is the engine's raw data, and the only place where names and the phone of a
// hidden number may stand.

/** `message` holds what was received, `message.any` what was sent as well; whoever asks for both gets both. */
const MESSAGE_EVENTS = ['message', 'message.any'];

export const waha = {
  kind: 'waha',
  secrets: { hmac_key: 'ours' },

  verify(
    { headers, rawBody }: SourceRequest,
    { hmac_key: key }: Secrets<'hmac_key'>,
  ): RefusalCode | null {
    const given = headers['x-webhook-hmac'];
    const algorithm = headers['x-webhook-hmac-algorithm'] ?? 'sha512';
    if (!key) return 'no_secret';
    if (typeof given !== 'string') return 'unsigned';
    if (algorithm !== 'sha512') return 'other_algorithm';
    return isHmac('sha512', key, rawBody, given) ? null : 'wrong_signature';
  },

  map(body: unknown): Mapped {
    const harvest = new Harvest();
    const event = eventSchema.safeParse(body);
    if (!event.success) harvest.drop('unreadable');
    else if (!MESSAGE_EVENTS.includes(event.data.event)) harvest.drop('other_event');
    else takeMessage(harvest, event.data, payloadSchema.parse(event.data.payload));
    return harvest;
  },
} as const satisfies WebhookSource<'hmac_key'>;

function takeMessage(harvest: Harvest, event: Event, payload: Payload): void {
  const id = idOf(payload);
  const content = contentOf(payload);
  const account = phoneOf(addressFrom(event.me.id));
  const reason = !id ? 'invalid' : (notAChat(id.chat) ?? content.dropped);
  if (!id || reason) harvest.drop(reason ?? 'invalid');
  else if (!account) harvest.drop('unknown_account');
  else {
    harvest.account(account, ...ownerOf(event));
    takeChatMessage(harvest, account, event, payload, id, content.attachment);
    // Where the message cannot be taken, the rest is not believed either.
    if (harvest.dropped.invalid) harvest.items.length = 0;
  }
}

function takeChatMessage(
  harvest: Harvest,
  account: string,
  { me, timestamp }: Event,
  payload: Payload,
  id: MessageId,
  attachment: string | undefined,
): void {
  const isGroup = id.chat.server === 'g.us';
  const mine = aliasesOf([me.id, me.lid]);
  const isOwnChat = id.chat.alias !== null && mine.includes(id.chat.alias);
  const others = isGroup ? participantOf(payload, id) : peerOf(payload, id);
  const person = isOwnChat ? mine : aliasesOf(others, mine);
  const party = { full_name: id.fromMe ? '' : nameOf(payload), phone: phoneAmong(person) };
  if (isGroup) harvest.contact(account, person, '');
  harvest.message(
    {
      whatsapp_account: { phone: account },
      chat: isGroup
        ? { id: id.chat.id, is_group: true }
        : {
            id: id.chat.id,
            phone: party.phone,
            ...(party.full_name && { full_name: party.full_name }),
          },
      message: {
        message_id: id.id,
        direction: id.fromMe ? 'sent' : 'received',
        timestamp: timeFrom(payload.timestamp) || timeFrom(timestamp),
        text: payload.body ?? '',
        origin: payload.source === 'api' ? 'product' : 'phone',
        ...(attachment && { attachments: [attachment] }),
        ...(isGroup && !id.fromMe && { sender: party }),
      },
    },
    isGroup ? [] : person,
  );
}

/** An id that is the message's alone leaves the chat to the other fields. */
function idOf({ id, fromMe, from, to }: Payload): MessageId | null {
  const read = messageIdFrom(id);
  if (read) return read;
  const chat = addressFrom(fromMe ? (to ?? from) : from);
  const bare = serialized(id);
  return chat && bare && !bare.includes('_')
    ? { fromMe: fromMe ?? false, chat, id: bare, participant: null }
    : null;
}

function notAChat({ id, server }: Address): DropReason | null {
  if (id === 'status@broadcast') return 'story';
  if (server === 'newsletter') return 'channel';
  return server === 'broadcast' ? 'broadcast' : null;
}

function contentOf({ _data: raw, hasMedia, media, location, vCards }: Payload): Content {
  const told = contentOfType(raw.type) ?? contentOfProtocol(raw.message ?? raw.Message);
  if (told) return told;
  // A note such as "Ana joined" of NOWEB: a number or a name, and no message.
  if (raw.messageStubType && !raw.message) return { dropped: 'system' };
  if (hasMedia || media) return { attachment: 'media' };
  if (location) return { attachment: 'location' };
  return Array.isArray(vCards) && vCards.length > 0 ? { attachment: 'contact' } : {};
}

/** Who a direct chat is with, in every form the event has. */
function peerOf(
  { from, to, _data: { key, Info } }: Payload,
  { chat, fromMe }: MessageId,
): unknown[] {
  const known = [chat.id, key.remoteJidAlt];
  return fromMe
    ? [...known, Info.RecipientAlt, to]
    : [...known, key.senderPn, key.senderLid, Info.SenderAlt, from];
}

/** Who wrote in a group, in every form the event has. */
function participantOf(payload: Payload, { participant, fromMe }: MessageId): unknown[] {
  if (fromMe) return [];
  const { key, Info, author } = payload._data;
  const told = [payload.participant, author].filter((one) => addressFrom(one) !== null);
  return [
    // The id is believed where nothing else tells: who wrote the message may have made it up.
    ...(told.length > 0 ? told : [participant?.id]),
    ...[key.participantAlt, key.participantPn, key.participantLid, Info.SenderAlt],
  ];
}

const nameOf = ({ _data: { sender, notifyName, pushName, Info } }: Payload) =>
  nameFrom(sender.name, notifyName, pushName, Info.PushName, sender.pushname);

/** Name and e-mail of who connected the account: what the session's metadata says, else its profile. */
const ownerOf = ({ metadata, me }: Event): [string, string] => [
  nameFrom(
    ...['user.name', 'user.full_name', 'user.fullName', 'full_name', 'name'].map(
      (key) => metadata[key],
    ),
    // What WAHA says as long as it does not know.
    me.pushName === '~' ? '' : me.pushName,
  ),
  emailFrom(metadata['user.email'], metadata.email),
];

/** At most one alias of each kind: two phones in one event are two persons. */
function aliasesOf(addresses: readonly unknown[], except: readonly Alias[] = []): Alias[] {
  const aliases = addresses
    .map((address) => addressFrom(address)?.alias)
    .filter((alias) => alias != null && !except.includes(alias));
  return ['phone:', 'lid:'].flatMap(
    (kind) => aliases.find((alias) => alias?.startsWith(kind)) ?? [],
  );
}

const phoneAmong = (aliases: readonly Alias[]) =>
  aliases.find((alias) => alias.startsWith('phone:'))?.slice('phone:'.length) ?? '';

const phoneOf = (address: Address | null) => (address?.alias ? phoneAmong([address.alias]) : '');
