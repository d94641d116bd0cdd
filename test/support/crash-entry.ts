// Runs the real, built server for those who will kill it: the clock starts where the killed one's stood,
// and is moved over stdin as in steered-server.ts. It ends with whoever holds the other end of stdin.
import { createInterface } from 'node:readline';
import { setEnvironmentData } from 'node:worker_threads';
import { offsetMemory, SteeredClock } from './steered-clock.ts';

const built = new URL('../../dist/src/server/run.js', import.meta.url);
const { run }: typeof import('../../src/server/run.ts') = await import(built.href);

const memory = offsetMemory();
setEnvironmentData('clock', memory);
const clock = new SteeredClock(memory);
clock.advance(Number(process.env.CRASH_CLOCK_OFFSET_MS));

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  clock.advance(Number(line));
  console.log(`clock moved by ${line} ms`);
});
lines.on('close', () => process.exit(1));

await run({ clock, dispatcherEntry: new URL('./steered-dispatcher.ts', import.meta.url) });
