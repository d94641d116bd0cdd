import type { Kysely, Selectable } from 'kysely';
import type { Workspace } from '../rows.ts';
import type { Tables } from '../schema.ts';

/** An API key as it is kept: only its hash, and its first characters for people to tell keys apart. */
export interface StoredKey {
  hash: string;
  workspaceId: number;
  hint: string;
  createdAt: number;
  /** What it is for, in its maker's words; may be "". */
  label: string;
  lastUsedAt: number | null;
}

/** Workspaces and the API keys that open them. */
export abstract class Workspaces {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create({
    language = 'en',
    ...workspace
  }: Omit<Workspace, 'id' | 'language'> & Partial<Workspace>): Promise<Workspace> {
    const { id } = await this.#db
      .insertInto('workspace')
      .values({
        name: workspace.name,
        owner_name: workspace.ownerName,
        owner_email: workspace.ownerEmail,
        language,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { ...workspace, id, language };
  }

  async get(id: number): Promise<Workspace | null> {
    const row = await this.#db
      .selectFrom('workspace')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row ? toWorkspace(row) : null;
  }

  /** Those whose owner has this e-mail address, however it is written. */
  async ofOwner(email: string): Promise<Workspace[]> {
    const rows = await this.#db
      .selectFrom('workspace')
      .selectAll()
      .where((eb) => eb(eb.fn('lower', ['owner_email']), '=', email.toLowerCase()))
      .where('owner_email', '!=', '')
      .orderBy('id')
      .execute();
    return rows.map(toWorkspace);
  }

  async ids(): Promise<number[]> {
    const rows = await this.#db.selectFrom('workspace').select('id').orderBy('id').execute();
    return rows.map(({ id }) => id);
  }

  async edit(
    id: number,
    { name, ownerName, ownerEmail, language }: Partial<Omit<Workspace, 'id'>>,
  ): Promise<void> {
    await this.#db
      .updateTable('workspace')
      .set({
        ...(name !== undefined && { name }),
        ...(ownerName !== undefined && { owner_name: ownerName }),
        ...(ownerEmail !== undefined && { owner_email: ownerEmail }),
        ...(language !== undefined && { language }),
        id,
      })
      .where('id', '=', id)
      .execute();
  }

  /** Raised with every change of the workspace's webhooks. */
  abstract webhooksVersion(id: number): Promise<number>;

  /** Those of them that there are, in any order. */
  abstract keysByHash(hashes: readonly string[]): Promise<StoredKey[]>;

  async addKey(key: StoredKey): Promise<void> {
    await this.#db
      .insertInto('api_key')
      .values({
        hash: key.hash,
        workspace_id: key.workspaceId,
        hint: key.hint,
        created_at: key.createdAt,
        label: key.label,
        last_used_at: key.lastUsedAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
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

  /** Written down now and then, not with every call. */
  async keyUsed(hash: string, at: number): Promise<void> {
    await this.#db
      .updateTable('api_key')
      .set({ last_used_at: at })
      .where('hash', '=', hash)
      .execute();
  }

  async removeKey(hash: string): Promise<void> {
    await this.#db.deleteFrom('api_key').where('hash', '=', hash).execute();
  }
}

const toWorkspace = (row: Selectable<Tables['workspace']>): Workspace => ({
  id: row.id,
  name: row.name,
  ownerName: row.owner_name,
  ownerEmail: row.owner_email,
  language: row.language,
});

export const toKey = (row: Selectable<Tables['api_key']>): StoredKey => ({
  hash: row.hash,
  workspaceId: row.workspace_id,
  hint: row.hint,
  createdAt: row.created_at,
  label: row.label,
  lastUsedAt: row.last_used_at,
});
