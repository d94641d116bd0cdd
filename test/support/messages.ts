import { createHash } from 'node:crypto';
import { HEALTHY } from '../../src/core/health.ts';
import { BLAMELESS } from '../../src/core/parking.ts';
import type { Account, Chat, Email, Lane, LoggedMessage, Webhook } from '../../src/store/rows.ts';
import type { Arrival } from '../../src/store/store.ts';
import {
  type InboundMessage,
  type InboundMessageInput,
  inboundMessageSchema,
} from '../../src/wire/inbound.ts';

let made = 0;

/** What a test says of a message; the rest is made up, and its id is always a new one. */
export interface MessageGiven {
  account?: string;
  chat?: Partial<InboundMessageInput['chat']>;
  message?: Partial<InboundMessageInput['message']>;
}

const JOHN = '972540000000@c.us';

/** Chats with other ids are other people's, with phone numbers of their own. */
function phoneOf(id: string): string {
  if (id === JOHN) return '+972540000000';
  return `+48${parseInt(createHash('sha256').update(id).digest('hex').slice(0, 7), 16) + 100_000_000}`;
}

/** A message as a caller writes it. */
export function inboundInput({ account, chat, message }: MessageGiven = {}): InboundMessageInput {
  made += 1;
  return {
    whatsapp_account: { phone: account ?? '+972550000000' },
    chat: chat?.chat_id
      ? chat
      : { id: JOHN, full_name: 'John Doe', phone: phoneOf(chat?.id ?? JOHN), ...chat },
    message: {
      message_id: `native-${made}`,
      direction: 'received',
      timestamp: '2021-02-24T16:25:29Z',
      text: 'Hi! How are you?',
      ...message,
    },
  };
}

/** The same, as intake gets it. */
export const inbound = (given?: MessageGiven): InboundMessage =>
  inboundMessageSchema.parse(inboundInput(given));

type ArrivalGiven = Partial<Omit<Arrival, 'receivedAt'> & { receivedAt: number }>;

export function arrival(
  given?: MessageGiven,
  { receivedAt = 1000, ...rest }: ArrivalGiven = {},
): Arrival {
  return {
    workspaceId: 1,
    message: inbound(given),
    aliases: [],
    receivedAt: () => receivedAt,
    skip: null,
    ...rest,
  };
}

export const anAccount = (given: Partial<Account> = {}): Account => ({
  id: 1,
  workspaceId: 1,
  phone: '+972550000000',
  fullName: 'Jane Smith',
  email: 'jane@acme.example',
  skippedAttachment: 0,
  skippedNoText: 0,
  ...given,
});

export const aChat = (given: Partial<Chat> = {}): Chat => ({
  id: 10_000_001,
  workspaceId: 1,
  accountId: 1,
  sourceId: '972540000000@c.us',
  fullName: 'John Doe',
  givenName: null,
  phone: '+972540000000',
  isGroup: false,
  responsibleName: '',
  responsibleEmail: '',
  createdAt: 1000,
  lastSeq: 1,
  firstReceivedSeq: 1,
  firstSentSeq: null,
  lastMessageAt: 1000,
  seeded: false,
  redirectTo: null,
  ...given,
});

export const aMessage = (given: Partial<LoggedMessage> = {}): LoggedMessage => ({
  chatId: 10_000_001,
  seq: 1,
  position: 1,
  uuid: '77a28d55-5345-5435-8c72-3a7bcad8ded9',
  direction: 'received',
  timestamp: Date.UTC(2021, 1, 24, 16, 25, 29),
  receivedAt: 1000,
  senderName: '',
  senderPhone: '',
  recipientName: '',
  recipientPhone: '',
  origin: 'phone',
  text: 'Hi! How are you?',
  ...given,
});

export const aWebhook = (given: Partial<Webhook> = {}): Webhook => ({
  id: 1,
  workspaceId: 1,
  name: '',
  targetUrl: 'https://receiver.example/hook',
  granularityHours: 1,
  filters: {},
  secret: `whsec_${Buffer.from('a secret of thirty-two bytes !!!').toString('base64')}`,
  source: 'manual',
  zapId: null,
  subscription: '',
  subscribedAt: null,
  createdAt: 0,
  enabled: true,
  disabledReason: null,
  disabledAt: null,
  disabledPosition: null,
  flushedAt: null,
  gaps: [],
  concurrency: 10,
  rate: null,
  formerSecrets: [],
  lastSuccessAt: null,
  health: HEALTHY,
  ...given,
});

export const aLane = (given: Partial<Lane> = {}): Lane => ({
  webhookId: 1,
  chatId: 10_000_001,
  nextSeq: 1,
  openedAt: 1000,
  dueAt: 1000,
  attempts: 0,
  blame: BLAMELESS,
  error: null,
  seal: null,
  draining: false,
  ...given,
});

export const anEmail = (given: Partial<Email> = {}): Email => ({
  id: 1,
  workspaceId: 1,
  webhookId: 1,
  messageId: `<${crypto.randomUUID()}@pakiet.invalid>`,
  createdAt: 1000,
  facts: {
    name: 'CRM',
    host: 'receiver.example',
    source: 'manual',
    zapId: null,
    at: Date.UTC(2021, 1, 24, 16, 25),
    errors: 11,
    lastError: { code: 'status_500' },
  },
  state: 'waiting',
  reason: null,
  attempts: 0,
  dueAt: 1000,
  sentAt: null,
  ...given,
});
