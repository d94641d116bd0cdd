import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import type { Alias } from '../wire/canonical.ts';
import { nameFrom } from './harvest.ts';
import { fields, text } from './tolerant.ts';

// Who is who in the Cloud API: people have a phone number, a user id (all there is of who goes by a username),
// or both, and their names stand apart, in a list of contacts.

export interface Person {
  /** With its +, or "". */
  phone: string;
  /** "" where it is not told. */
  userId: string;
  name: string;
}

const DIGITS = /^[1-9]\d{4,18}$/;
const USER_ID = /^[\w.-]{1,128}$/;

/** A `wa_id`, which is a phone number without its +; "" for anything else. */
function phoneFromWaId(waId: string | undefined): string {
  const digits = waId?.replace(/^\+/, '') ?? '';
  return DIGITS.test(digits) ? `+${digits}` : '';
}

/** A number as Meta displays it, with or without decoration (`+1 555-078-3881`); "" where it is none. */
export function phoneFromDisplay(display: string | undefined): string {
  const international = display?.trim().replace(/^(?!\+)/, '+') ?? '';
  return phoneFromWaId(international) || (parsePhoneNumberFromString(international)?.number ?? '');
}

const userIdFrom = (given: string | undefined) => (given && USER_ID.test(given) ? given : '');

export const aliasesOf = ({ phone, userId }: Pick<Person, 'phone' | 'userId'>): Alias[] => [
  ...(phone ? ([`phone:${phone}`] as const) : []),
  ...(userId ? ([`user:${userId}`] as const) : []),
];

/** All these are the same person's. */
export const joined = (ids: { waIds: (string | undefined)[]; userIds: (string | undefined)[] }) => [
  ...new Set([
    ...ids.waIds.flatMap((id) => aliasesOf({ phone: phoneFromWaId(id), userId: '' })),
    ...ids.userIds.flatMap((id) => aliasesOf({ phone: '', userId: userIdFrom(id) })),
  ]),
];

/** The id of the chat with a person; "" where nothing tells them from others. */
export const chatIdOf = ({ phone, userId }: Person) => phone.slice(1) || userId;

const contactSchema = z.object({
  profile: fields({ name: text, username: text }),
  wa_id: text,
  user_id: text,
});

type Contact = z.infer<typeof contactSchema>;

/** The list of contacts of one change, matched by id: their order says nothing. */
export class Contacts {
  readonly #byUserId = new Map<string, Contact>();
  readonly #byWaId = new Map<string, Contact>();

  constructor(given: readonly unknown[]) {
    for (const one of given) {
      const contact = contactSchema.safeParse(one).data;
      if (contact?.user_id) this.#byUserId.set(contact.user_id, contact);
      if (contact?.wa_id) this.#byWaId.set(contact.wa_id, contact);
    }
  }

  /** The person of these ids, with what the list adds. */
  person(waId: string | undefined, userId: string | undefined): Person {
    const contact = this.#contact(waId?.replace(/^\+/, ''), userId);
    return {
      phone: phoneFromWaId(waId) || phoneFromWaId(contact?.wa_id),
      userId: userIdFrom(userId) || userIdFrom(contact?.user_id),
      name: nameFrom(contact?.profile.name, contact?.profile.username),
    };
  }

  #contact(waId: string | undefined, userId: string | undefined): Contact | undefined {
    const byUserId = userId ? this.#byUserId.get(userId) : undefined;
    if (byUserId) return byUserId;
    const byWaId = waId ? this.#byWaId.get(waId) : undefined;
    // A number that went to someone else: what is said of its new owner is not of this person.
    return byWaId?.user_id && userId && byWaId.user_id !== userId ? undefined : byWaId;
  }
}
