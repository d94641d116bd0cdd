import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Path of the key to the secrets inside a data folder. */
export const keyPath = (folder: string): string => join(folder, 'secret.key');

/** The key in that file; null where there is none. */
export function readKey(path: string): Buffer | null {
  return existsSync(path) ? Buffer.from(readFileSync(path, 'utf8'), 'base64') : null;
}

/** Makes the key, unless another process has made it meanwhile: then that one is the key. */
export function makeKey(path: string): Buffer {
  try {
    writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readKey(path) as Buffer;
}
