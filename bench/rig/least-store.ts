import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GroupCommit } from '../../src/core/group-commit.ts';

const TOGETHER = 2000;

/** A database in the folder that has each commit on the disk. */
export function leastStore(folder: string, schema: string): Database.Database {
  const db = new Database(join(folder, 'least.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(schema);
  return db;
}

/** Writes items down in groups; resolves for each once it is on the disk. */
export function writer<Item>(
  db: Database.Database,
  write: (item: Item) => void,
): (item: Item) => Promise<void> {
  const writeAll = db.transaction((items: Item[]) => items.map(write));
  const commits = new GroupCommit<Item, void>(
    async (take) => writeAll(take()),
    () => true,
    { maxWeight: TOGETHER, weigh: () => 1, flow: () => null },
  );
  return (item) => commits.submit(item);
}
