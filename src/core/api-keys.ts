import { createHash, randomBytes } from 'node:crypto';
import type { StoredKey } from '../store/everyday/workspaces.ts';
import type { Store } from '../store/store.ts';

/** So many first characters of a key are kept for people to tell it by. */
export const HINT_LENGTH = 13;

/** A new key: 256 random bits, so that nobody comes upon it by trying. */
export const makeKey = () => `pakiet_${randomBytes(32).toString('base64url')}`;

/**
 * As the key is kept. A fast hash will do for a random key: there is nothing to guess from.
 *
 * Keys are found by this hash, in the database's index; the key itself is compared with nothing. How long
 * the search takes tells at most how many leading bits of the *hash* of what was sent agree with those of
 * some stored hash. To come nearer, one would have to choose texts by their SHA-256, and would then know a
 * part of a hash, which does not lead back to the key. So no comparison in constant time is needed.
 */
export const hashKey = (key: string) => createHash('sha256').update(key).digest('hex');

/** Adds a key to a workspace; answers how it is kept. */
export async function addKey(
  store: Store,
  workspaceId: number,
  key: string,
  now: number,
  label = '',
): Promise<StoredKey> {
  const stored = {
    hash: hashKey(key),
    workspaceId,
    // A key that was given may be short: most of it must stay unknown.
    hint: key.slice(0, Math.min(HINT_LENGTH, Math.floor(key.length / 2))),
    createdAt: now,
    label,
    lastUsedAt: null,
  };
  await store.transaction((tx) => tx.workspaces.addKey(stored), { alone: workspaceId });
  return stored;
}
