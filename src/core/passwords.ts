import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const deriveKey = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Costs 32 MiB and some 200 ms a try. Source: OWASP Password Storage Cheat Sheet, scrypt. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** So many may wait for their turn; whoever comes then is asked to come later. */
const MOST_WAITING = 20;

/** More passwords are to be looked at than there is time for. */
export class PasswordsBusyError extends Error {
  constructor() {
    super('Too many sign-ins at once: try again in a moment');
    this.name = 'PasswordsBusyError';
  }
}

/** Passwords are worked on one after the other: together they would take the server's memory. */
let turn: Promise<unknown> = Promise.resolve();
let waiting = 0;

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  waiting += 1;
  try {
    return await mine;
  } finally {
    waiting -= 1;
  }
}

/** A password as it is kept: `scrypt$salt$key`, in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await inTurn(() => deriveKey(password.normalize('NFC'), salt, KEY_BYTES, COST));
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/**
 * Whether it is the password that was hashed; with none (null) as slow, and false.
 * @throws {PasswordsBusyError}
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  if (waiting >= MOST_WAITING) throw new PasswordsBusyError();
  const [, salt = '', key = ''] = hash?.split('$') ?? [];
  const expected = Buffer.from(key, 'base64url');
  const derived = await inTurn(() =>
    deriveKey(password.normalize('NFC'), Buffer.from(salt, 'base64url'), KEY_BYTES, COST),
  );
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}
