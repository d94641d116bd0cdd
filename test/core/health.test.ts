import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ERRORS_TOLERATED,
  HEALTHY,
  healthAfter,
  LONGEST_JITTERED_PAUSE_MS,
  mustDisable,
  type Outcome,
  pauseAfter,
  restsUntil,
} from '../../src/core/health.ts';
import type { Health } from '../../src/store/rows.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const error = (startedAt: number, endedAt = startedAt + 100): Outcome => ({
  ok: false,
  startedAt,
  endedAt,
  retryAfterMs: null,
});
const success = (startedAt: number): Outcome => ({ ...error(startedAt), ok: true });

const healthOf = (outcomes: Outcome[], health: Health = HEALTHY) =>
  outcomes.reduce((now, outcome) => healthAfter(now, outcome, 0.5), health);

describe('pauses', () => {
  test.each([
    [1, 5 * SECOND],
    [2, 15 * SECOND],
    [3, MINUTE],
    [4, 5 * MINUTE],
    [5, 15 * MINUTE],
    [6, 30 * MINUTE],
    [7, HOUR],
    [8, 2 * HOUR],
    [9, 4 * HOUR],
    [10, 8 * HOUR],
    [11, 8 * HOUR],
    [50, 8 * HOUR],
  ])('after error %i it rests %i ms, give or take a fifth', (errors, pause) => {
    expect(pauseAfter(errors, null, 0)).toBe(0.8 * pause);
    expect(pauseAfter(errors, null, 0.5)).toBe(pause);
    expect(pauseAfter(errors, null, 1)).toBe(1.2 * pause);
  });

  test.each([
    ['a longer Retry-After wins', 1, HOUR, HOUR],
    ['a shorter one does not', 7, MINUTE, HOUR],
    ['one of days counts as 8 hours', 1, 72 * HOUR, 8 * HOUR],
    ['one of nothing changes nothing', 1, 0, 5 * SECOND],
  ])('%s', (_what, errors, retryAfter, expected) => {
    expect(pauseAfter(errors, retryAfter, 0.5)).toBe(expected);
  });

  test('never end before the table and Retry-After allow, nor after both', () => {
    const retryAfters = fc.option(fc.nat({ max: 100 * HOUR }));
    const randoms = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        retryAfters,
        randoms,
        (n, retryAfter, random) => {
          const pause = pauseAfter(n, retryAfter, random);
          const base = pauseAfter(n, null, 0.5);
          const asked = Math.min(retryAfter ?? 0, 8 * HOUR);
          expect(pause).toBeGreaterThanOrEqual(Math.max(Math.floor(base * 0.8), asked));
          expect(pause).toBeLessThanOrEqual(Math.max(Math.ceil(base * 1.2), asked));
        },
      ),
    );
  });
});

describe('the count of errors', () => {
  test('requests under way together that fail are one error', () => {
    const together = healthOf([error(0, 10), error(0, 20), error(5, 3000), error(9, 12)]);
    expect(together).toEqual({
      consecutiveErrors: 1,
      lastErrorAt: 10,
      pausedUntil: 10 + 5 * SECOND,
    });
  });

  test('so are those that begin and fail within the same millisecond', () => {
    expect(healthOf([error(7, 7), error(7, 7), error(7, 7)]).consecutiveErrors).toBe(1);
  });

  test('one that began after the last counted error had ended counts', () => {
    expect(healthOf([error(0, 10), error(11, 20), error(21, 30)]).consecutiveErrors).toBe(3);
  });

  test('any success clears it', () => {
    expect(healthOf([error(0), error(200), success(50)])).toEqual(HEALTHY);
    expect(healthOf([error(0), success(50), error(300)]).consecutiveErrors).toBe(1);
  });

  test('10 in a row are borne, the 11th switches off', () => {
    const errors = Array.from({ length: ERRORS_TOLERATED }, (_, i) => error(i * 1000));
    expect(mustDisable(healthOf(errors))).toBe(false);
    expect(mustDisable(healthOf([...errors, error(100_000)]))).toBe(true);
  });

  test('is never more than the number of errors that did not overlap', () => {
    const outcomes = fc.array(
      fc.record({ ok: fc.boolean(), startedAt: fc.nat({ max: 100 }), took: fc.nat({ max: 30 }) }),
    );
    fc.assert(
      fc.property(outcomes, (given) => {
        const ended = given
          .map(({ ok, startedAt, took }) => ({ ...error(startedAt, startedAt + took), ok }))
          .sort((a, b) => a.endedAt - b.endedAt);
        // By the letter of the rule, from the last success on.
        const since = ended.slice(ended.findLastIndex(({ ok }) => ok) + 1);
        let expected = 0;
        let lastEnd = Number.NEGATIVE_INFINITY;
        for (const { startedAt, endedAt } of since) {
          if (startedAt <= lastEnd) continue;
          expected += 1;
          lastEnd = endedAt;
        }
        expect(healthOf(ended).consecutiveErrors).toBe(expected);
      }),
    );
  });
});

describe('resting', () => {
  const paused = (pausedUntil: number | null) => ({ ...HEALTHY, pausedUntil });

  test.each([
    ['no pause: now', null, 1000],
    ['a pause that is over: now', 900, 1000],
    ['a pause: its end', 5000, 5000],
    [
      'one that no pause can be, the clock having been set back: now',
      1001 + LONGEST_JITTERED_PAUSE_MS,
      1000,
    ],
  ])('%s', (_what, pausedUntil, expected) => {
    expect(restsUntil(paused(pausedUntil), 1000)).toBe(expected);
  });
});
