import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreKeyDamagedError, StoreKeyNotKeptError } from './errors.ts';
import { flush } from './flush.ts';
import { makeFolder } from './make-folder.ts';

const KEY_BYTES = 32;

/** Path of the key to the secrets inside a data folder. */
export const keyPath = (folder: string): string => join(folder, 'secret.key');

/**
 * The key in that file; null where there is none.
 * @throws {StoreKeyDamagedError} where what is there is no key
 */
export function readKey(path: string): Buffer | null {
  if (!existsSync(path)) return null;
  const key = Buffer.from(readFileSync(path, 'utf8'), 'base64');
  if (key.length !== KEY_BYTES) throw new StoreKeyDamagedError(path);
  return key;
}

/**
 * Makes the key, unless another process has made it meanwhile: then that one is the key. It has its name
 * only once it is on the disk, since nothing opens the secrets of a database whose key was lost.
 * @param advice what can be done besides where it cannot be kept
 * @throws {StoreKeyNotKeptError} where it cannot be kept there
 */
export function makeKey(path: string, advice = ''): Buffer {
  const unfinished = `${path}.unfinished-${process.pid}`;
  try {
    makeFolder(dirname(path));
    try {
      const key = randomBytes(KEY_BYTES).toString('base64');
      writeFileSync(unfinished, key, { mode: 0o600, flush: true });
      linkSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
    flush(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new StoreKeyNotKeptError(path, error, advice);
    }
  }
  return readKey(path) as Buffer;
}
