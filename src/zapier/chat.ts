import { type Bundle, defineInputFields, type Trigger, type ZObject } from 'zapier-platform-core';
import { z as zod } from 'zod';
import { askServer } from './ask-server.ts';
import { entered } from './entered.ts';

const chatSchema = zod.object({
  chat_id: zod.string(),
  full_name: zod.string(),
  phone: zod.string(),
  is_group: zod.boolean(),
  whatsapp_account: zod.string(),
});

const pageSchema = zod.object({
  chats: zod.array(chatSchema.transform((one) => ({ id: one.chat_id, label: labelOf(one) }))),
  next_cursor: zod.string().nullable(),
});

/** `John Doe (direct, +972540000000, on account +972550000000)` */
function labelOf(one: zod.infer<typeof chatSchema>): string {
  const name = one.full_name || one.phone || `Chat ${one.chat_id}`;
  const phone = one.phone === name ? '' : one.phone;
  const type = one.is_group ? 'group' : 'direct';
  const details = [type, phone, `on account ${one.whatsapp_account}`].filter(Boolean);
  return `${name} (${details.join(', ')})`;
}

/**
 * Narrows the list of chats. It is a field because the platform (19.1) tells a dropdown's trigger nothing
 * of what a user types into the dropdown itself.
 */
export const chatSearchField = {
  key: 'chat_search',
  label: 'Find Chat',
  type: 'string',
  required: false,
  helpText:
    'Shortens the list below to the chats with these letters or digits in their name or phone number. It has no other effect: pick the chat below.',
} as const;

/** What the server takes as a search: at most 200 characters, and none that Zapier would fill in. */
function searchOf(input: Record<string, unknown>): string {
  const text = entered(input.chat_search).join(' ').replace(/[{}]+/g, ' ');
  return text.slice(0, 200).toWellFormed().trim();
}

/** The choices of the Chat field, page by page. */
async function perform(z: ZObject, bundle: Bundle) {
  const isFirstPage = !bundle.meta?.page;
  const cursor = isFirstPage ? '' : await recallCursor(z);
  if (!isFirstPage && !cursor) return [];
  const search = searchOf(bundle.inputData ?? {});
  const { chats, next_cursor } = await askServer(z, bundle, {
    path: '/chats',
    params: { ...(search && { search }), ...(cursor && { cursor }) },
    read: (answer) => pageSchema.safeParse(answer).data,
  });
  await keepCursor(z, next_cursor ?? '');
  return chats;
}

// Zapier keeps the cursor for an hour, on a server of its own. Should that fail, the chats of this page
// are still worth showing: the list merely ends here.

async function recallCursor(z: ZObject): Promise<string> {
  return z.cursor.get().then(
    (cursor) => cursor || '',
    () => '',
  );
}

async function keepCursor(z: ZObject, cursor: string): Promise<void> {
  await z.cursor.set(cursor).catch(() => null);
}

/** Not a trigger for users: it fills the dropdown of chats. */
export const chat = {
  key: 'chat',
  noun: 'Chat',
  display: {
    label: 'New Chat',
    description: 'Triggers when a chat begins.',
    hidden: true,
  },
  operation: {
    type: 'polling',
    canPaginate: true,
    // Named here too, or Zapier would not hand it over (https://github.com/zapier/zapier-platform/pull/886).
    inputFields: defineInputFields([chatSearchField]),
    perform,
    sample: {
      id: '10010001',
      label: 'John Doe (direct, +972540000000, on account +972550000000)',
    },
    outputFields: [
      { key: 'id', label: 'Chat ID', type: 'string' },
      { key: 'label', label: 'Chat Name', type: 'string' },
    ],
  },
} satisfies Trigger<'chat'>;
