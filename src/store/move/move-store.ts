import { markMoved } from '../sqlite/moved-mark.ts';
import { copy } from './copy.ts';
import { MoveSource } from './source.ts';
import { TABLE_NAMES, TABLES, type TableName } from './tables.ts';
import { MoveTarget } from './target.ts';
import { verify } from './verify.ts';

export interface MoveOptions {
  folder: string;
  /** Of the database. */
  url: string;
  /** The database in words. */
  name: string;
  /** Throws away what an unfinished move has left there. */
  startOver: boolean;
  now: () => number;
  onProgress: (step: MoveStep) => void;
}

/** How many of all rows have been dealt with, and of which table the last of them was. */
export interface MoveStep {
  doing: 'copying' | 'comparing';
  table: TableName;
  done: number;
  total: number;
}

export interface Moved {
  /** How many rows there are. */
  rows: number;
  /** How many of them earlier runs had moved. */
  before: number;
  /** Texts that PostgreSQL cannot hold as they were, and rows that were left out because of that. */
  replaced: number;
  leftOut: number;
}

/**
 * Moves a data folder into PostgreSQL, while no server is at work on either. It can be cut off at any moment
 * and run again: with each group of rows the database notes how far their table has come. Only when both
 * have been compared from beginning to end does it count as moved. The folder is marked before the database
 * is, so that there is no moment at which servers would start on both.
 * @returns null where an earlier run had moved everything
 * @throws {StoreError} with one sentence where it cannot be done
 */
export async function moveStore(options: MoveOptions): Promise<Moved | null> {
  const { folder, name, now, onProgress } = options;
  const source = await MoveSource.open(folder);
  try {
    const target = await MoveTarget.open(source, options);
    try {
      if (target.isFinished) {
        markMoved(folder, name);
        return null;
      }
      const before = Object.values(target.progress).reduce((sum, { rows }) => sum + rows, 0);
      const total = [...source.counts().values()].reduce((sum, rows) => sum + rows, 0);
      const counted = (doing: MoveStep['doing']) => {
        let done = 0;
        return (table: TableName, rows: number) => {
          done += rows;
          onProgress({ doing, table, done, total });
        };
      };
      await copy(source, target, counted('copying'));
      for (const table of TABLE_NAMES) {
        const last = TABLES[table].numbered ? source.lastGiven(table) : 0;
        if (last > 0) await target.lastGiven(table, last);
      }
      await target.analyze();
      const storable = source.storable();
      await verify(source, target, storable, counted('comparing'));
      markMoved(folder, name);
      await target.finish(now());
      const { replaced, leftOut } = storable;
      return { rows: total - leftOut, before, replaced, leftOut };
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}
