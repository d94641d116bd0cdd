import { PATIENCE_MS } from './case.ts';
import { type EvenLoad, evenLoad, type Target, type Timed } from './load.ts';
import type { Receiver } from './receiver.ts';

/** Hands in so many a second, all of them marked; answers how long each took from there to its receipt. */
export async function toReceipt(
  receiver: Receiver,
  target: Target,
  load: EvenLoad & { count: number },
): Promise<Timed[]> {
  await receiver.begin('latencies');
  await evenLoad(target, load);
  const { latencies } = await receiver.reached(load.count, PATIENCE_MS);
  await receiver.check(load.count);
  return latencies;
}
