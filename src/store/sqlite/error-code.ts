/**
 * SQLite's name of what went wrong, such as SQLITE_FULL; "" where an error is none of SQLite's. Told by
 * the code, not the class: that is one class per copy of the library, and a thread may see several.
 */
export function sqliteCode(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}

/** Whether SQLite cannot read or write just now, whatever it is asked: full, locked, read-only, broken. */
export const isUnavailable = (error: unknown): boolean => UNAVAILABLE.test(sqliteCode(error));

const UNAVAILABLE =
  /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|NOMEM|CORRUPT|NOTADB|PROTOCOL)/;
