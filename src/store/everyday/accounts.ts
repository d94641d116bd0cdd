import type { Kysely, Selectable } from 'kysely';
import type { Account } from '../rows.ts';
import type { Tables } from '../schema.ts';

/** The connected WhatsApp accounts. */
export class Accounts {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(workspaceId: number): Promise<Account[]> {
    const rows = await this.#db
      .selectFrom('account')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .orderBy('id')
      .execute();
    return rows.map(toAccount);
  }

  /** Creates the account, or changes what is given of it; "" gives a field back to the account's source. */
  async put(
    workspaceId: number,
    phone: string,
    given: { fullName?: string | undefined; email?: string | undefined },
  ): Promise<Account> {
    const set = {
      ...(given.fullName !== undefined && { full_name: given.fullName }),
      ...(given.email !== undefined && { email: given.email }),
    };
    const row = await this.#db
      .insertInto('account')
      .values({ workspace_id: workspaceId, phone, ...set })
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'phone']).doUpdateSet({ phone, ...set }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return toAccount(row);
  }
}

export const toAccount = (row: Selectable<Tables['account']>): Account => ({
  id: row.id,
  workspaceId: row.workspace_id,
  phone: row.phone,
  fullName: row.full_name || row.source_full_name,
  email: row.email || row.source_email,
  skippedAttachment: row.skipped_attachment,
  skippedNoText: row.skipped_no_text,
});
