import { expect, test } from '@jest/globals';
import { SharedClock } from '../../src/core/shared-clock.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('goes by the time of the store, and not by one that took too long to be told', async () => {
  const own = new ManualClock(Date.now());
  let aheadMs = 3_600_000;
  let takesMs = 0;
  let told = 0;
  const read = async () => {
    const theirs = Date.now() + aheadMs;
    await new Promise((done) => setTimeout(done, takesMs));
    told += 1;
    return theirs;
  };
  const clock = await SharedClock.start(own, read);
  const ahead = () => clock.now() - own.now();
  expect(Math.abs(ahead() - 3_600_000)).toBeLessThan(300);
  const next = async () => {
    const before = told;
    own.advance(10_000);
    while (told === before) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setImmediate(done));
  };
  [aheadMs, takesMs] = [0, 600];
  await next();
  expect(Math.abs(ahead() - 3_600_000)).toBeLessThan(300);
  takesMs = 0;
  await next();
  expect(Math.abs(ahead())).toBeLessThan(300);
  clock.stop();
});
