import { z } from 'zod';
import { fields, flag, record, text } from './tolerant.ts';

/** An event as WAHA posts it. */
export const eventSchema = z.object({
  event: z.string(),
  timestamp: z.unknown(),
  metadata: record,
  me: fields({ id: z.unknown(), pushName: text, lid: z.unknown() }),
  payload: z.unknown(),
});

/** What a message event is about. */
export const payloadSchema = fields({
  id: z.unknown(),
  timestamp: z.unknown(),
  from: z.unknown(),
  to: z.unknown(),
  participant: z.unknown(),
  fromMe: flag,
  source: text,
  body: text,
  hasMedia: flag,
  media: z.unknown(),
  location: z.unknown(),
  vCards: z.unknown(),
  _data: fields({
    // WEBJS, WPP
    type: text,
    notifyName: text,
    author: z.unknown(),
    sender: fields({ name: text, pushname: text }),
    // NOWEB
    key: fields({
      remoteJidAlt: text,
      senderPn: text,
      senderLid: text,
      participantAlt: text,
      participantPn: text,
      participantLid: text,
    }),
    pushName: text,
    messageStubType: z.unknown(),
    message: z.unknown(),
    // GOWS
    Info: fields({ PushName: text, SenderAlt: text, RecipientAlt: text }),
    Message: z.unknown(),
  }),
});

export type Event = z.infer<typeof eventSchema>;
export type Payload = z.infer<typeof payloadSchema>;
