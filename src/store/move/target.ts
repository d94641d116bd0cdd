import type pg from 'pg';
import { isInTheWay } from '../postgres/error-code.ts';
import { ClientQueries } from '../postgres/queries.ts';
import { connect, whenReady } from '../postgres/set-up.ts';
import { begin, type Progress, refuseServers, type TargetOptions, take } from './begin.ts';
import { type Digest, digestSql, type Value } from './digest.ts';
import { MoveDiffersError } from './errors.ts';
import type { MoveSource } from './source.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

/** A database that a data folder is being moved to, and nobody else works on. */
export class MoveTarget {
  /** How far an earlier run has come. */
  readonly progress: Progress;
  /** Whether an earlier run has ended. */
  readonly isFinished: boolean;
  readonly #client: pg.Client;
  readonly #name: string;
  readonly #queries: ClientQueries;
  #writing: Promise<void> = Promise.resolve();
  readonly #columns = new Map<TableName, { name: string; type: string }[]>();

  /** @throws {StoreError} where it cannot be had */
  static async open(source: MoveSource, options: TargetOptions): Promise<MoveTarget> {
    // It is migrated before anything else is asked of it.
    await whenReady(options.url, async () => {});
    const client = await connect(options.url);
    try {
      const queries = new ClientQueries(client);
      await take(queries, options.name);
      const begun = await whenReady(options.url, (ready) => begin(ready, source, options));
      return new MoveTarget(client, queries, options.name, begun);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  private constructor(
    client: pg.Client,
    queries: ClientQueries,
    name: string,
    begun: { progress: Progress; isFinished: boolean },
  ) {
    this.#name = name;
    this.#client = client;
    this.#queries = queries;
    this.progress = begun.progress;
    this.isFinished = begun.isFinished;
  }

  async columns(table: TableName): Promise<{ name: string; type: string }[]> {
    const known = this.#columns.get(table);
    if (known) return known;
    const { rows } = await this.#queries.once<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [table],
    );
    this.#columns.set(table, rows);
    return rows;
  }

  /** Writes rows of a table and how far all tables have come by that, both or neither. */
  add(table: TableName, rows: readonly object[], progress: Progress): Promise<void> {
    this.#writing = this.#add(table, rows, progress);
    return this.#writing;
  }

  async #add(table: TableName, rows: readonly object[], progress: Progress): Promise<void> {
    const columns = await this.columns(table);
    const names = columns.map(({ name }) => name).join(', ');
    const writing = this.#queries.rows(
      `WITH progress AS (UPDATE move SET progress = $2)
       INSERT INTO ${table} (${names}) SELECT ${names}
         FROM json_to_recordset($1) AS new (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
      [JSON.stringify(rows), JSON.stringify(progress)],
    );
    await writing.catch((error) => {
      throw isInTheWay(error) ? new MoveDiffersError(`"${table}" has rows of others`) : error;
    });
  }

  /** From now on ids behind this one are given, in that table. */
  async lastGiven(table: TableName, id: number): Promise<void> {
    await this.#queries.once(`SELECT setval(pg_get_serial_sequence($1, 'id'), $2)`, [table, id]);
  }

  /** The id that the table gave last, or counts as having given. */
  async givenLast(table: TableName): Promise<number> {
    const { rows } = await this.#queries.once<{ last: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last
         FROM ${table}_id_seq`,
    );
    return rows[0]?.last ?? 0;
  }

  async digest(table: TableName, columns: readonly string[]): Promise<Digest> {
    const types = new Map((await this.columns(table)).map(({ name, type }) => [name, type]));
    const typed = columns.map((name) => ({ name, type: types.get(name) ?? 'text' }));
    const { rows } = await this.#queries.once<{ rows: number; sum: string }>(
      digestSql(table, typed),
    );
    const [found] = rows as [(typeof rows)[number]];
    return { rows: found.rows, sum: BigInt(found.sum) };
  }

  async all(text: string): Promise<Record<string, Value>[]> {
    return (await this.#queries.once<Record<string, Value>>(text)).rows;
  }

  /** Lets the planner know what the tables hold. */
  async analyze(): Promise<void> {
    await this.#queries.once(`ANALYZE ${TABLE_NAMES.join(', ')}`);
  }

  /**
   * From now on servers may work on it.
   * @throws {MoveTargetInUseError} where one does already
   */
  async finish(at: number): Promise<void> {
    await refuseServers(this.#queries, this.#name);
    await this.#queries.once('UPDATE move SET finished_at = $1', [at]);
  }

  /** What is on its way is let through. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#client.end().catch(() => {});
  }
}
