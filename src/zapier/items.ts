import { z } from 'zod';
import { transcript } from '../wire/aggregation.ts';
import {
  type BundlePayload,
  bundlePayloadSchema,
  type Message,
  type SinglePayload,
  singlePayloadSchema,
} from '../wire/payload.ts';

// What a Zap is given: the wire's payload, its names unchanged, with a stable `id` and, for a batch,
// two more fields made of its messages. The order of the fields and the spelling of the times are
// settled after that, in `arranged`.

export const messageItemSchema = singlePayloadSchema.extend({
  id: z.string().meta({
    title: 'Unique ID',
    description:
      'The Message ID again, under the name that Zapier asks for. A message that comes twice has the same both times.',
  }),
});
export type MessageItem = z.infer<typeof messageItemSchema>;

export const batchItemSchema = bundlePayloadSchema.extend({
  id: z.string().meta({
    title: 'Batch ID',
    description:
      'Tells the batch from all others. A batch that comes twice has the same both times.',
  }),
  message_count: z.int().meta({
    title: 'Message Count',
    description: 'How many messages the batch holds.',
  }),
  transcript: z.string().meta({
    title: 'Conversation (Plain Text)',
    description: 'All messages as plain text, a line each.',
  }),
});
export type BatchItem = z.infer<typeof batchItemSchema>;

export function messageItem(payload: SinglePayload): MessageItem {
  return { ...payload, id: payload.message.message_id };
}

export function batchItem(payload: BundlePayload): BatchItem {
  const { messages } = payload;
  // The schema holds at least one message.
  const [first, last] = [messages[0], messages.at(-1)] as [Message, Message];
  return {
    ...payload,
    id: `${first.message_id}:${last.message_id}`,
    message_count: messages.length,
    transcript: transcript(messages),
  };
}
