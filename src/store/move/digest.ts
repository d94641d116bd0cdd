import { hash } from 'node:crypto';

/** A value of a row as SQLite hands it over. */
export type Value = string | number | null | Buffer;

/** What tells whether two tables hold the same rows, in whatever order. */
export interface Digest {
  rows: number;
  /** Of 64 bits of each row's hash. */
  sum: bigint;
}

// Between values, and in place of one that is missing.
const BETWEEN = '\u001f';
const NOTHING = '\u001e';

/** Sums up rows here as {@link digestSql} does in PostgreSQL. */
export class RowDigest implements Digest {
  rows = 0;
  sum = 0n;

  add(row: readonly Value[]): void {
    let text = '';
    for (let i = 0; i < row.length; i += 1) {
      const value = row[i] as Value;
      if (i > 0) text += BETWEEN;
      if (value === null) text += NOTHING;
      else text += typeof value === 'object' ? value.toString('hex') : value;
    }
    this.rows += 1;
    this.sum += hash('sha256', text, 'buffer').readBigInt64BE(0);
  }
}

/** @param columns with their types */
export function digestSql(table: string, columns: readonly { name: string; type: string }[]) {
  const values = columns.map(({ name, type }) => {
    const text = type === 'bytea' ? `encode(${name}, 'hex')` : `${name}::text`;
    return `coalesce(${text}, E'\\x1e')`;
  });
  return `
    SELECT count(*) AS rows, coalesce(sum(part), 0)::text AS sum FROM (
      SELECT ('x' || encode(substr(sha256(convert_to(concat_ws(E'\\x1f', ${values.join(', ')}), 'UTF8')),
             1, 8), 'hex'))::bit(64)::bigint AS part FROM ${table}) AS parts`;
}
