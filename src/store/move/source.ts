import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreUnavailableError } from '../errors.ts';
import { databasePath, lockFolder } from '../sqlite/data-folder.ts';
import { isUnavailable } from '../sqlite/error-code.ts';
import { openSqlite } from '../sqlite/open.ts';
import type { Value } from './digest.ts';
import { Storable } from './storable.ts';
import { TABLE_NAMES, TABLES, type TableName } from './tables.ts';

/** A command may hold the database's lock for so long. */
const LOCKED_LIMIT_MS = 5000;
const TRIES = 3;

/** A data folder that nobody writes to while it is being moved. */
export class MoveSource {
  /** Changes whenever anything in the database does. */
  readonly state: string;
  readonly #db: Database.Database;
  readonly #release: () => void;

  /**
   * Takes the folder as a server does, and migrates its database.
   * @throws {StoreError} where it cannot be had
   */
  static async open(folder: string): Promise<MoveSource> {
    const release = lockFolder(folder);
    try {
      await (await openSqlite({ folder })).close();
      const db = new Database(databasePath(folder), { timeout: LOCKED_LIMIT_MS });
      try {
        const state = holdStill(db, databasePath(folder));
        return new MoveSource(db, state, release);
      } catch (error) {
        db.close();
        throw isUnavailable(error) ? new StoreUnavailableError(error) : error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }

  private constructor(db: Database.Database, state: string, release: () => void) {
    this.#db = db;
    this.state = state;
    this.#release = release;
  }

  columns(table: TableName): string[] {
    const columns = this.#db.pragma(`table_info(${table})`) as { name: string }[];
    return columns.map(({ name }) => name);
  }

  /** How many rows each table has. */
  counts(): Map<TableName, number> {
    return new Map(
      TABLE_NAMES.map((table) => [table, this.one(`SELECT count(*) FROM ${table}`) as number]),
    );
  }

  /** The table's rows behind a key, in order of their keys, such as PostgreSQL can hold them. */
  *rows(
    table: TableName,
    storable: Storable,
    after: readonly Value[] | null = null,
  ): Generator<{ row: Value[]; key: Value[]; isMoved: boolean }> {
    const { key } = TABLES[table];
    const columns = this.columns(table);
    const places = key.map((name) => columns.indexOf(name));
    const behind = after ? `WHERE (${key}) > (${key.map(() => '?')})` : '';
    const rows = this.#db
      .prepare(`SELECT ${columns} FROM ${table} ${behind} ORDER BY ${key}`)
      .raw()
      .iterate(...(after ?? [])) as IterableIterator<Value[]>;
    for (const row of rows) {
      const itsKey = places.map((place) => row[place] as Value);
      yield { row, key: itsKey, isMoved: storable.admit(table, columns, row) };
    }
  }

  storable(): Storable {
    return new Storable(this.#db);
  }

  /** The highest id that the table ever gave. */
  lastGiven(table: TableName): number {
    return this.one(
      `SELECT max(coalesce((SELECT max(id) FROM ${table}), 0),
                  coalesce((SELECT seq FROM sqlite_sequence WHERE name = '${table}'), 0))`,
    ) as number;
  }

  /** The first value that a statement answers. */
  one(text: string): unknown {
    return this.#db.prepare(text).pluck().get();
  }

  all(text: string): Record<string, Value>[] {
    return this.#db.prepare(text).all() as Record<string, Value>[];
  }

  close(): void {
    this.#db.close();
    this.#release();
  }
}

/**
 * Lets nobody write from now on, the command line included, which asks for no lock on the folder. With all
 * that was written in one file, that file's time and size tell whether anything has been written since.
 */
function holdStill(db: Database.Database, path: string): string {
  for (let tries = 1; ; tries += 1) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.exec('BEGIN IMMEDIATE');
    if (!existsSync(`${path}-wal`) || statSync(`${path}-wal`).size === 0) break;
    db.exec('ROLLBACK');
    if (tries === TRIES) {
      throw new StoreUnavailableError(new Error(`another program has ${path} open`));
    }
  }
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return `${size} bytes of ${mtimeNs}`;
}
