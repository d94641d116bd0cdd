import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { castOf } from '../../simulate/cast.ts';
import {
  conversations,
  type Happening,
  isMessage,
  stretchFor,
} from '../../simulate/conversations.ts';
import { Random } from '../crash/random.ts';

const seeds = fc.nat(2 ** 31);
const runs = { numRuns: 8 };

function beginning(seed: number, accounts: number, messages: number): Happening[] {
  const happenings: Happening[] = [];
  let count = 0;
  for (const happening of conversations(castOf(new Random(seed), accounts), seed)) {
    if (count === messages) break;
    happenings.push(happening);
    if (isMessage(happening)) count += 1;
  }
  return happenings;
}

describe('the simulated conversations', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(beginning(7, 2, 50)).toEqual(beginning(7, 2, 50));
    expect(beginning(7, 2, 50)).not.toEqual(beginning(8, 2, 50));
  });

  test('go on in order, each message with an id of its own', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const happenings = beginning(seed, 2, 300);
        const times = happenings.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(new Set(happenings.map(({ id }) => id)).size).toBe(happenings.length);
      }),
      runs,
    );
  });

  test('have both directions, groups, attachments, reactions and receipts', () => {
    const happenings = beginning(1, 3, 1000);
    for (const kind of ['text', 'attachment', 'reaction', 'receipt']) {
      expect(happenings.map((one) => one.kind)).toContain(kind);
    }
    for (const direction of ['received', 'sent']) {
      expect(happenings.map((one) => one.direction)).toContain(direction);
    }
    expect(happenings.some(({ chat }) => chat.groupId !== null)).toBe(true);
    expect(new Set(happenings.map(({ account }) => account.phone)).size).toBe(3);
  });

  test('come as fast as asked, on average', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 1000 }), (seed, perSecond) => {
        const stretch = stretchFor(castOf(new Random(seed), 2), seed, perSecond);
        const last = beginning(seed, 2, 3000).at(-1) as Happening;
        expect(3000 / ((last.at * stretch) / 1000)).toBeCloseTo(perSecond, 5);
      }),
      runs,
    );
  });
});
