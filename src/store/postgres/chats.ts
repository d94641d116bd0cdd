import type { Kysely } from 'kysely';
import { Chats, type Held } from '../everyday/chats.ts';
import type { Tables } from '../schema.ts';
import type { Queries } from './queries.ts';

/** Chats; here they have to be held where several transactions move lanes in them. */
export class PostgresChats extends Chats {
  readonly #queries: Queries;

  constructor(db: Kysely<Tables>, queries: Queries) {
    super(db);
    this.#queries = queries;
  }

  /** In one order, so that two that want the same do not wait for each other for ever. */
  async hold(ids: readonly number[]): Promise<Map<number, Held>> {
    if (ids.length === 0) return new Map();
    // The sum keeps the plan from looking among all chats of all workspaces.
    const rows = await this.#queries.rows<Held & { id: number }>(
      `SELECT id, redirect_to IS NOT NULL OR EXISTS (
              SELECT 1 FROM chat AS younger WHERE younger.redirect_to = chat.id) AS "isJoined"
         FROM chat WHERE id = ANY($1) AND workspace_id + 0 > 0 ORDER BY id FOR SHARE OF chat`,
      [ids],
    );
    return new Map(rows.map(({ id, isJoined }) => [id, { isJoined }]));
  }
}
