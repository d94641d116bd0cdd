import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreInUseError, StoreKeyMissingError } from '../errors.ts';
import { keyPath, makeKey, readKey } from '../key-file.ts';
import { makeFolder } from '../make-folder.ts';
import { SecretBox } from '../secret-box.ts';
import { sqliteCode } from './error-code.ts';

/** Path of the database inside a data folder. */
export const databasePath = (folder: string) => join(folder, 'pakiet.db');

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
  const key = readKey(path);
  if (!key && existsSync(databasePath(folder))) throw new StoreKeyMissingError(path);
  return new SecretBox(key ?? makeKey(path));
}
