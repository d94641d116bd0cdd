import type { Database, Statement } from 'better-sqlite3';
import type { Kysely, Selectable } from 'kysely';
import { type StoredKey, toKey, Workspaces } from '../everyday/workspaces.ts';
import type { Tables } from '../schema.ts';
import { statementCache } from './statements.ts';

/** Workspaces; what every request asks for is in prepared statements. */
export class SqliteWorkspaces extends Workspaces {
  readonly #sql: (text: string) => Statement;

  constructor(database: Database, db: Kysely<Tables>) {
    super(db);
    this.#sql = statementCache(database);
  }

  async keysByHash(hashes: readonly string[]): Promise<StoredKey[]> {
    const find = this.#sql('SELECT * FROM api_key WHERE hash = ?');
    const rows = hashes.map((hash) => find.get(hash)).filter((row) => row !== undefined);
    return (rows as Selectable<Tables['api_key']>[]).map(toKey);
  }

  async webhooksVersion(id: number): Promise<number> {
    const row = this.#sql('SELECT webhooks_version AS version FROM workspace WHERE id = ?').get(id);
    return (row as { version: number } | undefined)?.version ?? 0;
  }
}
