import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, type Context, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import { evenLoad } from '../rig/load.ts';
import { monotonicMs } from '../rig/monotonic.ts';
import { residentMib } from '../rig/process-figures.ts';
import { intakeAt } from '../rig/server.ts';
import { slope } from '../rig/statistics.ts';
import { underFullLoad } from '../rig/under-full-load.ts';
import { wholeWebhook } from './together.ts';

const PER_SECOND = 1000;
const MINUTE_MS = 60_000;
/** As much as the garbage collector's moods may make of it, over the whole time. */
const GROWTH_MIB = 10;

/** What the server needs when nothing happens, at most when much does, and whether it needs ever more. */
export const memory: Case = {
  name: 'memory',
  run: async (context) => {
    const { smoke, say, growthMinutes } = context;
    say('under full load');
    const most = await inPlace(context, async (place) => {
      const samples: number[] = [];
      let sampling: NodeJS.Timeout | undefined;
      await underFullLoad(context, place, {
        seconds: smoke ? 0.2 : 30,
        during: ({ pid }) => {
          const sample = () => samples.push(residentMib(pid));
          sample();
          sampling = setInterval(sample, 250);
        },
        after: () => clearInterval(sampling),
      });
      return Math.max(...samples);
    });
    const minutes = smoke ? 0.01 : growthMinutes;
    say(`${PER_SECOND} messages a second for ${minutes} minutes`);
    const growth = await inPlace(context, (place) => grownBy(context, place, minutes));
    return [
      { what: 'memory, idle', value: growth.idle, unit: 'MiB' },
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

const inPlace = <Result>(
  context: Context,
  use: Parameters<typeof withPlace<Result>>[2],
): Promise<Result> =>
  withPlace(
    context,
    async (seed, workspaceId) => void (await wholeWebhook(seed, workspaceId, context.receiver)),
    use,
  );

/** The slope after the first third of the time, over the whole of it. */
async function grownBy(context: Context, place: Parameters<typeof withServer>[1], minutes: number) {
  const { receiver } = context;
  const duration = minutes * MINUTE_MS;
  return withServer(context, place, async (server) => {
    await sleep(context.smoke ? 100 : 10_000);
    const idle = residentMib(server.pid);
    await receiver.begin('requests');
    const from = monotonicMs();
    const points: { x: number; y: number }[] = [];
    const sampling = setInterval(
      () => points.push({ x: monotonicMs() - from, y: residentMib(server.pid) }),
      Math.min(1000, duration / 20),
    );
    const sent = await evenLoad(intakeAt(server.url, { chats: 2000 }), {
      perSecond: PER_SECOND,
      count: Math.ceil((duration / 1000) * PER_SECOND),
    });
    clearInterval(sampling);
    await receiver.reached(sent.length, PATIENCE_MS);
    await receiver.check(sent.length);
    const settled = points.filter(({ x }) => x > duration / 3);
    return {
      idle,
      mib: slope(settled) * duration,
      from: settled[0]?.y ?? Number.NaN,
      to: settled.at(-1)?.y ?? Number.NaN,
      samples: settled.length,
    };
  });
}
