import { type Context, PATIENCE_MS, withServer } from './case.ts';
import { fullLoad } from './load.ts';
import { processorSeconds } from './process-figures.ts';
import { intakeAt, type Server } from './server.ts';
import type { Place } from './stores.ts';

const CHATS = 2000;

export interface FullLoad {
  /** Messages a second that were delivered while they came in. */
  delivered: number;
  /** Messages a second that were taken in. */
  accepted: number;
  /** Processor time of a message, in and out. */
  microseconds: number;
  /** Body of a delivery. */
  body: string;
}

/**
 * Messages come in one by one over 64 connections, as fast as they are taken, and go out at the same time.
 * What is delivered while they come in counts: what waits at the end is delivered too, but not counted.
 * The place's webhook gets every message.
 */
export async function underFullLoad(
  context: Context,
  place: Place,
  { seconds, run = '', before, during, after }: FullLoadOptions,
): Promise<FullLoad> {
  const { receiver } = context;
  return withServer(context, place, async (server) => {
    await before?.(server);
    await receiver.begin('requests');
    const warm = { chats: CHATS, run: `${run}warm-` };
    const warmed = await fullLoad(intakeAt(server.url, warm), { seconds: seconds / 5 });
    await receiver.reached(warmed.requests, PATIENCE_MS);
    await receiver.begin('requests');
    during?.(server);
    const busyBefore = processorSeconds(server.pid);
    const traffic = { chats: CHATS, run };
    const sent = await fullLoad(intakeAt(server.url, traffic), { seconds });
    after?.();
    const { requests: delivered } = await receiver.tally();
    const { sample: body } = await receiver.reached(sent.requests, PATIENCE_MS);
    const busy = processorSeconds(server.pid) - busyBefore;
    const microseconds = (busy / sent.requests) * 1e6;
    await receiver.check(sent.requests);
    return { microseconds, delivered: delivered / sent.seconds, accepted: sent.perSecond, body };
  });
}

export interface FullLoadOptions {
  seconds: number;
  /** So that what comes to one place twice is not the same. */
  run?: string;
  /** Called when the server has started. */
  before?: (server: Server) => Promise<void>;
  /** Called when the load begins. */
  during?: (server: Server) => void;
  /** Called when it ends. */
  after?: () => void;
}
