import { toAccount } from '../everyday/accounts.ts';
import {
  type ChatRow,
  furtherId,
  type IdentityRows,
  type Name,
  type NewChatRow,
  numberOf,
  type Person,
} from '../identity.ts';
import type { Account } from '../rows.ts';
import { findPlaces, namesOf, type Placed, type Told, toldNames } from './places.ts';
import type { Queries } from './queries.ts';
import { type NewName, type PersonRow, saveIdentity } from './save-identity.ts';

type AccountRow = Parameters<typeof toAccount>[0];

/**
 * All that identity needs to place a group of items, read in a few queries, changed in memory, and saved in
 * a few more. The accounts are locked until the transaction ends, and everything here belongs to one of
 * them: nobody else can change it meanwhile.
 */
export class LoadedIdentity implements IdentityRows {
  readonly #db: Queries;
  readonly #accounts = new Map<string, Account>();
  readonly #chats = new Map<number, ChatRow>();
  readonly #bySource = new Map<string, number>();
  readonly #people = new Map<number, PersonRow>();
  readonly #byChat = new Map<number, number>();
  readonly #byName = new Map<string, number>();
  readonly #newNames = new Map<string, NewName>();
  readonly #newChats = new Set<number>();
  readonly #named = new Set<number>();
  readonly #heard = new Set<number>();
  readonly #redirected = new Set<number>();
  readonly #changedPeople = new Set<number>();
  readonly #merged = new Map<number, number>();
  #chatIds: number[] = [];
  #personIds: number[] = [];

  private constructor(db: Queries) {
    this.#db = db;
  }

  static async load(db: Queries, told: readonly Told[]): Promise<LoadedIdentity> {
    const loaded = new LoadedIdentity(db);
    await loaded.#loadAccounts(told);
    await loaded.#loadChats(told);
    return loaded;
  }

  account(workspaceId: number, phone: string): Account | undefined {
    return this.#accounts.get(`${workspaceId} ${phone}`);
  }

  async #loadAccounts(told: readonly Told[]): Promise<void> {
    const wanted = new Map(told.map((one) => [`${one.workspaceId} ${one.account}`, one]));
    for (const one of told) if (one.begins) wanted.set(`${one.workspaceId} ${one.account}`, one);
    await this.#readAccounts([...wanted.values()]);
    const missing = [...wanted].filter(([key, { begins }]) => begins && !this.#accounts.has(key));
    if (missing.length === 0) return;
    const begun = missing.map(([, one]) => one);
    await this.#db.rows(
      `INSERT INTO account (workspace_id, phone)
         SELECT * FROM unnest($1::bigint[], $2::text[]) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
      [begun.map((one) => one.workspaceId), begun.map((one) => one.account)],
    );
    await this.#readAccounts(begun);
  }

  async #readAccounts(wanted: readonly Told[]): Promise<void> {
    const rows = await this.#db.rows<AccountRow>(
      `SELECT account.* FROM unnest($1::bigint[], $2::text[]) AS wanted (workspace_id, phone)
         JOIN account USING (workspace_id, phone) ORDER BY account.id FOR NO KEY UPDATE OF account`,
      [wanted.map((one) => one.workspaceId), wanted.map((one) => one.account)],
    );
    for (const row of rows) {
      this.#accounts.set(`${row.workspace_id} ${row.phone}`, toAccount(row));
    }
  }

  async #loadChats(told: readonly Told[]): Promise<void> {
    const wanted = await findPlaces(
      this.#db,
      told.flatMap((one) => {
        const account = this.account(one.workspaceId, one.account);
        return account ? [{ ...one, accountId: account.id }] : [];
      }),
    );
    await this.#readNames(wanted);
    const ids = new Set(
      wanted.flatMap(({ place }) => (place ? [place.id, place.redirect_to ?? place.id] : [])),
    );
    for (const { chat_id } of this.#people.values()) if (chat_id !== null) ids.add(chat_id);
    await this.#readChats([...ids]);
    const begins = wanted.filter(({ accountId, chat }) => chat && !this.#knows(accountId, chat));
    const news = wanted.filter((one) => this.#tellsNews(one));
    if (news.length > 0) await this.#readPeople([...ids]);
    await this.#takeNumbers(begins.length, news.length);
  }

  async #readNames(wanted: readonly Placed[]): Promise<void> {
    const names = wanted.flatMap((one) =>
      namesOf(one).map((name) => ({ accountId: one.accountId, name })),
    );
    if (names.length === 0) return;
    const rows = await this.#db.rows<PersonRow & { alias: string }>(
      `SELECT alias.account_id, alias.alias, person.id, person.chat_id, person.name
         FROM unnest($1::bigint[], $2::text[]) AS wanted (account_id, alias)
         JOIN alias USING (account_id, alias) JOIN person ON person.id = alias.person_id`,
      [names.map(({ accountId }) => accountId), names.map(({ name }) => name)],
    );
    for (const { alias, ...person } of rows) {
      this.#byName.set(`${person.account_id} ${alias}`, person.id);
      this.#putPerson(person);
    }
  }

  /** In one order, so that two that want the same do not wait for each other for ever. */
  async #readChats(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = await this.#db.rows<ChatRow>(
      'SELECT * FROM chat WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE',
      [ids],
    );
    for (const row of rows) this.#putChat(row);
  }

  async #readPeople(chatIds: readonly number[]): Promise<void> {
    const rows = await this.#db.rows<PersonRow>(
      'SELECT id, account_id, chat_id, name FROM person WHERE chat_id = ANY($1::bigint[])',
      [chatIds],
    );
    for (const row of rows) this.#putPerson(row);
  }

  /** Numbers for chats and persons that may begin; those left over are never given. */
  async #takeNumbers(chats: number, people: number): Promise<void> {
    const take = async (sequence: 'chat_id_seq' | 'person_id_seq', many: number) => {
      if (many === 0) return [];
      const rows = await this.#db.rows<{ id: number }>(
        `SELECT nextval('${sequence}') AS id FROM generate_series(1, $1)`,
        [many],
      );
      return rows.map(({ id }) => id);
    };
    this.#chatIds = await take('chat_id_seq', chats);
    this.#personIds = await take('person_id_seq', people);
  }

  #knows(accountId: number, { id, chat_id }: NonNullable<Told['chat']>): boolean {
    if (chat_id) return true;
    const source = id ?? '';
    return (
      this.#bySource.has(`${accountId} ${source}`) ||
      this.#byName.has(`${accountId} ${furtherId(source)}`)
    );
  }

  /** Whether someone may get a name, or another chat, by this. */
  #tellsNews(one: Placed): boolean {
    const { accountId, chat } = one;
    if (chat && !this.#knows(accountId, chat)) return true;
    const people = toldNames(one).map((name) => this.#byName.get(`${accountId} ${name}`));
    return (
      new Set(people).size > 1 ||
      people.includes(undefined) ||
      this.#isElsewhere(accountId, chat, people[0])
    );
  }

  #isElsewhere(accountId: number, chat: Told['chat'], person: number | undefined): boolean {
    if (!chat || person === undefined) return false;
    const number = numberOf(chat.chat_id ?? '');
    const id = number ?? this.#bySource.get(`${accountId} ${chat.id ?? ''}`);
    if (id === undefined) return false;
    return this.#people.get(person)?.chat_id !== (this.#chats.get(id)?.redirect_to ?? id);
  }

  #putChat(row: ChatRow): void {
    this.#chats.set(row.id, row);
    this.#bySource.set(`${row.account_id} ${row.source_id}`, row.id);
  }

  #putPerson(person: PersonRow): void {
    this.#people.set(person.id, person);
    if (person.chat_id !== null) this.#byChat.set(person.chat_id, person.id);
  }

  chatById(id: number): ChatRow {
    const row = this.#chats.get(id);
    if (!row) throw new Error(`Chat ${id} was not loaded`);
    return row;
  }

  chatByNumber(accountId: number, id: number): ChatRow | undefined {
    const row = this.#chats.get(id);
    return row?.account_id === accountId ? row : undefined;
  }

  chatBySourceId(accountId: number, sourceId: string): ChatRow | undefined {
    const id = this.#bySource.get(`${accountId} ${sourceId}`);
    return id === undefined ? undefined : this.#chats.get(id);
  }

  addChat(given: NewChatRow): ChatRow {
    const row: ChatRow = {
      ...given,
      id: this.#chatIds.shift() as number,
      ...{ given_name: null, responsible_name: '', responsible_email: '' },
      ...{ last_seq: 0, first_received_seq: null, first_sent_seq: null, last_message_at: 0 },
      redirect_to: null,
    };
    this.#newChats.add(row.id);
    this.#putChat(row);
    return row;
  }

  /** Its log goes on by a message. @returns the message's seq */
  appendTo(chatId: number, direction: 'received' | 'sent', receivedAt: number): number {
    const row = this.chatById(chatId);
    const seq = row.last_seq + 1;
    const first = direction === 'received' ? 'first_received_seq' : 'first_sent_seq';
    this.saveHeard({
      ...row,
      last_seq: seq,
      last_message_at: receivedAt,
      [first]: row[first] ?? seq,
    });
    return seq;
  }

  saveNames(row: ChatRow): void {
    const { source_name, given_name, phone, responsible_name, responsible_email } = row;
    const names = { source_name, given_name, phone, responsible_name, responsible_email };
    for (const one of this.#chats.values()) {
      if (one.id === row.id || one.redirect_to === row.id) this.#change({ ...one, ...names });
    }
    this.#named.add(row.id);
  }

  saveHeard(row: ChatRow): void {
    const { last_seq, last_message_at, first_received_seq, first_sent_seq } = row;
    const before = this.chatById(row.id);
    this.#change({ ...before, last_seq, last_message_at, first_received_seq, first_sent_seq });
    this.#heard.add(row.id);
  }

  redirect(ids: readonly number[], to: number): void {
    for (const one of this.#chats.values()) {
      if (ids.includes(one.id) || (one.redirect_to !== null && ids.includes(one.redirect_to))) {
        this.#change({ ...one, redirect_to: to });
        this.#redirected.add(one.id);
      }
    }
  }

  #change(row: ChatRow): void {
    this.#chats.set(row.id, row);
  }

  people(accountId: number, names: readonly Name[]): (Person & { names: number })[] {
    const ids = names.flatMap((name) => this.#byName.get(`${accountId} ${name}`) ?? []);
    const counts = Map.groupBy(ids, (id) => id);
    return [...counts].map(([id, all]) => ({ ...this.#personBy(id), names: all.length }));
  }

  #personBy(id: number): PersonRow {
    return this.#people.get(id) as PersonRow;
  }

  personOf(chatId: number): Person | undefined {
    const id = this.#byChat.get(chatId);
    return id === undefined ? undefined : this.#people.get(id);
  }

  addPerson(accountId: number): number {
    const id = this.#personIds.shift() as number;
    this.#putPerson({ id, account_id: accountId, chat_id: null, name: '' });
    return id;
  }

  savePerson({ id, chat_id, name }: Person): void {
    const before = this.#personBy(id);
    if (before.chat_id !== null) this.#byChat.delete(before.chat_id);
    this.#putPerson({ ...before, chat_id, name });
    this.#changedPeople.add(id);
  }

  mergePerson(id: number, into: number): void {
    const { chat_id } = this.#personBy(id);
    if (chat_id !== null) this.#byChat.delete(chat_id);
    this.#people.delete(id);
    for (const [name, person] of this.#byName) if (person === id) this.#byName.set(name, into);
    for (const one of this.#newNames.values()) if (one.person_id === id) one.person_id = into;
    for (const [gone, to] of this.#merged) if (to === id) this.#merged.set(gone, into);
    this.#merged.set(id, into);
    this.#changedPeople.delete(id);
  }

  addName(accountId: number, name: Name, personId: number): void {
    const key = `${accountId} ${name}`;
    if (this.#byName.has(key)) return;
    this.#byName.set(key, personId);
    this.#newNames.set(key, { account_id: accountId, alias: name, person_id: personId });
  }

  /** Writes down all that has changed. */
  async save(): Promise<void> {
    const ofKnown = (ids: Iterable<number>) =>
      [...ids].filter((id) => !this.#newChats.has(id)).map((id) => this.chatById(id));
    await saveIdentity(this.#db, {
      newChats: [...this.#newChats].map((id) => this.chatById(id)),
      redirected: ofKnown(this.#redirected),
      named: ofKnown(this.#named),
      heard: ofKnown(this.#heard),
      people: [...this.#changedPeople].map((id) => this.#personBy(id)),
      merged: [...this.#merged].map(([id, into]) => ({ id, into })),
      newNames: [...this.#newNames.values()],
    });
  }
}
