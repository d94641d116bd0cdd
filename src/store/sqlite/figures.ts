import { statfsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { countTables, type Figures } from '../figures.ts';
import { databasePath } from './data-folder.ts';
import { SqliteLanes } from './lanes.ts';

/**
 * Counts, over a connection of its own. It may take seconds where millions of messages wait, so it has no
 * place on a thread that does anything else.
 */
export async function countSqliteFigures(folder: string): Promise<Figures> {
  const path = databasePath(folder);
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const counted = await countTables({
      all: async <Row>(sql: string) => db.prepare(sql).all() as Row[],
      lanes: new SqliteLanes(db),
      direction: "webhook.filters ->> 'direction'",
    });
    return {
      ...counted,
      bytes: { database: sizeOf(path), log: sizeOf(`${path}-wal`) },
      freeBytes: freeBytes(folder),
    };
  } finally {
    db.close();
  }
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
