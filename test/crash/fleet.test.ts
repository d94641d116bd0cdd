import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OwnPostgres } from '../support/own-postgres.ts';
import { DISTURBANCES } from './disturbances.ts';
import { FleetRun } from './fleet-run.ts';
import { verdict } from './verdict.ts';

if (!OwnPostgres.isThere) {
  const missing = 'This machine has no PostgreSQL server (apt-get install postgresql)';
  if (process.env.CI) throw new Error(`${missing}, and CI needs one`);
  process.stderr.write(`${missing}: what several processes do over one is not tested.\n`);
}

// Longer, and with other seeds: npm run test:crash -- --store postgres --seconds 300 --seed 7
(OwnPostgres.isThere ? describe : describe.skip)('processes that share a database', () => {
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
