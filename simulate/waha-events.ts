import { createHmac } from 'node:crypto';
import type { Person } from './cast.ts';
import type { Happening } from './conversations.ts';

// What WAHA posts: one event a request, in the shape of the account's engine.

type Engine = 'WEBJS' | 'WPP' | 'NOWEB' | 'GOWS';

const ENGINES: Engine[] = ['GOWS', 'NOWEB', 'WEBJS', 'WPP'];

const jid = (phone: string) => `${phone}@c.us`;
const net = (phone: string) => `${phone}@s.whatsapp.net`;

/**
 * The event for what happens.
 * @param at time of day, Unix milliseconds
 * @param event `message` for the copy that who asked for both gets
 */
export function wahaEvent(
  happening: Happening,
  at: number,
  event: 'message' | 'message.any' = 'message.any',
) {
  const { account, id, kind, direction } = happening;
  const engine = ENGINES[account.index % ENGINES.length] as Engine;
  return {
    id: `evt_${event.length}${id.toLowerCase()}`,
    timestamp: at,
    event: kind === 'receipt' ? 'message.ack' : kind === 'reaction' ? 'message.reaction' : event,
    session: `account${account.index + 1}`,
    metadata: { 'user.email': account.email, 'user.name': account.name },
    me: { id: jid(account.phone), pushName: account.name, lid: `${account.lid}@lid` },
    engine,
    environment: { version: '2026.3.1', engine, tier: 'CORE' },
    payload: {
      ...ends(happening, engine),
      timestamp: engine === 'GOWS' ? Math.floor(at / 1000) : at / 1000,
      fromMe: direction === 'sent',
      source: direction === 'sent' && happening.isFromApi ? 'api' : 'app',
      body: happening.text,
      hasMedia: kind === 'attachment',
      media: null,
      ack: 2,
      _data: raw(happening, engine),
    },
  };
}

const isGroup = ({ chat }: Happening) => chat.groupId !== null;
const personId = (person: Person) => (person.isHidden ? `${person.lid}@lid` : jid(person.phone));
const chatId = ({ chat, person }: Happening) =>
  chat.groupId === null ? personId(person) : `${chat.groupId}@g.us`;

/** The id and both ends, which every engine fills in its own way. */
function ends(happening: Happening, engine: Engine) {
  const { account, direction, person } = happening;
  const isSent = direction === 'sent';
  const own = jid(account.phone);
  const chat = chatId(happening);
  const participant = isGroup(happening) ? (isSent ? own : personId(person)) : null;
  const id = `${isSent}_${chat}_${happening.id}${participant === null ? '' : `_${participant}`}`;
  const isBrowser = engine === 'WEBJS' || engine === 'WPP';
  const from = isBrowser && isSent ? own : chat;
  const to = isBrowser ? (isSent ? chat : own) : null;
  return { id, from, to, participant };
}

/** The engine's raw data: names, the phone behind a hidden number, and what hangs on the message. */
function raw(happening: Happening, engine: Engine) {
  const { direction, account, person, kind, id, text } = happening;
  const isSent = direction === 'sent';
  const name = isSent ? account.name : person.name;
  const alt = person.isHidden ? net(person.phone) : `${person.lid}@lid`;
  const message =
    kind === 'attachment' ? { imageMessage: { caption: text } } : { conversation: text };
  switch (engine) {
    case 'GOWS': {
      const alts = isSent ? { RecipientAlt: alt } : { SenderAlt: alt };
      return { Info: { ID: id, PushName: name, ...alts }, Message: message };
    }
    case 'NOWEB': {
      const alts = isGroup(happening) ? { participantAlt: alt } : { remoteJidAlt: alt };
      return { key: { id, ...alts }, pushName: name, message };
    }
    default:
      return { type: kind === 'attachment' ? 'image' : 'chat', notifyName: name };
  }
}

/** The headers that WAHA signs a body with. */
export const wahaHeaders = (body: string, key: string) => ({
  'x-webhook-hmac': createHmac('sha512', key).update(body).digest('hex'),
  'x-webhook-hmac-algorithm': 'sha512',
});
