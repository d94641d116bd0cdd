import { StoreKeyMissingError, StoreKeyWrongError } from '../errors.ts';
import { SecretBox } from '../secret-box.ts';
import type { Queries } from './queries.ts';

/** Where the key to the secrets comes from. */
export interface KeySource {
  /** Answers the key, or null where there is none. */
  find(): Buffer | null;
  /** Makes one for a database that holds nothing yet. */
  make(): Buffer;
  /** Names the place to people. */
  readonly place: string;
}

/** A key that is known already. */
export const theKey = (key: Uint8Array): KeySource => ({
  find: () => Buffer.from(key),
  make: () => Buffer.from(key),
  place: 'PAKIET_SECRET_KEY',
});

/**
 * The key to the secrets in this database: the one that it was first used with. The database holds what is
 * derived from it, which tells whether it is the same and nothing more.
 * @throws {StoreKeyMissingError} where there is none any more
 * @throws {StoreKeyWrongError} where it is another
 */
export async function confirmKey(queries: Queries, source: KeySource): Promise<Buffer> {
  const { rows } = await queries.once<{ check: string }>(
    'SELECT key_check AS check FROM installation',
  );
  const [first] = rows;
  const key = source.find() ?? (first ? null : source.make());
  if (!key)
    throw new StoreKeyMissingError(source.place, ', or set PAKIET_SECRET_KEY to what is in it');
  const check = new SecretBox(key).derive('key check').toString('base64');
  if (!first) {
    await queries.once('INSERT INTO installation (key_check) VALUES ($1)', [check]);
  } else if (first.check !== check) {
    throw new StoreKeyWrongError(source.place);
  }
  return key;
}
