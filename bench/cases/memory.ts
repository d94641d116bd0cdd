import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, type Context, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import { fullLoadOn, wholeWebhook } from '../rig/full-load-on.ts';
import { evenLoad } from '../rig/load.ts';
import { monotonicMs } from '../rig/monotonic.ts';
import { residentMib } from '../rig/process-figures.ts';
import { intakeAt, type Server } from '../rig/server.ts';
import { slope } from '../rig/statistics.ts';

const PER_SECOND = 500;
const MINUTE_MS = 60_000;
/** As much as the garbage collector's moods may make of it, over the whole time. */
const GROWTH_MIB = 10;

/** What the server needs when nothing happens, whether it needs ever more, and at most when much happens. */
export const memory: Case = {
  name: 'memory',
  run: async (context) => {
    const { smoke, say, receiver } = context;
    const minutes = smoke ? 0.005 : context.growthMinutes;
    const { idle, growth, most } = await withPlace(
      context,
      (seed, workspaceId) => wholeWebhook(seed, workspaceId, receiver),
      (place) =>
        withServer(context, place, async (server) => {
          await sleep(smoke ? 100 : 10_000);
          const idle = residentMib(server.pid);
          say(`${PER_SECOND} messages a second for ${minutes} minutes`);
          const growth = await grownBy(context, server, minutes * MINUTE_MS);
          say('under full load');
          const samples = await sampled(server, 250, () =>
            fullLoadOn(context, server, { seconds: smoke ? 0.1 : 30, run: 'full-' }),
          );
          return { idle, growth, most: Math.max(...samples.map(({ y }) => y)) };
        }),
    );
    return [
      { what: 'memory, idle', value: idle, unit: 'MiB' },
      { what: 'memory under full load, at most', value: most, unit: 'MiB' },
      {
        what: `growth of memory over ${minutes} minutes at ${PER_SECOND} messages/s`,
        value: growth.mib,
        unit: 'MiB',
        aim: { of: 'value', is: 'at most', number: GROWTH_MIB },
        note: `from ${growth.from.toFixed(0)} to ${growth.to.toFixed(0)} MiB, after a warm-up of a third of the time; the growth is that of the straight line through ${growth.samples} samples`,
      },
    ];
  },
};

/** Its memory in MiB while something goes on, and when that was. */
async function sampled(
  { pid }: Server,
  everyMs: number,
  meanwhile: () => Promise<unknown>,
): Promise<{ x: number; y: number }[]> {
  const from = monotonicMs();
  const points: { x: number; y: number }[] = [];
  const sample = () => points.push({ x: monotonicMs() - from, y: residentMib(pid) });
  sample();
  const sampling = setInterval(sample, everyMs);
  await meanwhile().finally(() => clearInterval(sampling));
  return points;
}

/** The slope after the first third of the time, over the whole of it. */
async function grownBy({ receiver }: Context, server: Server, duration: number) {
  const count = Math.ceil((duration / 1000) * PER_SECOND);
  await receiver.begin('requests');
  const points = await sampled(server, Math.min(1000, duration / 20), () =>
    evenLoad(intakeAt(server.url, { chats: 2000 }), { perSecond: PER_SECOND, count }),
  );
  await receiver.reached(count, PATIENCE_MS);
  await receiver.check(count);
  const settled = points.filter(({ x }) => x > duration / 3);
  return {
    mib: slope(settled) * duration,
    from: settled[0]?.y ?? Number.NaN,
    to: settled.at(-1)?.y ?? Number.NaN,
    samples: settled.length,
  };
}
