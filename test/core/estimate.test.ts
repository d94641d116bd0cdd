import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { estimateRuns } from '../../src/core/estimate.ts';
import { countRuns } from '../../src/core/runs.ts';
import { cutBundle, windowMs } from '../../src/core/window.ts';
import { GRANULARITIES } from '../../src/wire/webhook.ts';
import { aMessage } from '../support/messages.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('counting the runs of a chat', () => {
  test.each([
    ['nothing', [], 1, 0],
    ['each message where none is gathered', [5, 5, 6], 0, 3],
    ['one within the window', [0, HOUR - 1], 1, 1],
    ['another as the window ends', [0, HOUR], 1, 2],
    ['another for what is over 1,000 messages', Array(2001).fill(0), 24, 3],
  ] as const)('%s', (_what, times, granularity, runs) => {
    expect(countRuns(times, granularity)).toBe(runs);
  });

  test('comes to what cutting bundles comes to', () => {
    const arrivals = fc
      .array(fc.record({ at: fc.nat({ max: 5 * DAY }), times: fc.constantFrom(1, 3, 700) }), {
        maxLength: 30,
      })
      .map((bursts) =>
        bursts.flatMap(({ at, times }) => Array<number>(times).fill(at)).sort((a, b) => a - b),
      );
    fc.assert(
      fc.property(arrivals, fc.constantFrom(...GRANULARITIES), (times, granularity) => {
        let rest = times.map((receivedAt, i) => aMessage({ seq: i + 1, receivedAt }));
        let runs = 0;
        for (; rest[0]; runs++) {
          const cut =
            granularity === 0
              ? 1
              : cutBundle(rest, rest[0].receivedAt, windowMs(granularity), 1e15).length;
          rest = rest.slice(cut);
        }
        expect(countRuns(times, granularity)).toBe(runs);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an estimate', () => {
  test('gives the runs of an average month for each granularity, chat by chat', () => {
    const chats = [
      [0, HOUR / 2, 2 * HOUR, 59 * DAY],
      [10, HOUR],
    ];
    expect(estimateRuns(chats)).toEqual({
      messages: 6,
      from: 0,
      to: 59 * DAY,
      days: 60,
      perMonth: [
        { granularity: 0, runs: 3 },
        { granularity: 1, runs: 2 },
        { granularity: 6, runs: 1.5 },
        { granularity: 12, runs: 1.5 },
        { granularity: 24, runs: 1.5 },
      ],
    });
  });

  test('extrapolates a single message from its day', () => {
    expect(estimateRuns([[7], []])).toMatchObject({
      days: 1,
      perMonth: GRANULARITIES.map((granularity) => ({ granularity, runs: 30 })),
    });
  });

  test('is none without a message', () => {
    expect(estimateRuns([[], []])).toBeNull();
  });
});
