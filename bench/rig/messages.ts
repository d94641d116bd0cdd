import type { InboundMessageInput } from '../../src/wire/inbound.ts';

/** With it a message of an intake request has some 500 bytes, and a delivered one some 900. */
const TEXT =
  'Hi! I have just looked at the two offers that you sent on Monday. The second one is what we need, but could you deliver by the 14th? If so, please send the invoice to our office.';

export const accountPhone = (account: number): string => `+97255${1_000_000 + account}`;

/** The n-th message that is handed in: chats in turn, each with its own person. */
export function messageOf(
  index: number,
  { chats, account, accounts = 1, run = '' }: Traffic,
): InboundMessageInput {
  const chat = index % chats;
  return {
    whatsapp_account: { phone: accountPhone(account ?? chat % accounts) },
    chat: {
      id: `${48_600_000_000 + chat}@c.us`,
      full_name: `Customer ${chat}`,
      phone: `+${48_600_000_000 + chat}`,
    },
    message: {
      message_id: `${run}${index}`,
      direction: 'received',
      timestamp: '2021-02-24T16:25:29Z',
      text: TEXT,
    },
  };
}

export interface Traffic {
  chats: number;
  /** Over how many accounts the chats are spread. */
  accounts?: number;
  /** The one that they are all of. */
  account?: number;
  /** Begins the messages' ids, so that those of another run are others. */
  run?: string;
}
