import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evenOut } from '../../src/core/even-out.ts';
import { ALL_SHARDS, SHARDS } from '../../src/store/shards.ts';

const first = (many: number) => ALL_SHARDS.slice(0, many);

describe('evening out', () => {
  test.each([
    { title: 'one alone takes all', dispatchers: 1, mine: [], free: 64, claim: 64, release: [] },
    { title: 'of two each has half', dispatchers: 2, mine: [], free: 64, claim: 32, release: [] },
    { title: 'what is taken is taken', dispatchers: 2, mine: [], free: 5, claim: 5, release: [] },
    {
      title: 'with another one, half is given back',
      ...{ dispatchers: 2, mine: first(64), free: 0, claim: 0 },
      release: ALL_SHARDS.filter((shard) => shard % 2 === 1),
    },
    { title: 'three share 64', dispatchers: 3, mine: first(20), free: 9, claim: 2, release: [] },
    { title: 'the share is held', dispatchers: 3, mine: first(22), free: 9, claim: 0, release: [] },
  ])('$title', ({ claim, release, title: _, ...spread }) => {
    expect(evenOut(spread)).toEqual({ claim, release });
  });

  test('leads to an even spread, whoever comes and goes, in whichever order they look', () => {
    const looks = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
    const step = fc.oneof(fc.constant('comes' as const), fc.constant('dies' as const));
    fc.assert(
      fc.property(fc.array(fc.tuple(step, looks), { maxLength: 12 }), (story) => {
        const held: number[][] = [[]];
        const look = (one: number) => {
          const free = ALL_SHARDS.filter((shard) => !held.flat().includes(shard));
          const mine = held[one] as number[];
          const spread = { dispatchers: held.length, mine, free: free.length };
          const { claim, release } = evenOut(spread);
          expect(claim).toBeLessThanOrEqual(free.length);
          const kept = mine.filter((shard) => !release.includes(shard));
          held[one] = [...kept, ...free.slice(0, claim)];
        };
        for (const [what, looked] of story) {
          if (what === 'comes') held.push([]);
          else if (held.length > 1) held.pop();
          for (const who of looked) look(who % held.length);
        }
        // Each looks twice: once to give back, once to take what the others gave.
        for (let i = 0; i < 2 * held.length; i += 1) look(i % held.length);
        expect(held.flat().sort((a, b) => a - b)).toEqual(ALL_SHARDS);
        const share = Math.ceil(SHARDS / held.length);
        for (const mine of held) expect(mine.length).toBeLessThanOrEqual(share);
      }),
    );
  });
});
