import { readFileSync } from 'node:fs';
import type { InboundMessageInput } from '../src/wire/inbound.ts';

interface Line {
  chat: 'john' | 'team';
  direction: 'received' | 'sent';
  at: string;
  text: string;
  from?: string;
  attachment?: string;
}

const ACCOUNT = { phone: '+48500100200' };
const CHATS = {
  john: { id: '48600100200@c.us', full_name: 'John Doe', phone: '+48600100200' },
  team: { id: '120363041234567890@g.us', full_name: 'Shop team', is_group: true },
};

/** The conversation of conversation.json as it is sent to the server. */
export function conversation(): InboundMessageInput[] {
  const file = new URL('./conversation.json', import.meta.url);
  const lines: Line[] = JSON.parse(readFileSync(file, 'utf8'));
  return lines.map(({ chat, direction, at, text, from, attachment }, i) => ({
    whatsapp_account: ACCOUNT,
    chat: CHATS[chat],
    message: {
      message_id: `demo-${i}`,
      direction,
      timestamp: `2026-05-04T${at}Z`,
      text,
      ...(from && { sender: { full_name: from } }),
      ...(attachment && { attachments: [{ name: attachment }] }),
    },
  }));
}

export const account = ACCOUNT;
