import { expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { moveStore } from '../../src/store/move/move-store.ts';
import { TABLE_NAMES, type TableName } from '../../src/store/move/tables.ts';
import { databasePath, openSecretBox } from '../../src/store/sqlite/data-folder.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { wellFormed } from '../../src/wire/text.ts';
import { ask, describePostgres, emptySchema } from '../support/postgres.ts';
import { tempFolder } from '../support/temp-folder.ts';

type Row = Record<string, unknown>;
interface Column {
  name: string;
  type: string;
  notnull: number;
  pk: number;
}

class Cut extends Error {}

// What PostgreSQL's own formats, JSON or this program's separators might trip over; few, so that they meet.
const text = fc.string({
  maxLength: 4,
  unit: fc.constantFrom(...'a\0\uFFFD\\\n\t"\',{}\u001e\u001fż', '👍', 'N', '\r', '\u2028', ' '),
});
const small = fc.integer({ min: 0, max: 9 });
const large = fc.oneof(small, fc.integer({ min: 0, max: 2 ** 45 }));

/** Columns of PostgreSQL that are no wider than they need to be. */
const NARROW =
  /^(slot|day|attempts|blamed|concurrency|rate|consecutive_errors|granularity_hours|enabled|is_group|seeded)$/;

/** Texts that must not repeat and that this program makes up itself. */
const MADE_UP = /^(id|hash|uuid|message_id)$/;

function arbitraryOf({ name, type, notnull, pk }: Column): fc.Arbitrary<unknown> {
  const value: fc.Arbitrary<unknown> =
    type === 'BLOB'
      ? fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes))
      : type === 'TEXT'
        ? MADE_UP.test(name)
          ? fc.uuid()
          : text
        : NARROW.test(name)
          ? small
          : large;
  return notnull || pk ? value : fc.option(value);
}

const read = (db: Database.Database, table: TableName) =>
  db.prepare(`SELECT * FROM ${table}`).all() as Row[];

/** Rows in words, in one order. */
const told = (rows: Row[]) =>
  rows
    .map((row) =>
      JSON.stringify(
        Object.keys(row)
          .sort()
          .map((name) => {
            const value = row[name];
            if (typeof value === 'string')
              return /^\d+$/.test(value) ? Number(value) : wellFormed(value);
            return Buffer.isBuffer(value) ? value.toString('hex') : value;
          }),
      ),
    )
    .sort();

/** What is left where those that are one by what PostgreSQL can hold are one. */
const distinct = (rows: Row[], ...names: string[]) => [
  ...new Set(told(rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))))),
];

describePostgres('moving whatever a data folder may hold', () => {
  test('leaves nothing out, and changes nothing but what PostgreSQL cannot hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.nat(200), async (seeds, cut) => {
        const folder = tempFolder();
        await (await openSqlite({ folder })).close();
        const box = openSecretBox(folder);
        const db = new Database(databasePath(folder));
        db.exec('BEGIN');
        for (const table of TABLE_NAMES) {
          const columns = db.pragma(`table_info(${table})`) as Column[];
          const insert = db.prepare(
            `INSERT OR IGNORE INTO ${table} VALUES (${columns.map(() => '?')})`,
          );
          const rows = fc.array(fc.tuple(...columns.map(arbitraryOf)), {
            minLength: 5,
            maxLength: 20,
          });
          const [some] = fc.sample(rows, { numRuns: 1, seed: seeds.next().value });
          for (const row of some as unknown[][]) {
            insert.run(
              row.map((value, i) =>
                /^secrets?$/.test(columns[i]?.name as string) ? box.close('x') : value,
              ),
            );
          }
        }
        db.exec('COMMIT');
        const url = await emptySchema();
        const move = (onProgress: () => void) =>
          moveStore({
            folder,
            url,
            name: 'PostgreSQL',
            startOver: false,
            now: Date.now,
            onProgress,
          });
        let steps = 0;
        const cutting = move(() => {
          steps += 1;
          if (steps > cut) throw new Cut();
        });
        await cutting.catch((error) => {
          if (!(error instanceof Cut)) throw error;
        });
        await move(() => {});
        for (const table of TABLE_NAMES) {
          const [ours, theirs] = [read(db, table), await ask(`SELECT * FROM ${table}`, url)];
          switch (table) {
            case 'seen':
              expect(theirs).toHaveLength(
                distinct(ours, 'account_id', 'direction', 'native_id').length,
              );
              break;
            case 'alias':
              expect(theirs).toHaveLength(distinct(ours, 'account_id', 'alias').length);
              break;
            case 'chat':
              expect(distinct(theirs, 'id', 'phone')).toEqual(distinct(ours, 'id', 'phone'));
              break;
            default:
              expect([table, told(theirs)]).toEqual([table, told(ours)]);
          }
        }
        db.close();
      }),
      { numRuns: 8 },
    );
  }, 120_000);
});
