import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { fullLoad } from './load.ts';
import type { Traffic } from './messages.ts';
import { processorSeconds } from './process-figures.ts';
import type { Counting, Receiver } from './receiver.ts';
import { intakeAt } from './server.ts';

// What this machine could do at most, measured beside each case: whatever else goes on on it slows both.

export interface Limit {
  perSecond: number;
  /** Processor time of a request, on the side that is compared with. */
  microseconds: number;
}

/**
 * Requests a second that undici alone brings to the receiver, with the body that the server sends, over as
 * many connections as the server may use.
 */
export async function bareSender(
  receiver: Receiver,
  body: string,
  seconds: number,
  counting: Counting = 'requests',
): Promise<Limit> {
  await receiver.begin(counting);
  const target = {
    origin: receiver.origin,
    path: '/bare',
    headers: { 'content-type': 'application/json' },
    status: 200,
    body: () => body,
  };
  const before = process.cpuUsage();
  const { perSecond, requests } = await fullLoad(target, { seconds });
  const { user, system } = process.cpuUsage(before);
  return { perSecond, microseconds: (user + system) / requests };
}

/** Intake requests a second that a bare fastify answers. */
export const bareIntake = (traffic: Traffic, seconds: number): Promise<Limit> =>
  intakeOf(BARE, [], traffic, seconds);

/** The same of one that has each message on the disk, as a row of a table, before it answers. */
export async function leastIntake(traffic: Traffic, seconds: number): Promise<Limit> {
  const folder = mkdtempSync(join(tmpdir(), 'pakiet-bench-least-'));
  try {
    return await intakeOf(LEAST, [folder], traffic, seconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same of one that posts each message on to the receiver before it answers, and keeps nothing. */
export async function bareForwarder(
  receiver: Receiver,
  body: string,
  traffic: Traffic,
  seconds: number,
): Promise<Limit> {
  await receiver.begin('requests');
  const args = [`${receiver.origin}/bare`, body];
  return intakeOf(BARE, args, traffic, seconds);
}

const BARE = new URL('./bare-intake-process.ts', import.meta.url);
const LEAST = new URL('./least-intake-process.ts', import.meta.url);

/** @param module of a process that serves in the place of the server */
async function intakeOf(
  module: URL,
  args: string[],
  traffic: Traffic,
  seconds: number,
): Promise<Limit> {
  const { child, ready: port } = await Child.start<never, number>(module, args);
  try {
    const origin = `http://127.0.0.1:${port}`;
    const warm = { ...traffic, run: 'warm-' };
    await fullLoad(intakeAt(origin, warm), { seconds: seconds / 4 });
    const before = processorSeconds(child.pid);
    const { perSecond, requests } = await fullLoad(intakeAt(origin, traffic), { seconds });
    const microseconds = ((processorSeconds(child.pid) - before) / requests) * 1e6;
    return { perSecond, microseconds };
  } finally {
    await child.stop();
  }
}
