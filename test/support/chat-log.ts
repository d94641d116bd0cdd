import type { Account, Chat, Webhook } from '../../src/store/rows.ts';
import type { Store } from '../../src/store/store.ts';
import { arrival, aWebhook, type MessageGiven } from './messages.ts';

/** One message of a log: when it came, and what is said of it. */
export type Entry = MessageGiven & { receivedAt: number };

export const received = (receivedAt: number, text = `at ${receivedAt}`): Entry => ({
  receivedAt,
  message: { direction: 'received', text },
});

export const sent = (receivedAt: number, text = `at ${receivedAt}`): Entry => ({
  receivedAt,
  message: { direction: 'sent', text },
});

/** Appends messages to a chat; answers the chat and its account as they are then. */
export async function appendAll(
  store: Store,
  entries: readonly Entry[],
  workspaceId = 1,
): Promise<{ chat: Chat; account: Account }> {
  const appended = await store.transaction((tx) =>
    tx.messages.append(
      entries.map(({ receivedAt, ...given }) => arrival(given, { receivedAt, workspaceId })),
    ),
  );
  const last = appended.at(-1);
  if (last?.status !== 'appended') throw new Error('The last of them was not appended');
  const found = await store.read.chats.get(workspaceId, last.chat.id);
  return found as { chat: Chat; account: Account };
}

/** Stores a webhook. */
export function addWebhook(store: Store, given: Partial<Webhook> = {}): Promise<Webhook> {
  const { id: _id, ...webhook } = aWebhook(given);
  return store.transaction((tx) => tx.webhooks.create(webhook));
}
