import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actions, Model, seed, settings } from './dispatcher-model.ts';
import { fewestBundles } from './fewest-bundles.ts';

// The heart of the program against a model of it: whatever comes in, fails and dies, in whatever order.

/** Each takes about a tenth of a second. */
const RUNS = 120;

test('every message comes out in order, once, in time and in the fewest bundles, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(settings, actions, seed, async (webhooks, history, seed) => {
      const model = await Model.create(webhooks, seed);
      try {
        for (const action of history) await model.do(action);
        await model.recover();
        await model.checkEverything();
      } finally {
        await model.close();
      }
    }),
    { numRuns: RUNS },
  );
  // A guard against hanging, not a limit: on a busy machine this takes a while.
}, 300_000);

test('the brute-force search knows what it is looking for', () => {
  expect(fewestBundles([], 60)).toBe(0);
  expect(fewestBundles([0, 59], 60)).toBe(1);
  expect(fewestBundles([0, 60], 60)).toBe(2);
  expect(fewestBundles([0, 30, 59, 61, 90, 119], 60)).toBe(2);
});
