import { z } from 'zod';
import { type Harvest, nameFrom, timeFrom } from './harvest.ts';
import { anything, fields, list, text } from './tolerant.ts';
import { contentFields, contentOf } from './whatsapp-cloud-content.ts';
import {
  aliasesOf,
  Contacts,
  chatIdOf,
  joined,
  type Person,
  phoneFromDisplay,
} from './whatsapp-cloud-people.ts';

// What each kind of change of the Cloud API says. Every item is read on its own.

const changeSchema = z.object({
  field: z.string(),
  value: z.object({
    metadata: fields({ display_phone_number: text }),
    contacts: list,
    errors: list,
    messages: list,
    statuses: list,
    message_echoes: list,
    state_sync: list,
    history: list,
    user_id_update: list,
  }),
});

const messageSchema = z.object({
  id: text,
  timestamp: anything,
  from: text,
  from_user_id: text,
  to: text,
  to_user_id: text,
  group_id: text,
  ...contentFields,
  system: fields({
    type: text,
    wa_id: text,
    new_wa_id: text,
    user_id: text,
    previous_user_id: text,
  }),
});

const contactChangeSchema = z.object({
  action: text,
  contact: fields({ full_name: text, first_name: text, phone_number: text, user_id: text }),
});

const userIdChangeSchema = z.object({
  wa_id: text,
  user_id: fields({ previous: text, current: text }),
});

const chunkSchema = z.object({ threads: list, errors: list });
const threadSchema = z.object({
  id: text,
  context: fields({ wa_id: text, user_id: text, username: text }),
  messages: list,
});

type Value = z.infer<typeof changeSchema>['value'];
type Message = z.infer<typeof messageSchema>;

/** What is taken up of one change of each kind; the account is the phone number that it is about. */
const FIELDS: Readonly<Record<string, (harvest: Harvest, account: string, value: Value) => void>> =
  {
    messages: (harvest, account, { messages, contacts }) =>
      takeMessages(harvest, account, messages, contacts, 'received'),
    smb_message_echoes: (harvest, account, { message_echoes, contacts }) =>
      takeMessages(harvest, account, message_echoes, contacts, 'sent'),
    smb_app_state_sync: takeContacts,
    history: takeHistory,
    user_id_update: takeUserIds,
  };

/** Takes up what one change of a request says. */
export function takeChange(harvest: Harvest, given: unknown): void {
  const change = changeSchema.safeParse(given).data;
  if (!change) {
    harvest.drop('unreadable');
    return;
  }
  const { field, value } = change;
  const take = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (!take) {
    harvest.drop('other_event');
    return;
  }
  harvest.drop('status', value.statuses.length);
  harvest.drop('error', value.errors.length);
  const account = phoneFromDisplay(value.metadata.display_phone_number);
  if (account) take(harvest, account, value);
  else harvest.drop('unknown_account', itemsIn(value));
}

const itemsIn = (value: Value) =>
  [
    ...[value.messages, value.message_echoes, value.state_sync],
    ...[value.history, value.user_id_update],
  ].flat().length;

function takeMessages(
  harvest: Harvest,
  account: string,
  messages: readonly unknown[],
  contacts: readonly unknown[],
  direction: 'received' | 'sent',
): void {
  const people = new Contacts(contacts);
  for (const given of messages) {
    const message = messageSchema.safeParse(given).data;
    if (!message) {
      harvest.drop('invalid');
      continue;
    }
    const person =
      direction === 'received'
        ? people.person(message.from, message.from_user_id)
        : people.person(message.to, message.to_user_id);
    takeMessage(harvest, account, message, direction, person);
  }
}

function takeMessage(
  harvest: Harvest,
  account: string,
  message: Message,
  direction: 'received' | 'sent',
  person: Person,
): void {
  const content = contentOf(message);
  if ('dropped' in content) {
    if (message.type === 'system') takeIdentity(harvest, account, message);
    harvest.drop(content.dropped);
    return;
  }
  const { group_id: group } = message;
  const party = { full_name: person.name, phone: person.phone };
  if (group) harvest.contact(account, aliasesOf(person), '');
  harvest.message(
    {
      whatsapp_account: { phone: account },
      chat: group
        ? { id: group, is_group: true }
        : {
            id: chatIdOf(person),
            phone: person.phone,
            ...(person.name && { full_name: person.name }),
          },
      message: {
        message_id: message.id ?? '',
        direction,
        timestamp: timeFrom(message.timestamp),
        // An echo comes from the phone; what is sent over the API is not echoed.
        origin: 'phone',
        ...('text' in content ? { text: content.text } : { attachments: [content.attachment] }),
        ...(group && direction === 'received' && { sender: party }),
      },
    },
    group ? [] : aliasesOf(person),
  );
}

/** The kinds of notes that tell of the person who the chat is with. */
const OF_THE_PERSON = /^(user|customer)_/;

/** The note's text names ids as well, but beside a name that anyone may choose: it is not read. */
function takeIdentity(harvest: Harvest, account: string, { system, ...message }: Message): void {
  if (!OF_THE_PERSON.test(system.type ?? '')) return;
  const aliases = joined({
    waIds: [message.from, system.wa_id, system.new_wa_id],
    userIds: [message.from_user_id, system.previous_user_id, system.user_id],
  });
  if (aliases.length > 1) harvest.contact(account, aliases, '');
}

function takeUserIds(harvest: Harvest, account: string, { user_id_update: updates }: Value): void {
  for (const given of updates) {
    const update = userIdChangeSchema.safeParse(given).data;
    if (!update) {
      harvest.drop('invalid');
      continue;
    }
    const { previous, current } = update.user_id;
    harvest.contact(account, joined({ waIds: [update.wa_id], userIds: [previous, current] }), '');
  }
}

/** The address book of the phone. Who is taken out of it keeps the name that we know. */
function takeContacts(harvest: Harvest, account: string, { state_sync: changes }: Value): void {
  for (const given of changes) {
    const change = contactChangeSchema.safeParse(given).data;
    const { full_name, first_name, phone_number, user_id } = change?.contact ?? {};
    const aliases = joined({ waIds: [phoneFromDisplay(phone_number)], userIds: [user_id] });
    if (change?.action === 'remove') harvest.drop('other_event');
    else if (aliases.length === 0) harvest.drop('invalid');
    else harvest.contact(account, aliases, nameFrom(full_name, first_name));
  }
}

/** Chats from before, in pieces of any order. Their messages are never forwarded. */
function takeHistory(
  harvest: Harvest,
  account: string,
  { history, messages, contacts }: Value,
): void {
  harvest.drop('history', messages.length);
  const people = new Contacts(contacts);
  for (const given of history) {
    const chunk = chunkSchema.safeParse(given).data;
    harvest.drop('error', chunk?.errors.length ?? 0);
    if (!chunk) harvest.drop('invalid');
    for (const one of chunk?.threads ?? []) takeThread(harvest, account, people, one);
  }
}

function takeThread(harvest: Harvest, account: string, people: Contacts, given: unknown): void {
  const thread = threadSchema.safeParse(given).data;
  harvest.drop('history', thread?.messages.length ?? 0);
  const { wa_id, user_id, username } = thread?.context ?? {};
  const person = people.person(wa_id ?? thread?.id, user_id);
  const id = chatIdOf(person);
  const known = { aliases: aliasesOf(person), phone: person.phone, isGroup: false };
  if (!id) harvest.drop('invalid');
  else harvest.knownChat({ account, id, ...known, fullName: nameFrom(person.name, username) });
}
