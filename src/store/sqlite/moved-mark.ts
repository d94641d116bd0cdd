import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreMovedError } from '../errors.ts';
import { flushFolder } from '../flush.ts';

/** Path of the file that says where the data of a folder went. */
export const movedMarkPath = (folder: string): string => join(folder, 'moved-to-postgresql');

/**
 * A server that is started by mistake on what is only the past would deliver it all again.
 * @throws {StoreMovedError} where the data has been moved
 */
export function refuseMoved(folder: string): void {
  const mark = movedMarkPath(folder);
  if (!existsSync(mark)) return;
  throw new StoreMovedError(folder, readFileSync(mark, 'utf8').trim(), mark);
}

/** Marks the folder, on the disk. @param to the database, in words */
export function markMoved(folder: string, to: string): void {
  const path = movedMarkPath(folder);
  writeFileSync(path, `${to}\n`, { mode: 0o600, flush: true });
  flushFolder(folder);
}
