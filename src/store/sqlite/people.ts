import type { Database, Statement } from 'better-sqlite3';
import { Identity } from '../identity.ts';
import type { Account } from '../rows.ts';
import type { Joined, News, People } from '../store.ts';
import { SqliteIdentityRows } from './identity-rows.ts';
import { statementCache } from './statements.ts';

/** What sources tell of people and accounts. */
export class SqlitePeople implements People {
  readonly #sql: (text: string) => Statement;
  readonly #rows: SqliteIdentityRows;
  readonly #identity: Identity;

  constructor(db: Database) {
    this.#sql = statementCache(db);
    this.#rows = new SqliteIdentityRows(db);
    this.#identity = new Identity(this.#rows);
  }

  async learn(news: readonly News[]): Promise<Joined[]> {
    return news.flatMap((one) => this.#learn(one) ?? []);
  }

  #learn({ workspaceId, item, at }: News): Joined | null {
    const identity = this.#identity;
    const account =
      this.#rows.account(workspaceId, item.account) ??
      this.#rows.createAccount(workspaceId, item.account);
    switch (item.kind) {
      case 'contact':
        if (item.aliases.length === 0) return null;
        return identity.introduce(account, item.aliases, item.fullName);
      case 'known_chat': {
        const { id, aliases, fullName: full_name, phone, isGroup: is_group } = item;
        const given = { id, full_name, phone, is_group, aliases, at, seeded: true };
        return identity.settle(account, identity.chat(account.id, { id }), given).joined;
      }
      case 'account':
        this.#putSource(account, item);
        return null;
    }
  }

  #putSource({ id }: Account, given: { fullName?: string; email?: string }): void {
    this.#sql(
      `UPDATE account SET source_full_name = coalesce(?, source_full_name),
              source_email = coalesce(?, source_email) WHERE id = ?`,
    ).run(given.fullName ?? null, given.email ?? null, id);
  }
}
