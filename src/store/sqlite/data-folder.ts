import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreInUseError, StoreKeyMissingError, StoreKeyWrongError } from '../errors.ts';
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
 * @throws {StoreKeyDamagedError | StoreKeyUnreadableError | StoreKeyNotKeptError}
 */
export function openSecretBox(folder: string): SecretBox {
  const path = keyPath(folder);
  // Looked for in this order, as another process may be making both.
  const hasDatabase = existsSync(databasePath(folder));
  const key = readKey(path);
  if (!key && hasDatabase) throw new StoreKeyMissingError(path);
  return new SecretBox(key ?? makeKey(path));
}

/**
 * Tries the key on what it should open; where there is nothing, any key will do.
 * @throws {StoreKeyWrongError} where it is not the one by which the secrets were closed
 */
export function confirmKey(db: Database.Database, box: SecretBox, folder: string): void {
  const secrets = db
    .prepare(
      'SELECT * FROM (SELECT secret FROM webhook LIMIT 1) UNION ALL SELECT * FROM (SELECT secrets FROM source LIMIT 1)',
    )
    .pluck()
    .all() as string[];
  try {
    for (const secret of secrets) box.open(secret);
  } catch {
    throw new StoreKeyWrongError(keyPath(folder));
  }
}
