import type { Database, Statement } from 'better-sqlite3';
import type { Alias } from '../../wire/canonical.ts';
import { toAccount } from '../everyday/accounts.ts';
import { toChat } from '../everyday/chats.ts';
import type { Account, Chat } from '../rows.ts';
import type { Joined } from '../store.ts';
import { statementCache } from './statements.ts';

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
type Name = Alias | `id:${string}`;

interface Person {
  id: number;
  chat_id: number | null;
  name: string;
}

/**
 * Which chat something belongs to. A chat that is known by its id and tells nothing new of its person costs
 * one look-up; aliases cost one more.
 */
export class Identity {
  readonly #sql: (text: string) => Statement;

  constructor(db: Database) {
    this.#sql = statementCache(db);
  }

  account(workspaceId: number, phone: string): Account | undefined {
    const row = this.#sql('SELECT * FROM account WHERE workspace_id = ? AND phone = ?').get(
      workspaceId,
      phone,
    );
    return row ? toAccount(row as Parameters<typeof toAccount>[0]) : undefined;
  }

  createAccount(workspaceId: number, phone: string): Account {
    const row = this.#sql(
      'INSERT INTO account (workspace_id, phone) VALUES (?, ?) RETURNING *',
    ).get(workspaceId, phone);
    return toAccount(row as Parameters<typeof toAccount>[0]);
  }

  /** The chat with our number or an id at a source; of one that is a redirect the one that goes on. */
  chat(
    accountId: number,
    { id, chat_id: number }: { id?: string | undefined; chat_id?: string | undefined },
  ): ChatRow | undefined {
    const row = number ? this.#byNumber(accountId, number) : this.#bySourceId(accountId, id ?? '');
    if (!row) return undefined;
    return row.redirect_to === null ? row : this.#byId(row.redirect_to);
  }

  #byNumber(accountId: number, number: string): ChatRow | undefined {
    // Text that is no number of ours finds no chat.
    const id = /^\d{1,15}$/.test(number) ? Number(number) : -1;
    return this.#sql('SELECT * FROM chat WHERE account_id = ? AND id = ?').get(accountId, id) as
      | ChatRow
      | undefined;
  }

  #bySourceId(accountId: number, id: string): ChatRow | undefined {
    const row =
      this.#sql('SELECT * FROM chat WHERE account_id = ? AND source_id = ?').get(accountId, id) ??
      this.#sql(
        `SELECT chat.* FROM alias JOIN person ON person.id = alias.person_id
           JOIN chat ON chat.id = person.chat_id
          WHERE alias.account_id = ? AND alias.alias = ?`,
      ).get(accountId, furtherId(id));
    return row as ChatRow | undefined;
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
      const people = this.#people(account.id, aliases);
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
    const people = this.#people(accountId, names);
    const ids = [known?.id, ...people.map(({ chat_id }) => chat_id)].filter((id) => id != null);
    const rows = [...new Set(ids)].sort((a, b) => a - b).map((id) => this.#byId(id));
    const [eldest, ...younger] = rows;
    if (!eldest) return undefined;
    const isNothingNew = people.length === 1 && people[0]?.names === names.length && !younger[0];
    if (isNothingNew && people[0]?.chat_id === eldest.id) return { row: eldest, joined: null };
    const all = [...people, ...rows.flatMap(({ id }) => this.#personOf(id) ?? [])];
    this.#unite(accountId, all, names, eldest.id, '');
    const row = this.#merged(eldest, younger, nameOf(all), phoneOf(names));
    if (younger.length === 0) return { row, joined: null };
    return { row, joined: { survivor: row.id, younger: younger.map(({ id }) => id) } };
  }

  /** Those who have any of the names, each with how many of them. */
  #people(accountId: number, names: readonly Name[]): (Person & { names: number })[] {
    if (names.length === 0) return [];
    // CROSS: else SQLite, which knows nothing of the list's length, walks through all persons.
    return this.#sql(
      `SELECT person.id, person.chat_id, person.name, count(*) AS names
         FROM json_each(?) AS name
         CROSS JOIN alias ON alias.account_id = ? AND alias.alias = name.value
         CROSS JOIN person ON person.id = alias.person_id
        GROUP BY person.id`,
    ).all(JSON.stringify(names), accountId) as (Person & { names: number })[];
  }

  #personOf(chatId: number): Person | undefined {
    return this.#sql('SELECT id, chat_id, name FROM person WHERE chat_id = ?').get(chatId) as
      | Person
      | undefined;
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
    for (const other of others) {
      this.#sql('UPDATE alias SET person_id = ? WHERE person_id = ?').run(first, other);
      this.#sql('DELETE FROM person WHERE id = ?').run(other);
    }
    const id =
      first ??
      this.#sql('INSERT INTO person (account_id) VALUES (?) RETURNING id').pluck().get(accountId);
    this.#sql('UPDATE person SET chat_id = ?, name = ? WHERE id = ?').run(chatId, name, id);
    for (const alias of names) {
      this.#sql(
        'INSERT INTO alias (account_id, alias, person_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ).run(accountId, alias, id);
    }
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
      const ids = JSON.stringify(younger.map(({ id }) => id));
      this.#sql(
        `UPDATE chat SET redirect_to = @id
          WHERE id IN (SELECT value FROM json_each(@ids))
             OR redirect_to IN (SELECT value FROM json_each(@ids))`,
      ).run({ id: row.id, ids });
      this.#sql(
        `UPDATE chat SET first_received_seq = @first_received_seq,
                first_sent_seq = @first_sent_seq, last_message_at = @last_message_at WHERE id = @id`,
      ).run(row);
    }
    return this.#withNames(row, eldest, younger.length > 0);
  }

  /** Writes a chat's names down, on the redirects to it as well. */
  #withNames(row: ChatRow, before: ChatRow, always = false): ChatRow {
    const isNew = row.source_name !== before.source_name || row.phone !== before.phone;
    if (isNew || always) {
      this.#sql(
        `UPDATE chat SET source_name = @source_name, given_name = @given_name, phone = @phone,
                responsible_name = @responsible_name, responsible_email = @responsible_email
          WHERE id = @id OR redirect_to = @id`,
      ).run(row);
    }
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
    const people = this.#people(account.id, names);
    const row = this.#sql(
      `INSERT INTO chat (workspace_id, account_id, source_id, source_name, phone, is_group, created_at,
         seeded)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
    ).get(
      account.workspaceId,
      account.id,
      given.id,
      given.full_name || nameOf(people),
      given.phone || phoneOf(names),
      given.is_group ? 1 : 0,
      given.at,
      given.seeded ? 1 : 0,
    ) as ChatRow;
    const aliases = names.filter((name) => name !== furtherId(row.source_id));
    if (aliases.length > 0) this.#unite(account.id, people, aliases, row.id, '');
    return row;
  }

  #byId(id: number): ChatRow {
    return this.#sql('SELECT * FROM chat WHERE id = ?').get(id) as ChatRow;
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

const furtherId = (id: string) => `id:${id}` as const;

const nameOf = (people: readonly Person[]) => people.find(({ name }) => name)?.name ?? '';

const PHONE = 'phone:';
const phoneOf = (names: readonly Name[]) =>
  names.find((name) => name.startsWith(PHONE))?.slice(PHONE.length) ?? '';
