import { z } from 'zod';
import { anything, fields, flag, record, text } from './tolerant.ts';

/** An event as WAHA posts it. */
export const eventSchema = z.object({
  event: z.string(),
  timestamp: anything,
  metadata: record,
  me: fields({ id: anything, pushName: text, lid: anything }),
  payload: anything,
});

/** What a message event is about. */
export const payloadSchema = fields({
  id: anything,
  timestamp: anything,
  from: anything,
  to: anything,
  participant: anything,
  fromMe: flag,
  source: text,
  body: text,
  hasMedia: flag,
  media: anything,
  location: anything,
  vCards: anything,
  _data: fields({
    // WEBJS, WPP
    type: text,
    notifyName: text,
    author: anything,
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
    messageStubType: anything,
    message: anything,
    // GOWS
    Info: fields({ PushName: text, SenderAlt: text, RecipientAlt: text }),
    Message: anything,
  }),
});

export type Event = z.infer<typeof eventSchema>;
export type Payload = z.infer<typeof payloadSchema>;
