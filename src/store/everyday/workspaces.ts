import type { Kysely } from 'kysely';
import type { Workspace } from '../rows.ts';
import type { Tables } from '../schema.ts';

/** An API key as it is kept: only its hash, and its first characters for people to tell keys apart. */
export interface StoredKey {
  hash: string;
  workspaceId: number;
  hint: string;
  createdAt: number;
}

/** Workspaces and the API keys that open them. */
export class Workspaces {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(workspace: Omit<Workspace, 'id'>): Promise<Workspace> {
    const { id } = await this.#db
      .insertInto('workspace')
      .values({
        name: workspace.name,
        owner_name: workspace.ownerName,
        owner_email: workspace.ownerEmail,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, ...workspace };
  }

  async get(id: number): Promise<Workspace | null> {
    const row = await this.#db
      .selectFrom('workspace')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row
      ? { id: row.id, name: row.name, ownerName: row.owner_name, ownerEmail: row.owner_email }
      : null;
  }

  async ids(): Promise<number[]> {
    const rows = await this.#db.selectFrom('workspace').select('id').orderBy('id').execute();
    return rows.map(({ id }) => id);
  }

  async setOwner(id: number, owner: { ownerName: string; ownerEmail: string }): Promise<void> {
    await this.#db
      .updateTable('workspace')
      .set({ owner_name: owner.ownerName, owner_email: owner.ownerEmail })
      .where('id', '=', id)
      .execute();
  }

  /** Raised with every change of the workspace's webhooks. */
  async webhooksVersion(id: number): Promise<number> {
    const row = await this.#db
      .selectFrom('workspace')
      .select('webhooks_version')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.webhooks_version ?? 0;
  }

  async addKey(key: StoredKey): Promise<void> {
    await this.#db
      .insertInto('api_key')
      .values({
        hash: key.hash,
        workspace_id: key.workspaceId,
        hint: key.hint,
        created_at: key.createdAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async keyByHash(hash: string): Promise<StoredKey | null> {
    const row = await this.#db
      .selectFrom('api_key')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row ? toKey(row) : null;
  }

  async keys(): Promise<StoredKey[]> {
    const rows = await this.#db
      .selectFrom('api_key')
      .selectAll()
      .orderBy('created_at')
      .orderBy('hint')
      .execute();
    return rows.map(toKey);
  }

  async removeKey(hash: string): Promise<void> {
    await this.#db.deleteFrom('api_key').where('hash', '=', hash).execute();
  }
}

const toKey = (row: Tables['api_key']): StoredKey => ({
  hash: row.hash,
  workspaceId: row.workspace_id,
  hint: row.hint,
  createdAt: row.created_at,
});
