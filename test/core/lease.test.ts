import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { TimedLease } from '../../src/core/lease.ts';

let elapsed = 0;
let lapses = 0;
let lease: TimedLease;

/** Time goes by, for the clock and for timers alike. */
const pass = (ms: number) => {
  elapsed += ms;
  jest.advanceTimersByTime(ms);
};

beforeEach(() => {
  jest.useFakeTimers();
  elapsed = 5000;
  lapses = 0;
  const lapsed = () => {
    lapses += 1;
  };
  lease = new TimedLease(30_000, lapsed, () => elapsed);
});
afterEach(() => {
  lease.end();
  jest.useRealTimers();
});

test('nothing may start before there is a lease', () => {
  expect(lease.mayStart()).toBe(false);
});

test('a request may start while half of the lease is left', () => {
  lease.renewed(lease.asking());
  expect(lease.mayStart()).toBe(true);
  pass(15_000);
  expect(lease.mayStart()).toBe(true);
  pass(1);
  expect(lease.mayStart()).toBe(false);
  expect(lapses).toBe(0);
  expect(lease.holds()).toBe(true);
  pass(14_999);
  expect(lapses).toBe(1);
  expect(lease.holds()).toBe(false);
});

test('it counts from the moment in which the renewal was asked for', () => {
  const askedAt = lease.asking();
  pass(16_000);
  lease.renewed(askedAt);
  expect(lease.mayStart()).toBe(false);
  pass(14_000);
  expect(lapses).toBe(1);
});

test('a renewal puts the lapse off, and after a lapse begins anew', () => {
  lease.renewed(lease.asking());
  pass(29_000);
  lease.renewed(lease.asking());
  pass(29_000);
  expect(lapses).toBe(0);
  pass(1000);
  expect(lapses).toBe(1);
  lease.renewed(lease.asking());
  expect(lease.mayStart()).toBe(true);
});

test('a process that stood still may start nothing, whatever its timers say', () => {
  lease.renewed(lease.asking());
  // Stopped: the clock goes on, and no timer rings.
  elapsed += 40_000;
  expect(lease.mayStart()).toBe(false);
});
