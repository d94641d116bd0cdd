import type { Database, Statement } from 'better-sqlite3';
import { toAccount } from '../everyday/accounts.ts';
import type { ChatRow, IdentityRows, Name, NewChatRow, Person } from '../identity.ts';
import type { Account } from '../rows.ts';
import { statementCache } from './statements.ts';

/** What identity is about, in prepared statements. */
export class SqliteIdentityRows implements IdentityRows {
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

  chatById(id: number): ChatRow {
    return this.#sql('SELECT * FROM chat WHERE id = ?').get(id) as ChatRow;
  }

  chatByNumber(accountId: number, id: number): ChatRow | undefined {
    return this.#sql('SELECT * FROM chat WHERE account_id = ? AND id = ?').get(accountId, id) as
      | ChatRow
      | undefined;
  }

  chatBySourceId(accountId: number, sourceId: string): ChatRow | undefined {
    return this.#sql('SELECT * FROM chat WHERE account_id = ? AND source_id = ?').get(
      accountId,
      sourceId,
    ) as ChatRow | undefined;
  }

  addChat(row: NewChatRow): ChatRow {
    return this.#sql(
      `INSERT INTO chat (workspace_id, account_id, source_id, source_name, phone, is_group, created_at,
         seeded)
       VALUES (@workspace_id, @account_id, @source_id, @source_name, @phone, @is_group, @created_at,
         @seeded) RETURNING *`,
    ).get(row) as ChatRow;
  }

  saveNames(row: ChatRow): void {
    this.#sql(
      `UPDATE chat SET source_name = @source_name, given_name = @given_name, phone = @phone,
              responsible_name = @responsible_name, responsible_email = @responsible_email
        WHERE id = @id OR redirect_to = @id`,
    ).run(row);
  }

  saveHeard(row: ChatRow): void {
    this.#sql(
      `UPDATE chat SET first_received_seq = @first_received_seq,
              first_sent_seq = @first_sent_seq, last_message_at = @last_message_at WHERE id = @id`,
    ).run(row);
  }

  redirect(ids: readonly number[], to: number): void {
    this.#sql(
      `UPDATE chat SET redirect_to = @to
        WHERE id IN (SELECT value FROM json_each(@ids))
           OR redirect_to IN (SELECT value FROM json_each(@ids))`,
    ).run({ to, ids: JSON.stringify(ids) });
  }

  people(accountId: number, names: readonly Name[]): (Person & { names: number })[] {
    const [name, second] = names;
    if (name === undefined) return [];
    if (second === undefined) {
      return this.#sql(
        `SELECT person.id, person.chat_id, person.name, 1 AS names
           FROM alias JOIN person ON person.id = alias.person_id
          WHERE alias.account_id = ? AND alias.alias = ?`,
      ).all(accountId, name) as (Person & { names: number })[];
    }
    // CROSS: else SQLite, which knows nothing of the list's length, walks through all persons.
    return this.#sql(
      `SELECT person.id, person.chat_id, person.name, count(*) AS names
         FROM json_each(?) AS name
         CROSS JOIN alias ON alias.account_id = ? AND alias.alias = name.value
         CROSS JOIN person ON person.id = alias.person_id
        GROUP BY person.id`,
    ).all(JSON.stringify(names), accountId) as (Person & { names: number })[];
  }

  personOf(chatId: number): Person | undefined {
    return this.#sql('SELECT id, chat_id, name FROM person WHERE chat_id = ?').get(chatId) as
      | Person
      | undefined;
  }

  addPerson(accountId: number): number {
    return this.#sql('INSERT INTO person (account_id) VALUES (?) RETURNING id')
      .pluck()
      .get(accountId) as number;
  }

  savePerson({ id, chat_id, name }: Person): void {
    this.#sql('UPDATE person SET chat_id = ?, name = ? WHERE id = ?').run(chat_id, name, id);
  }

  mergePerson(id: number, into: number): void {
    this.#sql('UPDATE alias SET person_id = ? WHERE person_id = ?').run(into, id);
    this.#sql('DELETE FROM person WHERE id = ?').run(id);
  }

  addName(accountId: number, name: Name, personId: number): void {
    this.#sql(
      'INSERT INTO alias (account_id, alias, person_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ).run(accountId, name, personId);
  }
}
