import type { Kysely, Selectable } from 'kysely';
import { type StoredKey, toKey, Workspaces } from '../everyday/workspaces.ts';
import type { Tables } from '../schema.ts';
import type { Queries } from './queries.ts';

/** Workspaces; what every request asks for is in prepared statements. */
export class PostgresWorkspaces extends Workspaces {
  readonly #queries: Queries;

  constructor(db: Kysely<Tables>, queries: Queries) {
    super(db);
    this.#queries = queries;
  }

  async keysByHash(hashes: readonly string[]): Promise<StoredKey[]> {
    const rows = await this.#queries.rows<Selectable<Tables['api_key']>>(
      'SELECT * FROM api_key WHERE hash = ANY($1::text[])',
      [hashes],
    );
    return rows.map(toKey);
  }

  async webhooksVersion(id: number): Promise<number> {
    const [row] = await this.#queries.rows<{ version: number }>(
      'SELECT webhooks_version AS version FROM workspace WHERE id = $1',
      [id],
    );
    return row?.version ?? 0;
  }
}
