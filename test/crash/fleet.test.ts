import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOwnPostgres } from '../support/describe-own-postgres.ts';
import { DISTURBANCES } from './disturbances.ts';
import { FleetRun } from './fleet-run.ts';
import { verdict } from './verdict.ts';

// Longer, and with other seeds: npm run test:crash -- --store postgres --seconds 300 --seed 7
describeOwnPostgres('processes that share a database', () => {
  const run = new FleetRun({ seed: 6, dispatchers: 2, apis: 2 });

  beforeAll(() => run.start(), 60_000);
  afterAll(() => run.stop());

  test.each(DISTURBANCES)(
    'go on when we %s',
    async (what) => {
      expect(await run.disturb(what)).toBeGreaterThan(0);
    },
    60_000,
  );

  test('lose, double, swap and delay nothing over all that', async () => {
    const { faults, tally } = verdict(await run.end());
    expect(faults).toEqual([]);
    expect(tally['switched off']).toBeGreaterThan(0);
  }, 60_000);
});
