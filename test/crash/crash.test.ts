import { expect, test } from '@jest/globals';
import { crashRun } from './harness.ts';
import { verdict } from './verdict.ts';

const KILLS = 10;

// Any number of kills, and other seeds: npm run test:crash -- --kills 1000 --seed 7
test(`${KILLS} kills lose, double, swap and delay nothing`, async () => {
  const { faults, tally } = verdict(await crashRun({ seed: 4, kills: KILLS, seconds: 85 }));
  expect(faults).toEqual([]);
  expect(tally.kills).toBe(KILLS);
  expect(tally['switched off']).toBeGreaterThan(0);
}, 120_000);
