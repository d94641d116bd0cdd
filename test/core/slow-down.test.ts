import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SlowDown, waitAfter } from '../../src/core/slow-down.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('how long to wait after failures', () => {
  test.each([
    [0, 0],
    [4, 0],
    [5, 1000],
    [6, 2000],
    [7, 4000],
    [14, 512_000],
    [15, 15 * MINUTE],
    [5000, 15 * MINUTE],
  ])('after %i, with 5 of them free: %i ms', (failures, ms) => {
    expect(waitAfter(failures, 5)).toBe(ms);
  });
});

describe('whoever keeps failing', () => {
  const NOW = 100 * DAY;
  let slowDown: SlowDown;

  beforeEach(() => {
    slowDown = new SlowDown(5);
  });

  const fail = (times: number, key = 'olga', now = NOW) => {
    for (let i = 0; i < times; i += 1) slowDown.failed(key, now);
  };

  test('waits from the fifth failure on, until the time is up', () => {
    fail(4);
    expect(slowDown.wait('olga', NOW)).toBe(0);
    fail(3);
    expect(slowDown.wait('olga', NOW)).toBe(4000);
    expect(slowDown.wait('olga', NOW + 3999)).toBe(1);
    expect(slowDown.wait('olga', NOW + 4000)).toBe(0);
  });

  test('holds up nobody else', () => {
    fail(50);
    expect(slowDown.wait('jan', NOW)).toBe(0);
  });

  test('begins anew after a success', () => {
    fail(7);
    slowDown.succeeded('olga');
    fail(4);
    expect(slowDown.wait('olga', NOW)).toBe(0);
  });

  test('begins anew after a day without a failure', () => {
    fail(10);
    fail(1, 'olga', NOW + DAY);
    expect(slowDown.wait('olga', NOW + DAY)).toBe(0);
    fail(10);
    fail(1, 'olga', NOW + DAY - 1);
    expect(slowDown.wait('olga', NOW + DAY - 1)).toBeGreaterThan(0);
  });

  test('waits no longer because the clock was set back', () => {
    fail(7);
    expect(slowDown.wait('olga', NOW - DAY)).toBe(4000);
  });

  test('is forgotten only for the sake of ten thousand that failed later', () => {
    fail(10);
    for (let i = 0; i < 9_999; i += 1) fail(1, `other ${i}`);
    expect(slowDown.wait('olga', NOW)).toBeGreaterThan(0);
    fail(1, 'one more');
    expect(slowDown.wait('olga', NOW)).toBe(0);
  });

  test('gets no more than six tries looked at within 3 seconds, however they come', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, (given) => {
        const guarded = new SlowDown(5);
        let now = NOW;
        let looked = 0;
        for (const gap of given) {
          now += gap;
          if (now >= NOW + 3000) break;
          if (guarded.wait('olga', now) > 0) continue;
          guarded.failed('olga', now);
          looked += 1;
        }
        expect(looked).toBeLessThanOrEqual(6);
      }),
    );
  });
});
