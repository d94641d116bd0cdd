import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Has what was written to a file on the disk. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Has the list of a folder's files on the disk, where its file system can do that by itself. */
export function flushFolder(path: string): void {
  try {
    flush(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!['EINVAL', 'EPERM', 'ENOTSUP'].includes(code as string)) throw error;
  }
}
