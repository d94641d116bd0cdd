import { countTables, type Figures } from '../figures.ts';
import { PostgresLanes } from './lanes.ts';
import { ClientQueries } from './queries.ts';
import { connect } from './set-up.ts';

/** Counts, over a connection of its own. It may take seconds where millions of messages wait. */
export async function countPostgresFigures(url: string): Promise<Figures> {
  const client = await connect(url, { readOnly: true });
  try {
    const queries = new ClientQueries(client);
    const counted = await countTables({
      all: async <Row>(sql: string) => (await queries.once<Row>(sql)).rows,
      lanes: new PostgresLanes(queries),
      direction: "(webhook.filters::json ->> 'direction')",
    });
    const { rows } = await queries.once<{ size: number }>(
      'SELECT pg_database_size(current_database()) AS size',
    );
    return { ...counted, bytes: { database: rows[0]?.size ?? 0 }, freeBytes: null };
  } finally {
    await client.end();
  }
}
