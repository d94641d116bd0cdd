import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chatTimes, clockAligned, fewestBundles } from '../../bench/rig/zap-traffic.ts';
import { fewestBundles as allWaysTried } from '../core/fewest-bundles.ts';
import { Random } from '../crash/random.ts';

const times = fc
  .array(fc.integer({ min: 0, max: 50 }), { maxLength: 9 })
  .map((unsorted) => unsorted.toSorted((a, b) => a - b));

test('the fewest bundles are those that trying all ways finds', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 20 }), (messages, window) => {
      expect(fewestBundles(messages, window, 1000)).toBe(allWaysTried(messages, window));
    }),
  );
});

test('a bundle holds no more than it may', () => {
  expect(fewestBundles([1, 1, 1, 1, 1], 10, 2)).toBe(3);
});

test('windows of the clock cut what one window would hold', () => {
  expect(clockAligned([9, 10, 11], 10)).toBe(2);
  expect(fewestBundles([9, 10, 11], 10, 1000)).toBe(1);
});

test('the times of a chat are ascending, within the span, and the same for the same seed', () => {
  const made = chatTimes(new Random(3), 1000, 10_000_000, 60_000);
  expect(made).toEqual(made.toSorted((a, b) => a - b));
  expect(made.length).toBeGreaterThan(20);
  expect(made.at(0)).toBeGreaterThanOrEqual(1000);
  expect(made.at(-1)).toBeLessThanOrEqual(10_000_000);
  expect(chatTimes(new Random(3), 1000, 10_000_000, 60_000)).toEqual(made);
});
