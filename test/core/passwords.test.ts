import { expect, test } from '@jest/globals';
import { hashPassword, isPassword } from '../../src/core/passwords.ts';

const PASSWORD = 'correct horse battery';

test('a password is known by its hash, and no other one is', async () => {
  const hash = await hashPassword(PASSWORD);
  expect(await isPassword(PASSWORD, hash)).toBe(true);
  for (const other of ['', 'correct horse batter', 'Correct horse battery', `${PASSWORD} `]) {
    expect([other, await isPassword(other, hash)]).toEqual([other, false]);
  }
});

test('a hash holds neither the password nor anything by which two alike could be told', async () => {
  const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
  expect(one).toMatch(/^scrypt\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(other);
});

test('letters are the same however a keyboard composes them', async () => {
  const hash = await hashPassword('zażółć gęślą jaźń'.normalize('NFD'));
  expect(await isPassword('zażółć gęślą jaźń'.normalize('NFC'), hash)).toBe(true);
});

test.each([
  ['none', null],
  ['an empty one', ''],
  ['half of one', 'scrypt$c2FsdA'],
  ['one without a key', 'scrypt$c2FsdA$'],
])('against %s no password is right', async (_what, hash) => {
  expect(await isPassword('', hash)).toBe(false);
  expect(await isPassword(PASSWORD, hash)).toBe(false);
});
