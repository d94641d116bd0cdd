// Runs the real, built server for those who will kill it: the clock goes by a file that all servers of a
// run share, and a line on stdin says that it was moved. It ends with whoever holds the other end of stdin.
import { createInterface } from 'node:readline';
import { setEnvironmentData } from 'node:worker_threads';
import { SteeredClock } from './steered-clock.ts';

const built = new URL('../../dist/src/server/run.js', import.meta.url);
const { run }: typeof import('../../src/server/run.ts') = await import(built.href);

const { CRASH_CLOCK, CRASH_LEASE_MS } = process.env;
setEnvironmentData('clock', CRASH_CLOCK);
const clock = new SteeredClock(CRASH_CLOCK as string);

const lines = createInterface({ input: process.stdin });
lines.on('line', () => {
  clock.moved();
  console.log('clock moved');
});
lines.on('close', () => process.exit(1));

await run({
  clock,
  dispatcherEntry: new URL('./steered-dispatcher.ts', import.meta.url),
  ...(CRASH_LEASE_MS && { leaseMs: Number(CRASH_LEASE_MS) }),
});
