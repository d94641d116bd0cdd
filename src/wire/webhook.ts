import { z } from 'zod';
import { directionSchema } from './payload.ts';
import { phoneSchema } from './phone.ts';
import { textSchema } from './text.ts';

/** Hours over which the messages of a chat are gathered into one bundle; 0 = don't aggregate. */
export const GRANULARITIES = [0, 1, 6, 12, 24] as const;

export const granularitySchema = z.literal(GRANULARITIES).meta({
  title: 'Aggregation granularity',
  description: '1, 6, 12 or 24: one bundle per chat every so many hours. 0: each message at once.',
});

export const chatTypeSchema = z.enum(['direct', 'group']).meta({ title: 'Chat type' });

/** Our number of a chat, as filters name it. */
export const chatIdSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'give the chat_ids that GET /chats lists');

/** Which messages a webhook wants. What is left out is not filtered by. */
export const filtersSchema = z
  .strictObject({
    whatsapp_accounts: z
      .array(phoneSchema)
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'Phone numbers of the WhatsApp accounts.' }),
    direction: directionSchema.optional(),
    chat_type: chatTypeSchema.optional(),
    chats: z
      .array(chatIdSchema)
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'The chat_ids of the chats.' }),
  })
  .meta({ title: 'Filters', description: 'Which messages are delivered. Nothing given: all.' });

/** Body of `POST /api/v1/webhooks`. */
export const newWebhookSchema = z.strictObject({
  target_url: textSchema
    .max(2048)
    .meta({ title: 'Webhook URL', description: 'Where to POST: an http or https address.' }),
  granularity_hours: granularitySchema,
  filters: filtersSchema.default({}),
  name: textSchema.trim().max(200).default('').meta({ title: 'Name' }),
  source: z.enum(['manual', 'zapier']).default('manual').meta({ title: 'Made by' }),
  concurrency: z.int().min(1).max(100).default(10).meta({
    title: 'Concurrency',
    description: 'Requests under way at once, in different chats.',
  }),
  rate_per_second: z.int().min(1).max(1000).nullable().default(null).meta({
    title: 'Rate',
    description: 'Requests started a second; null: 25 where the host is Zapier’s, else no limit.',
  }),
  zap_id: textSchema
    .min(1)
    .max(200)
    .optional()
    .meta({ title: 'Zap', description: 'The Zap’s id.' }),
  enabled: z.boolean().default(true).meta({ title: 'Webhook enabled' }),
});

/** What creating a webhook answers besides its settings; the secret signs its deliveries. */
export const createdWebhookSchema = z.object({
  id: z.string(),
  secret: z.string().meta({ description: 'Signs the deliveries (Standard Webhooks).' }),
  subscription: z.string().optional().meta({
    description: 'For a Zap: this subscription. Its unsubscription names the one that is over.',
  }),
});

/** Body of `POST /api/v1/webhooks/{id}/unsubscribe`. */
export const unsubscribeSchema = z.strictObject({
  subscription: z.string().max(200),
});

export type Granularity = z.infer<typeof granularitySchema>;
export type Filters = z.infer<typeof filtersSchema>;
export type NewWebhook = z.infer<typeof newWebhookSchema>;
/** A new webhook as a caller writes it, defaults left out. */
export type NewWebhookInput = z.input<typeof newWebhookSchema>;
