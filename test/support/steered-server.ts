// Runs the real, built server with its clock steered over stdin: a line with a number of milliseconds
// moves it, and is answered with a line on stdout. For whatever needs hours to pass in a real process.
import { createInterface } from 'node:readline';
import { setEnvironmentData } from 'node:worker_threads';
import { offsetMemory, SteeredClock } from './steered-clock.ts';

const built = new URL('../../dist/src/server/run.js', import.meta.url);
const { run }: typeof import('../../src/server/run.ts') = await import(built.href);

const memory = offsetMemory();
setEnvironmentData('clock', memory);
const clock = new SteeredClock(memory);

await run({ clock, dispatcherEntry: new URL('./steered-dispatcher.ts', import.meta.url) });

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  clock.advance(Number(line));
  console.log(`clock moved by ${line} ms`);
});
process.stdin.unref?.();
