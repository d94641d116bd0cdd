import type { Database, Statement } from 'better-sqlite3';
import { wellFormed } from '../../wire/text.ts';
import { statementCache } from '../sqlite/statements.ts';
import type { Value } from './digest.ts';
import { TABLES, type TableName } from './tables.ts';

const REPLACEMENT = '\uFFFD';

/**
 * Makes texts such as PostgreSQL can hold, in the way that intake does: those from before it did may have a
 * NUL in them. Two that differed may be the same then. Of names and of keys of duplicates the one that had
 * the NUL is left out, since from now on the other stands for both; a chat is told apart by its number.
 */
export class Storable {
  /** Texts that were changed. */
  replaced = 0;
  /** Rows that were left out. */
  leftOut = 0;
  readonly #sql: (text: string) => Statement;

  constructor(db: Database) {
    this.#sql = statementCache(db);
  }

  /** Changes the row where it has to; answers whether it is to be moved. */
  admit(table: TableName, columns: readonly string[], row: Value[]): boolean {
    let isMoved = true;
    for (let i = 0; i < row.length; i += 1) {
      const text = row[i];
      if (typeof text !== 'string' || !(text.includes('\0') || !text.isWellFormed())) continue;
      this.replaced += 1;
      const clashes =
        columns[i] === TABLES[table].unique?.at(-1) && this.#clashes(table, columns, row);
      row[i] = wellFormed(text);
      if (!clashes) continue;
      if (table === 'chat') row[i] += `${REPLACEMENT}${row[columns.indexOf('id')]}`;
      else isMoved = false;
    }
    if (!isMoved) this.leftOut += 1;
    return isMoved;
  }

  /** Whether what is to be moved in its place is there already. */
  #clashes(table: TableName, columns: readonly string[], row: readonly Value[]): boolean {
    const unique = TABLES[table].unique ?? [];
    const values = unique.map((name) => row[columns.indexOf(name)] as Value);
    const text = values.pop() as string;
    const name = unique.at(-1);
    const wanted = wellFormed(text);
    const among = `SELECT ${name} FROM ${table} WHERE ${unique
      .slice(0, -1)
      .map((one) => `${one} = ? AND `)
      .join('')}`;
    if (this.#sql(`${among}${name} = ?`).get(...values, wanted)) return true;
    // Two with a NUL become one only where one of them has the replacement in it already.
    if (!text.includes(REPLACEMENT)) return false;
    const others = this.#sql(`${among}instr(${name}, char(0)) > 0 AND ${name} < ?`).pluck();
    for (const other of others.iterate(...values, text)) {
      if (wellFormed(other as string) === wanted) return true;
    }
    return false;
  }
}
