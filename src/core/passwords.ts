import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const deriveKey = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Costs 32 MiB and some 200 ms a try. Source: OWASP Password Storage Cheat Sheet, scrypt. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** Passwords are worked on one after the other: together they would take the server's memory. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

/** A password as it is kept: `scrypt$salt$key`, in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await inTurn(() => deriveKey(password.normalize('NFC'), salt, KEY_BYTES, COST));
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Whether it is the password that was hashed; with none (null) as slow, and false. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [, salt = '', key = ''] = hash?.split('$') ?? [];
  const expected = Buffer.from(key, 'base64url');
  const derived = await inTurn(() =>
    deriveKey(password.normalize('NFC'), Buffer.from(salt, 'base64url'), KEY_BYTES, COST),
  );
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}
