import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  constants as modes,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { BackupExistsError, BackupFailedError, StoreKeyMissingError } from '../errors.ts';
import { flush, flushFolder } from '../flush.ts';
import { keyPath, readKey } from '../key-file.ts';
import { databasePath } from './data-folder.ts';

/** All pages in one step; in several, the copy would begin anew with every commit of the server. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies a data folder, whether a server is at work on it or not: the database as it stood at one moment,
 * and the key that opens the secrets in it. The server goes on reading and writing meanwhile. The copy is
 * a data folder itself. It appears under its name only when it is complete, checked and on the disk.
 * @param to a folder that does not exist yet
 * @throws {BackupExistsError} where there is something already
 * @throws {StoreKeyMissingError} where the key to the secrets is gone
 * @throws {StoreKeyDamagedError | StoreKeyUnreadableError} where it is none
 * @throws {BackupFailedError}
 */
export async function backUpFolder(from: string, to: string): Promise<void> {
  if (existsSync(to)) throw new BackupExistsError(to);
  const key = keyPath(from);
  if (!readKey(key)) throw new StoreKeyMissingError(key);
  const unfinished = join(dirname(to), `.${basename(to)}.unfinished-${process.pid}`);
  try {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    await copyDatabase(databasePath(from), databasePath(unfinished));
    copyFileSync(key, keyPath(unfinished), modes.COPYFILE_EXCL);
    for (const path of [databasePath(unfinished), keyPath(unfinished)]) {
      chmodSync(path, 0o600);
      flush(path);
    }
    flushFolder(unfinished);
    renameSync(unfinished, to);
    flushFolder(dirname(to));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new BackupFailedError(to, error);
  }
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true });
  try {
    await source.backup(to, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new Database(to);
  try {
    const verdict = copy.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new Error(`the copy is damaged (${verdict})`);
  } finally {
    copy.close();
  }
}
