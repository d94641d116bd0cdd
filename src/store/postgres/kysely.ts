import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
} from 'kysely';
import type { Tables } from '../schema.ts';
import type { Queries } from './queries.ts';

/** Kysely over the connection, or the pool, that the queries go to. */
export function kyselyOver(queries: Queries): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => new QueriesDriver(queries),
      createIntrospector: () => new CurrentSchema(queries),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

class QueriesDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(queries: Queries) {
    this.#connection = {
      async executeQuery<Row>({ sql, parameters }: CompiledQuery) {
        const { rows, affected } = await queries.once<Row>(sql, parameters);
        return { rows, numAffectedRows: BigInt(affected) };
      },
      streamQuery() {
        throw new Error('Long reads go over a cursor of their own');
      },
    };
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('BEGIN'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

/** Whoever migrates holds a lock of ours already (set-up.ts). */
class Adapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** What the migrator wants to know: which tables there are. Kysely's own looks at those of all schemas. */
class CurrentSchema implements DatabaseIntrospector {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async getSchemas() {
    const { rows } = await this.#queries.once<{ name: string }>('SELECT current_schema() AS name');
    return rows;
  }

  async getTables() {
    const { rows } = await this.#queries.once<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()',
    );
    return rows.map(({ name }) => ({ name, isView: false, isForeign: false, columns: [] }));
  }
}
