import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `hex` is the HMAC of the body under this key, compared in constant time. */
export function isHmac(
  algorithm: 'sha256' | 'sha512',
  key: string,
  body: Uint8Array,
  hex: string,
): boolean {
  const expected = Buffer.from(createHmac(algorithm, key).update(body).digest('hex'));
  const given = Buffer.from(hex.trim().toLowerCase());
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether two secrets are the same, compared in constant time whatever their lengths. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'secret').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
