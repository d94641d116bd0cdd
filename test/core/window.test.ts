import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  cutBundle,
  dueAt,
  laneAfter,
  MAX_BUNDLE_MESSAGES,
  windowMs,
} from '../../src/core/window.ts';
import { aLane, aMessage } from '../support/messages.ts';
import { fewestBundles } from './fewest-bundles.ts';

const HOUR = 3_600_000;

const received = (times: number[]) =>
  times.map((receivedAt, i) => aMessage({ seq: i + 1, receivedAt }));

const cut = (times: number[], now = 1e15) =>
  cutBundle(received(times), times[0] as number, 100, now).map(({ receivedAt }) => receivedAt);

test.each([
  [0, 0],
  [1, HOUR],
  [6, 6 * HOUR],
  [12, 12 * HOUR],
  [24, 24 * HOUR],
] as const)('every %i hours is a window of %i ms', (granularity, ms) => {
  expect(windowMs(granularity)).toBe(ms);
});

describe('cutting a bundle', () => {
  test.each([
    ['one message', [0], [0]],
    ['what came within the window', [0, 50, 99], [0, 50, 99]],
    ['what came as the window ended is the next', [0, 100], [0]],
    ['however late it is cut', [0, 99, 100, 199, 200], [0, 99]],
  ])('%s', (_what, times, expected) => {
    expect(cut(times)).toEqual(expected);
  });

  test('takes the first message even where the window was dated otherwise', () => {
    expect(cutBundle(received([500]), 0, 100, 1000)).toHaveLength(1);
  });

  test('takes at most 1,000 messages', () => {
    expect(cut(Array(1500).fill(7))).toHaveLength(MAX_BUNDLE_MESSAGES);
    expect(MAX_BUNDLE_MESSAGES).toBe(1000);
  });

  test('takes a message dated in the future, which came before the clock was set back', () => {
    expect(cut([0, 5000, 50], 200)).toEqual([0, 5000, 50]);
    expect(cut([0, 5000, 150], 200)).toEqual([0, 5000]);
  });

  test('leaves a message to the next bundle that another machine, its clock a little ahead, has dated', () => {
    expect(cut([0, 205], 200)).toEqual([0]);
    expect(cut([0, 1200], 200)).toEqual([0]);
    expect(cut([0, 1201], 200)).toEqual([0, 1201]);
  });

  test('needs the fewest bundles that any way of cutting needs', () => {
    const arrivals = fc
      .array(fc.nat({ max: 600 }), { minLength: 1, maxLength: 12, size: 'max' })
      .map((times) => times.sort((a, b) => a - b));
    fc.assert(
      fc.property(arrivals, (times) => {
        let rest = received(times);
        let bundles = 0;
        for (; rest[0]; bundles++) {
          rest = rest.slice(cutBundle(rest, rest[0].receivedAt, 100, 1000).length);
        }
        expect(bundles).toBe(fewestBundles(times, 100));
      }),
    );
  });
});

describe('when a lane is due', () => {
  test.each([
    ['at the end of the window', 1, null, false, 1000 + HOUR],
    ['at once where nothing is gathered', 0, null, false, 1000],
    ['at once where all up to then was flushed', 24, 1000, false, 1000],
    ['in its own time where it opened after the flush', 24, 999, false, 1000 + 24 * HOUR],
    ['at once where its chat is a redirect', 24, null, true, 1000],
  ] as const)('%s', (_what, granularityHours, flushedAt, draining, expected) => {
    expect(dueAt(1000, { granularityHours, flushedAt }, draining)).toBe(expected);
  });
});

describe('the lane behind a delivered head', () => {
  const webhook = { granularityHours: 1 as const, flushedAt: null };
  const lane = aLane({
    attempts: 3,
    dueAt: 77,
    seal: { lastSeq: 4, shape: 'bundle', direction: 'sent' },
  });

  test('is gone where nothing follows', () => {
    expect(laneAfter(lane, null, webhook)).toBeNull();
  });

  test('starts anew, dated from the arrival of what follows', () => {
    expect(laneAfter(lane, { seq: 9, receivedAt: 5000 }, webhook)).toEqual(
      aLane({ nextSeq: 9, openedAt: 5000, dueAt: 5000 + HOUR, attempts: 0, seal: null }),
    );
  });
});
