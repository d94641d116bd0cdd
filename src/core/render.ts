import type { Account, Chat, LoggedMessage, Webhook } from '../store/rows.ts';
import { aggregationHtml } from '../wire/aggregation.ts';
import type {
  BundlePayload,
  ChatDetails,
  Direction,
  Message,
  SinglePayload,
  WhatsappAccount,
} from '../wire/payload.ts';
import { formatTimestamp } from '../wire/timestamp.ts';
import { isNewChat } from './filters.ts';

/** What payloads say of this installation. */
export interface Site {
  /** Where people reach the pages, without a slash at the end. */
  publicUrl: string;
  productName: string;
}

/** Everything a payload is made of. Names are those of now, not of when the message came. */
export interface Rendering {
  site: Site;
  webhook: Pick<Webhook, 'createdAt'>;
  /** The direction filter the messages were chosen by. */
  direction: Direction | null;
  chat: Chat;
  account: Account;
}

/** The body of a request that carries one message. */
export function renderSingle(context: Rendering, message: LoggedMessage): SinglePayload {
  return {
    whatsapp_account: renderAccount(context.account),
    chat: renderChat(context, message),
    message: renderMessage(context, message),
  };
}

/** The body of a request that carries a bundle. @param logged at least one message */
export function renderBundle(context: Rendering, logged: readonly LoggedMessage[]): BundlePayload {
  const first = logged[0] as LoggedMessage;
  const messages = logged.map((message) => renderMessage(context, message));
  const times = logged.map(({ timestamp }) => timestamp);
  return {
    whatsapp_account: renderAccount(context.account),
    chat: renderChat(context, first),
    messages,
    first_message_timestamp: formatTimestamp(Math.min(...times)),
    last_message_timestamp: formatTimestamp(Math.max(...times)),
    aggregation: aggregationHtml(messages, {
      permalink: `${context.site.publicUrl}/permalink/${first.uuid}/`,
      productName: context.site.productName,
    }),
  };
}

const renderAccount = (account: Account): WhatsappAccount => ({
  full_name: account.fullName,
  email: account.email,
  phone: account.phone,
});

function renderChat(
  { site, webhook, direction, chat }: Rendering,
  first: LoggedMessage,
): ChatDetails {
  return {
    full_name: chat.fullName,
    responsible_name: chat.responsibleName,
    responsible_email: chat.responsibleEmail,
    chat_url: `${site.publicUrl}/chat/${chat.id}/messages/`,
    chat_id: String(chat.id),
    is_new_chat: isNewChat(webhook, direction, chat, first.seq),
    is_group: chat.isGroup,
    phone: chat.isGroup ? '' : chat.phone,
  };
}

/** Who is who: names and phones given with the message win, else the chat's and the account's. */
export function renderMessage(
  { chat, account }: Pick<Rendering, 'chat' | 'account'>,
  message: LoggedMessage,
): Message {
  const ours = { full_name: account.fullName, phone: account.phone };
  const theirs = { full_name: chat.fullName, phone: chat.phone };
  const received = message.direction === 'received';
  const party = (fallback: typeof ours, name: string, phone: string) => ({
    full_name: name || fallback.full_name,
    phone: chat.isGroup ? '' : phone || fallback.phone,
  });
  return {
    direction: message.direction,
    timestamp: formatTimestamp(message.timestamp),
    message_id: message.uuid,
    sender: party(received ? theirs : ours, message.senderName, message.senderPhone),
    recipient: party(received ? ours : theirs, message.recipientName, message.recipientPhone),
    text: message.text,
  };
}
