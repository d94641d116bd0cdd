import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreKeyDamagedError, StoreKeyNotKeptError, StoreKeyUnreadableError } from './errors.ts';
import { flushFolder } from './flush.ts';
import { makeFolder } from './make-folder.ts';

const KEY_BYTES = 32;
/** What a file system says that has no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Path of the key to the secrets inside a data folder. */
export const keyPath = (folder: string): string => join(folder, 'secret.key');

/**
 * The key in that file; null where there is none.
 * @throws {StoreKeyUnreadableError}
 * @throws {StoreKeyDamagedError} where what is there is no key
 */
export function readKey(path: string): Buffer | null {
  if (!existsSync(path)) return null;
  const key = Buffer.from(textOf(path), 'base64');
  if (key.length !== KEY_BYTES) throw new StoreKeyDamagedError(path);
  return key;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StoreKeyUnreadableError(path, error);
  }
}

/**
 * Makes the key, unless another process has made it meanwhile: then that one is the key. It has its name
 * only once it is on the disk, since nothing opens the secrets of a database whose key was lost.
 * @param advice what can be done besides where it cannot be kept
 * @throws {StoreKeyNotKeptError} where it cannot be kept there
 * @throws {StoreKeyUnreadableError | StoreKeyDamagedError} where what another process made is none
 */
export function makeKey(path: string, advice = ''): Buffer {
  try {
    makeFolder(dirname(path));
    const unfinished = `${path}.unfinished-${randomBytes(8).toString('hex')}`;
    try {
      const key = randomBytes(KEY_BYTES).toString('base64');
      writeFileSync(unfinished, key, { mode: 0o600, flag: 'wx', flush: true });
      giveName(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
    flushFolder(dirname(path));
  } catch (error) {
    throw new StoreKeyNotKeptError(path, error, advice);
  }
  const key = readKey(path);
  if (key) return key;
  throw new StoreKeyNotKeptError(path, new Error('it is a link that leads nowhere'), advice);
}

/** Gives a file its name, unless that is taken. */
function giveName(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (NO_LINKS.includes(code as string)) renameSync(unfinished, path);
    else if (code !== 'EEXIST') throw error;
  }
}
