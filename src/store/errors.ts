import * as postgres from './postgres/error-code.ts';
import * as sqlite from './sqlite/error-code.ts';

/** The base of what the store throws on its own account. */
export class StoreError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The store cannot write or read just now (disk full, locked, read-only); the same call may work later. */
export class StoreUnavailableError extends StoreError {
  constructor(cause: unknown) {
    super('store_unavailable', `The store is not available: ${String(cause)}`, { cause });
  }
}

/** What the engine itself had to say. */
export const engineError = (error: unknown): unknown =>
  error instanceof StoreUnavailableError ? error.cause : error;

/** Whether the store failed for now. A transaction says so itself; reads fail with the engine's own error. */
export const isStoreDown = (error: unknown): boolean =>
  error instanceof StoreUnavailableError ||
  sqlite.isUnavailable(error) ||
  postgres.isUnavailable(error);

/** The database was written by a newer version of the program. */
export class StoreNewerError extends StoreError {
  constructor(migration: string) {
    super(
      'store_newer',
      `This data was written by a newer version of Pakiet (it has "${migration}"): start that version or a later one.`,
    );
  }
}

/** The key file that opens the secrets of an existing database is gone. */
export class StoreKeyMissingError extends StoreError {
  /** @param advice what else can be done */
  constructor(path: string, advice = '') {
    super(
      'store_key_missing',
      `The file ${path} is missing, and without it the secrets in the database cannot be read: restore it from a backup${advice}.`,
    );
  }
}

/** What is in the file of the key to the secrets is no key. */
export class StoreKeyDamagedError extends StoreError {
  constructor(path: string) {
    super(
      'store_key_damaged',
      `The file ${path} holds no key to the secrets (32 bytes in base64): restore it from a backup, or delete its folder if nothing was kept there yet.`,
    );
  }
}

/** The file of the key to the secrets cannot be read. */
export class StoreKeyUnreadableError extends StoreError {
  constructor(path: string, cause: unknown) {
    super(
      'store_key_unreadable',
      `The key to the secrets in ${path} cannot be read (${(cause as Error).message}): it must be a file that this user may read.`,
      { cause },
    );
  }
}

/** A key to the secrets cannot be kept where it should be. */
export class StoreKeyNotKeptError extends StoreError {
  /** @param advice what else can be done */
  constructor(path: string, cause: unknown, advice = '') {
    super(
      'store_key_not_kept',
      `No key to the secrets can be written to ${path} (${(cause as Error).message}): set ${advice}PAKIET_DATA_DIR to a folder that can be written.`,
      { cause },
    );
  }
}

/** There is a key, but it is not the one that the secrets in the database were closed with. */
export class StoreKeyWrongError extends StoreError {
  /** @param place where the key was found */
  constructor(place: string) {
    super(
      'store_key_wrong',
      `The key in ${place} does not open the secrets in the database: give the one that this database was first used with.`,
    );
  }
}

/** The database cannot be reached, or does not let us in. */
export class StoreUnreachableError extends StoreError {
  constructor(cause: unknown) {
    super(
      'store_unreachable',
      `The database of DATABASE_URL cannot be used (${reasonOf(cause)}): check that it is running, and the address, user, password and sslmode in DATABASE_URL.`,
      { cause },
    );
  }
}

/** An address that has several fails for each of them, and says nothing itself. */
function reasonOf(cause: unknown): string {
  const [first] = cause instanceof AggregateError ? cause.errors : [];
  return ((first ?? cause) as Error).message;
}

/** A database server that the program does not work with. */
export class StoreRefusedError extends StoreError {
  constructor(message: string) {
    super('store_refused', message);
  }
}

/** Another server is at work on the same data folder. */
export class StoreInUseError extends StoreError {
  constructor(folder: string) {
    super(
      'store_in_use',
      `Another Pakiet server is using the data folder ${folder}: stop it, or set PAKIET_DATA_DIR to another folder.`,
    );
  }
}

/** The database holds a data folder that has been moved in by half. */
export class StoreMoveUnfinishedError extends StoreError {
  constructor() {
    super(
      'store_move_unfinished',
      'The database of DATABASE_URL holds an unfinished copy of a data folder: run `npm run pakiet -- migrate-store` again, which goes on where it was, until it says that everything has been moved.',
    );
  }
}

/** The data of this folder is in PostgreSQL since. */
export class StoreMovedError extends StoreError {
  /** @param to the database, in words; @param mark the file that says so */
  constructor(folder: string, to: string, mark: string) {
    super(
      'store_moved',
      `The data of ${folder} has been moved to ${to}: set DATABASE_URL to that, or, to go back to the folder and deliver once more whatever was delivered since, remove ${mark}.`,
    );
  }
}

/** What a transaction was about is somebody else's by now: nothing of it was written. */
export class LeaseLostError extends StoreError {
  constructor() {
    super('lease_lost', 'The lease was lost: another dispatcher has taken over.');
  }
}

/** There is something where a backup is to go. */
export class BackupExistsError extends StoreError {
  constructor(to: string) {
    super(
      'backup_exists',
      `There is already something at ${to}: name a folder that does not exist yet. Nothing was written.`,
    );
  }
}

/** A backup could not be made; what there was of it has been removed. */
export class BackupFailedError extends StoreError {
  constructor(to: string, cause: unknown) {
    super('backup_failed', `No backup was made at ${to}: ${(cause as Error).message}.`, { cause });
  }
}
