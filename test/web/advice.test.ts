import { expect, test } from '@jest/globals';
import { adviceOn } from '../../src/web/webhooks/advice.ts';

test.each([
  ['timeout', 'timeout'],
  ['connection_failed', 'connection_failed'],
  ['address_refused', 'address_refused'],
  ['status_204', 'success'],
  ['status_301', 'redirect'],
  ['status_400', 'refused'],
  ['status_401', 'access'],
  ['status_404', 'missing'],
  ['status_429', 'busy'],
  ['status_500', 'broken'],
  ['status_503', 'busy'],
  ['status_600', 'refused'],
])('the advice on %s is that on %s', (code, expected) => {
  expect(adviceOn(code)).toBe(expected);
});
