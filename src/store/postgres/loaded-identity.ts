import type { ChatRow, IdentityRows, Name, NewChatRow, Person } from '../identity.ts';
import type { Account } from '../rows.ts';
import type { IdentityChanges, NewName, PersonRow } from './save-identity.ts';

/** Numbers for what may begin; those left over are never given. */
export interface SpareNumbers {
  chats: number[];
  people: number[];
}

/**
 * What identity needs to place a group of items, in memory: filled by load-identity.ts, changed here, and
 * written down by save-identity.ts.
 */
export class LoadedIdentity implements IdentityRows {
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
  #spare: SpareNumbers = { chats: [], people: [] };

  account(workspaceId: number, phone: string): Account | undefined {
    return this.#accounts.get(`${workspaceId} ${phone}`);
  }

  putAccount(workspaceId: number, account: Account): void {
    this.#accounts.set(`${workspaceId} ${account.phone}`, account);
  }

  putChat(row: ChatRow): void {
    this.#chats.set(row.id, row);
    this.#bySource.set(`${row.account_id} ${row.source_id}`, row.id);
  }

  putPerson(person: PersonRow): void {
    this.#people.set(person.id, person);
    if (person.chat_id !== null) this.#byChat.set(person.chat_id, person.id);
  }

  putName(accountId: number, name: string, person: PersonRow): void {
    this.#byName.set(`${accountId} ${name}`, person.id);
    this.putPerson(person);
  }

  putSpare(numbers: SpareNumbers): void {
    this.#spare = numbers;
  }

  /** The chats of those people that are here. */
  get chatIdsOfPeople(): number[] {
    return [...this.#byChat.keys()];
  }

  personByName(accountId: number, name: string): PersonRow | undefined {
    const id = this.#byName.get(`${accountId} ${name}`);
    return id === undefined ? undefined : this.#personBy(id);
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
      id: this.#spare.chats.shift() as number,
      ...{ given_name: null, responsible_name: '', responsible_email: '' },
      ...{ last_seq: 0, first_received_seq: null, first_sent_seq: null, last_message_at: 0 },
      redirect_to: null,
    };
    this.#newChats.add(row.id);
    this.putChat(row);
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
    const id = this.#spare.people.shift() as number;
    this.putPerson({ id, account_id: accountId, chat_id: null, name: '' });
    return id;
  }

  savePerson({ id, chat_id, name }: Person): void {
    const before = this.#personBy(id);
    if (before.chat_id !== null) this.#byChat.delete(before.chat_id);
    this.putPerson({ ...before, chat_id, name });
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

  /** All that has changed, for {@link saveIdentity}. */
  changes(): IdentityChanges {
    const ofKnown = (ids: Iterable<number>) =>
      [...ids].filter((id) => !this.#newChats.has(id)).map((id) => this.chatById(id));
    return {
      newChats: [...this.#newChats].map((id) => this.chatById(id)),
      redirected: ofKnown(this.#redirected),
      named: ofKnown(this.#named),
      heard: ofKnown(this.#heard),
      people: [...this.#changedPeople].map((id) => this.#personBy(id)),
      merged: [...this.#merged].map(([id, into]) => ({ id, into })),
      newNames: [...this.#newNames.values()],
    };
  }
}
