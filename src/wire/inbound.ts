import { z } from 'zod';
import { directionSchema } from './payload.ts';
import { optionalPhoneSchema, phoneSchema } from './phone.ts';
import { wellFormed } from './text.ts';

// What comes in: one message as a source hands it over. Parties may be left out ("who is who" fills
// them); a chat is named by the source's own id or by our chat_id.

const line = (max: number) => z.string().max(max).transform(wellFormed);
const name = line(1024).transform((text) => text.trim());

const party = z.strictObject({ full_name: name.default(''), phone: optionalPhoneSchema });

/** Milliseconds of the year 0 and of the end of the year 9999: what the wire's timestamps can say. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

const TIMESTAMP_HINT = 'Write the time as ISO 8601 with its offset, such as 2021-02-24T16:25:29Z';

/** Date.parse takes 30 February for 2 March. */
const isRealDay = (day: string) => new Date(day).getUTCDate() === Number(day.slice(8));

export const inboundTimestampSchema = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i, TIMESTAMP_HINT)
  .transform((text) =>
    isRealDay(text.slice(0, 10)) ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : NaN,
  )
  .refine((ms) => ms >= FIRST_MS && ms <= LAST_MS, TIMESTAMP_HINT);

/** One message on its way in. */
export const inboundMessageSchema = z.strictObject({
  whatsapp_account: z.strictObject({ phone: phoneSchema }).meta({ title: 'WhatsApp account' }),
  chat: z
    .strictObject({
      id: line(512).optional().meta({ description: 'The id the chat has at its source.' }),
      chat_id: z.string().max(20).optional().meta({ description: 'Our own number of the chat.' }),
      full_name: name.optional(),
      phone: optionalPhoneSchema,
      is_group: z.boolean().default(false),
    })
    .refine((chat) => Boolean(chat.id) || Boolean(chat.chat_id), {
      message: 'Name the chat by the id it has at its source, or by our chat_id',
      path: ['id'],
    }),
  message: z.strictObject({
    message_id: line(512).pipe(z.string().min(1)).meta({
      description: 'The id the message has at its source; the same one again is a duplicate.',
    }),
    direction: directionSchema,
    timestamp: inboundTimestampSchema.meta({
      description: 'ISO 8601 with offset.',
      examples: ['2021-02-24T16:25:29Z'],
    }),
    sender: party.optional(),
    recipient: party.optional(),
    text: line(65_536).default(''),
    attachments: z.array(z.unknown()).max(1000).default([]),
    origin: z.enum(['product', 'phone']).default('phone').meta({
      description:
        'For sent messages: written in your product, or in the WhatsApp app on the phone.',
    }),
  }),
});

export type InboundMessage = z.infer<typeof inboundMessageSchema>;
/** A message as a caller writes it. */
export type InboundMessageInput = z.input<typeof inboundMessageSchema>;
