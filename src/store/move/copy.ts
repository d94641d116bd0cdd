import type { Value } from './digest.ts';
import type { MoveSource } from './source.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';
import type { MoveTarget, Progress } from './target.ts';

/** What is written at once: enough that the way there and back does not count, little enough to hold. */
const ROWS_AT_ONCE = 5000;
const BYTES_AT_ONCE = 1_000_000;
/** While PostgreSQL writes one group the next is read; what is on its way has to get its turn meanwhile. */
const ROWS_A_TURN = 500;

/**
 * Copies what an earlier run has not, table by table. (COPY was 15 % faster than statements for many rows:
 * the time goes into the indexes.)
 * @param onRows told how many more rows of a table are dealt with
 */
export async function copy(
  source: MoveSource,
  target: MoveTarget,
  onRows: (table: TableName, rows: number) => void,
): Promise<void> {
  const storable = source.storable();
  let progress = target.progress;
  for (const table of TABLE_NAMES) {
    const columns = source.columns(table);
    let { key, rows } = progress[table] ?? { key: null, rows: 0 };
    onRows(table, rows);
    let group: object[] = [];
    let bytes = 0;
    let read = 0;
    let writing = Promise.resolve();
    const write = async () => {
      await writing;
      progress = { ...progress, [table]: { key, rows } } as Progress;
      writing = target.add(table, group, progress);
      // It is waited for before the next one.
      writing.catch(() => {});
      group = [];
      bytes = 0;
    };
    for (const { row, key: itsKey, isMoved } of source.rows(table, storable, key)) {
      key = itsKey;
      if (isMoved) {
        group.push(Object.fromEntries(columns.map((name, i) => [name, toJson(row[i] as Value)])));
        bytes += row.reduce<number>((sum, value) => sum + sizeOf(value), 0);
        rows += 1;
      }
      read += 1;
      if (group.length === ROWS_AT_ONCE || bytes >= BYTES_AT_ONCE) await write();
      if (read % ROWS_A_TURN > 0) continue;
      onRows(table, ROWS_A_TURN);
      await new Promise(setImmediate);
    }
    if (group.length > 0) await write();
    await writing;
    onRows(table, read % ROWS_A_TURN);
  }
}

const toJson = (value: Value) => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value);

const sizeOf = (value: Value): number =>
  typeof value === 'string' ? value.length : Buffer.isBuffer(value) ? 2 * value.length : 8;
