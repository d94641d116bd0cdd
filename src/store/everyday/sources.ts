import type { Kysely, Selectable } from 'kysely';
import type { HeardOf, StoredSource } from '../rows.ts';
import type { Tables } from '../schema.ts';
import type { SecretBox } from '../secret-box.ts';

type Editable = Pick<StoredSource, 'name' | 'secrets' | 'formerSecrets'>;

/** The sources that workspaces have connected. Secrets are encrypted at rest. */
export class Sources {
  readonly #db: Kysely<Tables>;
  readonly #box: SecretBox;
  readonly #locks: boolean;

  /** @param locks whether the database has others write between a read and a write, unless it is told */
  constructor(db: Kysely<Tables>, box: SecretBox, locks = false) {
    this.#db = db;
    this.#box = box;
    this.#locks = locks;
  }

  async create(
    source: Pick<StoredSource, 'id' | 'workspaceId' | 'kind' | 'createdAt'> & Editable,
  ): Promise<StoredSource> {
    const row = await this.#db
      .insertInto('source')
      .values({
        id: source.id,
        workspace_id: source.workspaceId,
        kind: source.kind,
        name: source.name,
        secrets: this.#close(source.secrets),
        former_secrets: this.#close(source.formerSecrets),
        created_at: source.createdAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return this.#toSource(row);
  }

  /** Whosever it is: for a request that comes to its URL. */
  async find(id: string): Promise<StoredSource | null> {
    const row = await this.#db
      .selectFrom('source')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row ? this.#toSource(row) : null;
  }

  async get(workspaceId: number, id: string): Promise<StoredSource | null> {
    const source = await this.find(id);
    return source?.workspaceId === workspaceId ? source : null;
  }

  /** In the order in which they were made. */
  async list(workspaceId: number): Promise<StoredSource[]> {
    const rows = await this.#db
      .selectFrom('source')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map((row) => this.#toSource(row));
  }

  async change(source: StoredSource, change: Partial<Editable>): Promise<StoredSource> {
    const { name, secrets, formerSecrets } = change;
    await this.#db
      .updateTable('source')
      .set({
        ...(name !== undefined && { name }),
        ...(secrets && { secrets: this.#close(secrets) }),
        ...(formerSecrets && { former_secrets: this.#close(formerSecrets) }),
        id: source.id,
      })
      .where('id', '=', source.id)
      .execute();
    return { ...source, ...change };
  }

  /** Adds to the counts. Of a source that is gone nothing is kept. */
  async heard(all: readonly HeardOf[]): Promise<void> {
    // Always in the same order, so that no two that are written down at once wait for each other.
    const sorted = all.toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
    for (const { sourceId, at, taken, dropped } of sorted) {
      const row = await this.#db
        .selectFrom('source')
        .select('dropped')
        .where('id', '=', sourceId)
        .$if(this.#locks, (query) => query.forNoKeyUpdate())
        .executeTakeFirst();
      if (!row) continue;
      const sums: Record<string, number> = JSON.parse(row.dropped);
      for (const [reason, n] of Object.entries(dropped)) sums[reason] = (sums[reason] ?? 0) + n;
      await this.#db
        .updateTable('source')
        .set((eb) => ({
          last_heard_at: at,
          taken: eb('taken', '+', taken),
          dropped: JSON.stringify(sums),
        }))
        .where('id', '=', sourceId)
        .execute();
    }
  }

  async refused(id: string, { at, code }: { at: number; code: string }): Promise<void> {
    await this.#db
      .updateTable('source')
      .set({ last_refused_at: at, last_refusal: code })
      .where('id', '=', id)
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('source').where('id', '=', id).execute();
  }

  #close(secrets: object): string {
    return this.#box.close(JSON.stringify(secrets));
  }

  #toSource(row: Selectable<Tables['source']>): StoredSource {
    const { last_refused_at: refusedAt, last_refusal: code } = row;
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      kind: row.kind,
      name: row.name,
      secrets: JSON.parse(this.#box.open(row.secrets)),
      formerSecrets: JSON.parse(this.#box.open(row.former_secrets)),
      createdAt: row.created_at,
      lastHeardAt: row.last_heard_at,
      taken: row.taken,
      dropped: JSON.parse(row.dropped),
      lastRefused: refusedAt === null || code === null ? null : { at: refusedAt, code },
    };
  }
}
