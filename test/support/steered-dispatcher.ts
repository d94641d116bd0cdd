// The dispatcher's thread of the steered server.
import { getEnvironmentData } from 'node:worker_threads';
import { SteeredClock } from './steered-clock.ts';

const built = new URL('../../dist/src/server/dispatcher-thread.js', import.meta.url);
const { runDispatcher }: typeof import('../../src/server/dispatcher-thread.ts') = await import(
  built.href
);

await runDispatcher(new SteeredClock(getEnvironmentData('clock') as SharedArrayBuffer | string));
