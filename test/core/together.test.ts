import { expect, test } from '@jest/globals';
import { together } from '../../src/core/together.ts';

test('what is asked together is answered in order', async () => {
  expect(await together([Promise.resolve('a'), 2, Promise.resolve(null)])).toEqual(['a', 2, null]);
});

test('one that fails waits for the others, whatever they still do', async () => {
  const other = Promise.withResolvers<void>();
  const told: string[] = [];
  const all = together([
    Promise.reject(new Error('no')),
    other.promise.then(() => told.push('the other has ended')),
  ]).catch((error) => told.push(error.message));
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  other.resolve();
  await all;
  expect(told).toEqual(['the other has ended', 'no']);
});

test('of several that fail the first in order is told', async () => {
  const late = Promise.withResolvers<never>();
  const all = together([late.promise, Promise.reject(new Error('second'))]);
  late.reject(new Error('first'));
  await expect(all).rejects.toThrow('first');
});
