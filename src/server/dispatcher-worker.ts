import { systemClock } from '../core/clock.ts';
import { runDispatcher } from './dispatcher-thread.ts';

await runDispatcher(systemClock);
