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
  constructor(path: string) {
    super(
      'store_key_missing',
      `The file ${path} is missing, and without it the secrets in the database cannot be read: restore it from a backup.`,
    );
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
