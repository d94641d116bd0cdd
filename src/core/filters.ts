import type { Account, Chat, Webhook } from '../store/rows.ts';
import type { Direction } from '../wire/payload.ts';
import type { Filters } from '../wire/webhook.ts';

/**
 * Whether a chat's messages may interest a webhook at all; direction is judged message by message. Filters
 * name chats that go on: a redirect is wanted with the one that it leads to.
 */
export function wantsChat(filters: Filters, chat: Chat, account: Account): boolean {
  if (filters.whatsapp_accounts && !filters.whatsapp_accounts.includes(account.phone)) return false;
  if (filters.chat_type && (filters.chat_type === 'group') !== chat.isGroup) return false;
  return !filters.chats || filters.chats.includes(String(chat.redirectTo ?? chat.id));
}

/** Whether a webhook wants messages of this direction. */
export function wantsDirection(filters: Filters, direction: Direction): boolean {
  return !filters.direction || filters.direction === direction;
}

/**
 * Whether a delivery of these seqs holds the first message that the webhook can get of this chat. Never
 * for a webhook made after the chat, nor for a chat seeded from history: to them it is not new.
 */
export function isNewChat(
  webhook: Pick<Webhook, 'createdAt'>,
  direction: Direction | null,
  chat: Chat,
  firstSeq: number,
): boolean {
  if (chat.seeded || webhook.createdAt > chat.createdAt) return false;
  const first =
    direction === null ? 1 : direction === 'received' ? chat.firstReceivedSeq : chat.firstSentSeq;
  return firstSeq === first;
}
