import type { Alias } from '../wire/canonical.ts';
import { toChat } from './everyday/chats.ts';
import type { Account, Chat } from './rows.ts';
import type { Joined } from './store.ts';

export type ChatRow = Parameters<typeof toChat>[0];

/** What is said of the chat that something belongs to, and when. */
export interface ChatGiven {
  id?: string | undefined;
  full_name?: string | undefined;
  phone: string;
  is_group: boolean;
  aliases: readonly Alias[];
  at: number;
  /** It was there before we were. */
  seeded?: boolean;
}

/** A name of a person within an account: an alias, or a further id of their chat (`id:…`). */
export type Name = Alias | `id:${string}`;

export interface Person {
  id: number;
  chat_id: number | null;
  name: string;
}

/** Columns of a chat in which a new one begins. */
export type NewChatRow = Pick<
  ChatRow,
  | 'workspace_id'
  | 'account_id'
  | 'source_id'
  | 'source_name'
  | 'phone'
  | 'is_group'
  | 'created_at'
  | 'seeded'
>;

/**
 * The rows that identity is about: chats, the people of an account, and their names. Nobody else changes
 * those of the accounts concerned meanwhile.
 */
export interface IdentityRows {
  chatById(id: number): ChatRow;
  chatByNumber(accountId: number, id: number): ChatRow | undefined;
  chatBySourceId(accountId: number, sourceId: string): ChatRow | undefined;
  addChat(row: NewChatRow): ChatRow;
  /** Writes names, phone and who is responsible on the chat, and on those redirected to it. */
  saveNames(row: ChatRow): void;
  /** Writes down since when it has been heard in each direction, and when last. */
  saveHeard(row: ChatRow): void;
  /** These chats, and those that are redirected to them, are redirects to that one. */
  redirect(ids: readonly number[], to: number): void;
  /** Those who have any of the names, each with how many of them. */
  people(accountId: number, names: readonly Name[]): (Person & { names: number })[];
  personOf(chatId: number): Person | undefined;
  /** @returns its number */
  addPerson(accountId: number): number;
  savePerson(person: Person): void;
  /** All names of the one are the other's; the one is gone. */
  mergePerson(id: number, into: number): void;
  /** Whoever has the name already keeps it. */
  addName(accountId: number, name: Name, personId: number): void;
}

/**
 * Which chat something belongs to. A chat that is known by its id and tells nothing new of its person costs
 * one look-up; aliases cost one more.
 */
export class Identity {
  readonly #rows: IdentityRows;

  constructor(rows: IdentityRows) {
    this.#rows = rows;
  }

  /** The chat with our number or an id at a source; of one that is a redirect the one that goes on. */
  chat(
    accountId: number,
    { id, chat_id: number }: { id?: string | undefined; chat_id?: string | undefined },
  ): ChatRow | undefined {
    const row = number ? this.#byNumber(accountId, number) : this.#bySourceId(accountId, id ?? '');
    if (!row) return undefined;
    return row.redirect_to === null ? row : this.#rows.chatById(row.redirect_to);
  }

  #byNumber(accountId: number, number: string): ChatRow | undefined {
    const id = numberOf(number);
    return id === null ? undefined : this.#rows.chatByNumber(accountId, id);
  }

  #bySourceId(accountId: number, id: string): ChatRow | undefined {
    const row = this.#rows.chatBySourceId(accountId, id);
    if (row) return row;
    const [person] = this.#rows.people(accountId, [furtherId(id)]);
    return person?.chat_id == null ? undefined : this.#rows.chatById(person.chat_id);
  }

  /**
   * Settles which chat it is, with all that is said of it: begins one for someone not heard of before, and
   * makes those one that turn out to be the same person's.
   * @param known the chat found by its id
   */
  settle(
    account: Account,
    known: ChatRow | undefined,
    given: ChatGiven,
  ): { chat: Chat; joined: Joined | null } {
    const names = namesOf(account, known, given);
    const { row, joined } = this.#whose(account.id, known, names) ?? {
      row: this.#begin(account, given, names),
      joined: null,
    };
    return { chat: toChat(this.#named(row, given)), joined };
  }

  /** All these aliases are one person's, who has this name. Begins no chat. */
  introduce(account: Account, aliases: readonly Alias[], fullName = ''): Joined | null {
    const found = this.#whose(account.id, undefined, aliases);
    if (!found) {
      const people = this.#rows.people(account.id, aliases);
      this.#unite(account.id, people, aliases, null, fullName || nameOf(people));
      return null;
    }
    this.#named(found.row, { full_name: fullName, phone: '' });
    return found.joined;
  }

  /** The chat of whoever has these names; undefined where they have none yet. */
  #whose(
    accountId: number,
    known: ChatRow | undefined,
    names: readonly Name[],
  ): { row: ChatRow; joined: Joined | null } | undefined {
    if (known && names.length === 0) return { row: known, joined: null };
    const people = this.#rows.people(accountId, names);
    const ids = [known?.id, ...people.map(({ chat_id }) => chat_id)].filter((id) => id != null);
    const rows = [...new Set(ids)].sort((a, b) => a - b).map((id) => this.#rows.chatById(id));
    const [eldest, ...younger] = rows;
    if (!eldest) return undefined;
    const isNothingNew = people.length === 1 && people[0]?.names === names.length && !younger[0];
    if (isNothingNew && people[0]?.chat_id === eldest.id) return { row: eldest, joined: null };
    const all = [...people, ...rows.flatMap(({ id }) => this.#rows.personOf(id) ?? [])];
    this.#unite(accountId, all, names, eldest.id, '');
    const row = this.#merged(eldest, younger, nameOf(all), phoneOf(names));
    if (younger.length === 0) return { row, joined: null };
    return { row, joined: { survivor: row.id, younger: younger.map(({ id }) => id) } };
  }

  /** Makes one person of all these, or a new one of nobody, who has these names and that chat. */
  #unite(
    accountId: number,
    people: readonly Person[],
    names: readonly Name[],
    chatId: number | null,
    name: string,
  ): void {
    const [first, ...others] = new Set(people.map(({ id }) => id));
    const id = first ?? this.#rows.addPerson(accountId);
    for (const other of others) this.#rows.mergePerson(other, id);
    this.#rows.savePerson({ id, chat_id: chatId, name });
    for (const one of names) this.#rows.addName(accountId, one, id);
  }

  /** The eldest with what the younger know better, which become redirects to it. */
  #merged(eldest: ChatRow, younger: readonly ChatRow[], name: string, phone: string): ChatRow {
    const all = [eldest, ...younger];
    const responsible = all.find((row) => row.responsible_name || row.responsible_email);
    // What its redirects have told of already is not new any more.
    const heard = (first: 'first_received_seq' | 'first_sent_seq') =>
      eldest[first] ?? (younger.some((row) => row.seeded || row[first] !== null) ? 0 : null);
    const row: ChatRow = {
      ...eldest,
      source_name: all.find((one) => one.source_name)?.source_name ?? name,
      given_name: all.find((one) => one.given_name !== null)?.given_name ?? null,
      phone: all.find((one) => one.phone)?.phone ?? phone,
      responsible_name: responsible?.responsible_name ?? '',
      responsible_email: responsible?.responsible_email ?? '',
      first_received_seq: heard('first_received_seq'),
      first_sent_seq: heard('first_sent_seq'),
      last_message_at: Math.max(...all.map(({ last_message_at }) => last_message_at)),
    };
    if (younger.length > 0) {
      const ids = younger.map(({ id }) => id);
      this.#rows.redirect(ids, row.id);
      this.#rows.saveHeard(row);
    }
    return this.#withNames(row, eldest, younger.length > 0);
  }

  /** Writes a chat's names down, on the redirects to it as well. */
  #withNames(row: ChatRow, before: ChatRow, always = false): ChatRow {
    const isNew = row.source_name !== before.source_name || row.phone !== before.phone;
    if (isNew || always) this.#rows.saveNames(row);
    return row;
  }

  /** The latest that is told wins; what history tells is older than what is known. */
  #named(row: ChatRow, given: Pick<ChatGiven, 'full_name' | 'phone' | 'seeded'>): ChatRow {
    const newer = (told: string | undefined, known: string) =>
      given.seeded ? known || told : told || known;
    const source_name = newer(given.full_name, row.source_name) ?? '';
    const phone = newer(given.phone, row.phone) ?? '';
    return this.#withNames({ ...row, source_name, phone }, row);
  }

  #begin(account: Account, given: ChatGiven, names: readonly Name[]): ChatRow {
    const people = this.#rows.people(account.id, names);
    const row = this.#rows.addChat({
      workspace_id: account.workspaceId,
      account_id: account.id,
      source_id: given.id ?? '',
      source_name: given.full_name || nameOf(people),
      phone: given.phone || phoneOf(names),
      is_group: given.is_group ? 1 : 0,
      created_at: given.at,
      seeded: given.seeded ? 1 : 0,
    });
    const aliases = names.filter((name) => name !== furtherId(row.source_id));
    if (aliases.length > 0) this.#unite(account.id, people, aliases, row.id, '');
    return row;
  }
}

/**
 * What the person is told by. A phone number given with a chat is an alias of its person when it is the
 * first that is heard of it; unless it is the account's own, which callers write there by mistake. A group
 * is no person. Should the chat be found by one of its aliases, it will be found by this id as well.
 */
function namesOf(account: Account, known: ChatRow | undefined, given: ChatGiven): Name[] {
  if (known ? known.is_group : given.is_group) return [];
  const isFirst = given.phone !== '' && !known?.phone && given.phone !== account.phone;
  const phone = isFirst ? [`phone:${given.phone}` as const] : [];
  const id = known || given.id === undefined ? [] : [furtherId(given.id)];
  return [...new Set([...given.aliases, ...phone, ...id])];
}

/** A further id of a chat at a source, as a name of its person. */
export const furtherId = (id: string) => `id:${id}` as const;

const nameOf = (people: readonly Person[]) => people.find(({ name }) => name)?.name ?? '';

/** The number of a chat that a text stands for; null for text that is no number of ours. */
export const numberOf = (text: string): number | null =>
  /^\d{1,15}$/.test(text) ? Number(text) : null;

const PHONE = 'phone:';
const phoneOf = (names: readonly Name[]) =>
  names.find((name) => name.startsWith(PHONE))?.slice(PHONE.length) ?? '';
