import { z } from 'zod';
import type { DropReason } from './source.ts';
import { fields, text } from './tolerant.ts';

// What one message of the Cloud API holds: its type names the field that has it.

/** The fields of a message that hold content. */
export const contentFields = {
  type: text,
  text: fields({ body: text }),
  button: fields({ text }),
  interactive: fields({
    button_reply: fields({ title: text }),
    list_reply: fields({ title: text }),
  }),
};

const contentSchema = z.object(contentFields);

export type Content = { dropped: DropReason } | { text: string } | { attachment: string };

const ATTACHMENTS = [
  ...['image', 'video', 'audio', 'voice', 'document', 'sticker', 'location', 'contacts', 'order'],
  // A picture or the like that the phone did not hand over.
  'media_placeholder',
];

const DROPPED: Readonly<Record<string, DropReason>> = {
  reaction: 'reaction',
  system: 'system',
  request_welcome: 'system',
  edit: 'edited',
  revoke: 'revoked',
  errors: 'error',
};

/** What the message says, or why it is not carried; a type that is new to us counts as unsupported. */
export function contentOf(message: z.infer<typeof contentSchema>): Content {
  const { type = '', interactive } = message;
  switch (type) {
    case 'text':
      return { text: message.text.body ?? '' };
    case 'button':
      return { text: message.button.text ?? '' };
    case 'interactive':
      return { text: interactive.button_reply.title ?? interactive.list_reply.title ?? '' };
  }
  if (ATTACHMENTS.includes(type)) return { attachment: type };
  return { dropped: (Object.hasOwn(DROPPED, type) && DROPPED[type]) || 'unsupported' };
}
