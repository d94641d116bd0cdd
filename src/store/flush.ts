import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Has what was written to a file, or to the list of a folder's files, on the disk. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
