import { type Context, PATIENCE_MS } from './case.ts';
import { fullLoad } from './load.ts';
import { processorSeconds } from './process-figures.ts';
import type { Receiver } from './receiver.ts';
import type { Seed } from './seed.ts';
import { intakeAt, type Server } from './server.ts';

export const CHATS = 2000;
/** As many as the bare sender has connections. */
const CONCURRENCY = 64;

/** The webhook that gets everything, one message at a time. */
export async function wholeWebhook(seed: Seed, workspaceId: number, receiver: Receiver) {
  const target_url = `${receiver.origin}/hook`;
  await seed.webhook(workspaceId, { target_url, granularity_hours: 0, concurrency: CONCURRENCY });
}

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
 * @param server whose one webhook gets every message
 * @param run so that what comes to one server twice is not the same
 */
export async function fullLoadOn(
  { receiver }: Context,
  server: Server,
  { seconds, run = '' }: { seconds: number; run?: string },
): Promise<FullLoad> {
  await receiver.begin('requests');
  const warm = { chats: CHATS, run: `${run}warm-` };
  const warmed = await fullLoad(intakeAt(server.url, warm), { seconds: seconds / 5 });
  await receiver.reached(warmed.requests, PATIENCE_MS);
  await receiver.begin('requests');
  const busyBefore = processorSeconds(server.pid);
  const sent = await fullLoad(intakeAt(server.url, { chats: CHATS, run }), { seconds });
  const { requests: delivered } = await receiver.tally();
  const { sample: body } = await receiver.reached(sent.requests, PATIENCE_MS);
  const busy = processorSeconds(server.pid) - busyBefore;
  await receiver.check(sent.requests);
  return {
    delivered: delivered / sent.seconds,
    accepted: sent.perSecond,
    microseconds: (busy / sent.requests) * 1e6,
    body,
  };
}
