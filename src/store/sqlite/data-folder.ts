import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreInUseError, StoreKeyMissingError } from '../errors.ts';
import { SecretBox } from '../secret-box.ts';
import { sqliteCode } from './error-code.ts';

/** Path of the database inside a data folder. */
export const databasePath = (folder: string) => join(folder, 'pakiet.db');

/** Path of the key to the secrets in it. */
export const keyPath = (folder: string) => join(folder, 'secret.key');

/** Creates the folder, and those it lies in, where they are missing. (Node's own way spins under /proc.) */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Creates the folder where it is missing and takes it for one server. The lock is an open exclusive
 * transaction on a database of its own, which the operating system ends with the process, however it dies.
 * @returns the function that gives the folder back
 * @throws {StoreInUseError} where another server has it
 */
export function lockFolder(folder: string): () => void {
  makeFolder(folder);
  const path = join(folder, 'server.lock');
  writeFileSync(path, '', { mode: 0o600, flag: 'a' });
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (sqliteCode(error).startsWith('SQLITE_BUSY')) throw new StoreInUseError(folder);
    throw error;
  }
  return () => lock.close();
}

/**
 * The box for secrets at rest; its key is a file of the folder, made before the database is.
 * @throws {StoreKeyMissingError} where there is a database already, but no key
 */
export function openSecretBox(folder: string): SecretBox {
  const path = keyPath(folder);
  if (!existsSync(path)) {
    if (existsSync(databasePath(folder))) throw new StoreKeyMissingError(path);
    try {
      writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another process has made it meanwhile: then that one is the key.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return new SecretBox(Buffer.from(readFileSync(path, 'utf8'), 'base64'));
}
