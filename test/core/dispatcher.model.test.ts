import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { STORES } from '../support/stores.ts';
import { actions, Model, seed, settings } from './dispatcher-model.ts';
import { fewestBundles } from './fewest-bundles.ts';

// The heart of the program against a model of it: whatever comes in, fails and dies, in whatever order.

/** Each takes about a tenth of a second over SQLite, and a few seconds over PostgreSQL. */
const RUNS = new Map([
  ['SQLite', 120],
  ['PostgreSQL', 8],
]);

test.each(STORES)(
  'over $name every message comes out in order, once, in time and in the fewest bundles, whatever happens',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(settings, actions, seed, async (webhooks, history, seed) => {
        const model = await Model.create(webhooks, seed, kind);
        try {
          for (const action of history) await model.do(action);
          await model.recover();
          await model.checkEverything();
        } finally {
          await model.close();
        }
      }),
      { numRuns: RUNS.get(kind.name) as number },
    );
    // A guard against hanging, not a limit: on a busy machine this takes a while.
  },
  300_000,
);

test('the brute-force search knows what it is looking for', () => {
  expect(fewestBundles([], 60)).toBe(0);
  expect(fewestBundles([0, 59], 60)).toBe(1);
  expect(fewestBundles([0, 60], 60)).toBe(2);
  expect(fewestBundles([0, 30, 59, 61, 90, 119], 60)).toBe(2);
});
