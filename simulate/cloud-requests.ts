import { createHmac } from 'node:crypto';
import type { Account, Person } from './cast.ts';
import type { Happening } from './conversations.ts';

// What Meta posts: many updates a request, by number and by kind.

/** What happened, and when by the time of day (Unix milliseconds). */
export interface Dated {
  happening: Happening;
  at: number;
}

/** One request with all these updates, their order kept. */
export function cloudRequest(updates: readonly Dated[]) {
  const runs: Dated[][] = [];
  for (const update of updates) {
    const run = runs.at(-1);
    if (run?.[0] && kindOf(run[0]) === kindOf(update)) run.push(update);
    else runs.push([update]);
  }
  return {
    object: 'whatsapp_business_account',
    entry: runs.map((run) => ({ id: '102290129340398', changes: [changeOf(run)] })),
  };
}

/** The address books of the accounts, as they come when the numbers are connected. */
export const addressBooks = (cast: readonly Account[]) => ({
  object: 'whatsapp_business_account',
  entry: cast.map((account) => ({
    id: '102290129340398',
    changes: [
      {
        field: 'smb_app_state_sync',
        value: {
          ...head(account),
          state_sync: account.chats.flatMap(({ people: [person], groupId }) =>
            groupId === null && !person.isHidden ? [addressOf(person)] : [],
          ),
        },
      },
    ],
  })),
});

const addressOf = ({ name, phone }: Person) => ({
  type: 'contact',
  contact: { full_name: name, phone_number: phone },
  action: 'add',
});

const isReceipt = ({ kind }: Happening) => kind === 'receipt';

/** The API's own messages are not echoed; in the play they come from the phone as well. */
const fieldOf = (happening: Happening) =>
  happening.direction === 'sent' && !isReceipt(happening) ? 'smb_message_echoes' : 'messages';

const kindOf = ({ happening }: Dated) =>
  `${happening.account.index} ${fieldOf(happening)} ${isReceipt(happening)}`;

const head = ({ phone, index }: Account) => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: phone, phone_number_id: `1065403522429${index}` },
});

function changeOf(run: readonly Dated[]) {
  const [{ happening: first }] = run as [Dated];
  const field = fieldOf(first);
  const value = head(first.account);
  if (isReceipt(first)) return { field, value: { ...value, statuses: run.map(receiptOf) } };
  const people = new Set(run.map(({ happening }) => happening.person));
  return {
    field,
    value: {
      ...value,
      // Not in the messages' order, as nothing promises it.
      contacts: [...people].reverse().map(contactOf),
      [field === 'messages' ? 'messages' : 'message_echoes']: run.map(messageOf),
    },
  };
}

const contactOf = ({ name, phone, userId, isHidden }: Person) => ({
  profile: { name },
  ...(!isHidden && { wa_id: phone }),
  user_id: userId,
});

const wamid = (id: string) => `wamid.${Buffer.from(id).toString('base64')}`;
const seconds = (at: number) => String(Math.floor(at / 1000));

const receiptOf = ({ happening, at }: Dated) => ({
  id: wamid(happening.id),
  status: 'delivered',
  timestamp: seconds(at),
  recipient_user_id: happening.person.userId,
});

function messageOf({ happening, at }: Dated) {
  const { account, chat, direction, person, id, kind, text } = happening;
  const other = person.isHidden ? {} : { phone: person.phone };
  return {
    id: wamid(id),
    timestamp: seconds(at),
    ...(chat.groupId !== null && { group_id: chat.groupId }),
    ...(direction === 'received'
      ? { from: other.phone, from_user_id: person.userId }
      : { from: account.phone, to: other.phone, to_user_id: person.userId }),
    ...(kind === 'text' && { type: 'text', text: { body: text } }),
    ...(kind === 'attachment' && { type: 'image', image: { id, caption: text } }),
    ...(kind === 'reaction' && { type: 'reaction', reaction: { emoji: '👍' } }),
  };
}

/** The header that Meta signs a body with. */
export const cloudHeaders = (body: string, appSecret: string) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
});
