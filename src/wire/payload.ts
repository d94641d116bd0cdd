import { z } from 'zod';
import { TIMESTAMP_PATTERN } from './timestamp.ts';

// The two bodies that Pakiet POSTs. Everything else that names a field (types, Zapier's output
// fields, samples, OpenAPI) is derived from these schemas or tested against them.
// A value that is not known is "", never an absent key.

const field = (title: string, description: string) => z.string().meta({ title, description });

const timestamp = (title: string, description: string) =>
  z.string().regex(TIMESTAMP_PATTERN).meta({ title, description });

const whatsappAccountSchema = z
  .strictObject({
    full_name: field(
      'Account Owner Name',
      'Name of the teammate who connected the WhatsApp account.',
    ),
    email: field('Account Owner Email', 'E-mail of the teammate who connected the account.'),
    phone: field('Account Phone', 'Phone number of the WhatsApp account.'),
  })
  .meta({
    title: 'WhatsApp Account',
    description: 'The connected WhatsApp account the message went through.',
  });

const chatSchema = z
  .strictObject({
    full_name: field('Chat Name', 'Title of the chat: the contact’s or the group’s name.'),
    responsible_name: field('Responsible Name', 'Name of the teammate assigned to the chat.'),
    responsible_email: field('Responsible Email', 'E-mail of the teammate assigned to the chat.'),
    chat_url: field('Chat Link', 'Link that opens the conversation.'),
    chat_id: field('Chat ID', 'Number of the chat. It never changes.'),
    is_new_chat: z.boolean().meta({
      title: 'New Chat',
      description: 'True when the chat has just been created: its first message is in here.',
    }),
    is_group: z.boolean().meta({
      title: 'Group Chat',
      description: 'True for a group chat, false for a direct one.',
    }),
    phone: field('Chat Phone', 'Phone number of the contact. Empty for a group.'),
  })
  .meta({ title: 'Chat', description: 'The chat the message was sent or received in.' });

const party = (title: string, description: string) =>
  z
    .strictObject({
      full_name: field(`${title} Name`, `Name of the ${title.toLowerCase()}.`),
      phone: field(
        `${title} Phone`,
        `Phone number of the ${title.toLowerCase()}. Empty in a group.`,
      ),
    })
    .meta({ title, description });

export const directionSchema = z.enum(['received', 'sent']).meta({
  title: 'Direction',
  description: 'Whether the message was received or sent by the WhatsApp account.',
});

const messageSchema = z
  .strictObject({
    direction: directionSchema,
    timestamp: timestamp('Message Time', 'When the message was sent or received, in UTC.'),
    message_id: field('Message ID', 'Tells the message from all others. It never changes.'),
    sender: party('Sender', 'Who wrote the message.'),
    recipient: party('Recipient', 'Who the message was for.'),
    text: field('Text', 'Text of the message, as plain text.'),
  })
  .meta({ title: 'Message', description: 'One WhatsApp message.' });

/** Body of a request that carries one message ("Don't aggregate"). */
export const singlePayloadSchema = z
  .strictObject({
    whatsapp_account: whatsappAccountSchema,
    chat: chatSchema,
    message: messageSchema,
  })
  .meta({ title: 'New Message', description: 'One message, delivered at once.' });

/** Body of a request that carries a bundle: the messages of one chat over 1, 6, 12 or 24 hours. */
export const bundlePayloadSchema = z
  .strictObject({
    whatsapp_account: whatsappAccountSchema,
    chat: chatSchema,
    messages: z.array(messageSchema).min(1).meta({
      title: 'Messages',
      description: 'All messages one by one, in the order in which they came in.',
    }),
    first_message_timestamp: timestamp(
      'First Message Time',
      'When the earliest of the messages was sent or received, in UTC.',
    ),
    last_message_timestamp: timestamp(
      'Last Message Time',
      'When the latest of the messages was sent or received, in UTC.',
    ),
    aggregation: field(
      'Conversation (HTML)',
      'All messages as HTML, ready for a CRM note, with a link to the first of them.',
    ),
  })
  .meta({ title: 'New Message Batch', description: 'The messages of one chat over a period.' });

export type WhatsappAccount = z.infer<typeof whatsappAccountSchema>;
export type ChatDetails = z.infer<typeof chatSchema>;
export type Direction = z.infer<typeof directionSchema>;
export type Message = z.infer<typeof messageSchema>;
export type SinglePayload = z.infer<typeof singlePayloadSchema>;
export type BundlePayload = z.infer<typeof bundlePayloadSchema>;
