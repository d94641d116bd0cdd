import { expect, test } from '@jest/globals';
import { retryAfterMs } from '../../src/core/sender.ts';
import { failure, TIMEOUT } from '../support/receiver.ts';

const now = Date.UTC(2021, 1, 24, 16, 0, 0);

test.each([
  ['seconds', '120', 120_000],
  ['no seconds', '0', 0],
  ['spaces around', ' 5 ', 5000],
  ['a date', 'Wed, 24 Feb 2021 16:01:00 GMT', 60_000],
  ['a date that is past', 'Wed, 24 Feb 2021 15:59:00 GMT', 0],
  ['nonsense', 'soon', null],
  ['nothing', '', null],
  ['a number beyond all numbers', '9'.repeat(400), 1e12],
])('Retry-After with %s', (_what, header, expected) => {
  expect(retryAfterMs(failure(503, { 'retry-after': header }), now)).toBe(expected);
});

test('no Retry-After, or no response at all, asks for nothing', () => {
  expect(retryAfterMs(failure(503), now)).toBeNull();
  expect(retryAfterMs(TIMEOUT, now)).toBeNull();
});
