import type { Kysely } from 'kysely';
import { Chats } from '../everyday/chats.ts';
import type { Tables } from '../schema.ts';
import type { Queries } from './queries.ts';

/** Chats; here they have to be held where several transactions move lanes in them. */
export class PostgresChats extends Chats {
  readonly #queries: Queries;

  constructor(db: Kysely<Tables>, queries: Queries) {
    super(db);
    this.#queries = queries;
  }

  override async hold(ids: readonly number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    const rows = await this.#queries.rows<{ id: number }>(
      'SELECT id FROM chat WHERE id = ANY($1) AND workspace_id > 0 ORDER BY id FOR SHARE',
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
