import { type Case, withPlace, withServer } from '../rig/case.ts';
import { monotonicMs } from '../rig/monotonic.ts';
import { toReceipt } from '../rig/receipts.ts';
import { intakeAt } from '../rig/server.ts';
import { quantile } from '../rig/statistics.ts';

const PER_SECOND = 500;

/** What a message says of when it was handed in; the receiver looks for it. */
export const mark = (): string => `@${monotonicMs().toFixed(3)} `;

/** From the moment in which a message is handed in to the one in which its receiver has it. */
export const latency: Case = {
  name: 'latency',
  run: async (context) => {
    const { smoke, receiver } = context;
    const [warmUp, count] = smoke ? [20, 100] : [5 * PER_SECOND, 30 * PER_SECOND];
    context.say(`${PER_SECOND} messages a second`);
    const latencies = await withPlace(
      context,
      async (seed, workspaceId) => {
        await seed.webhook(workspaceId, {
          target_url: `${receiver.origin}/hook`,
          granularity_hours: 0,
        });
      },
      (place) =>
        withServer(context, place, async (server) => {
          const target = intakeAt(server.url, { chats: 2000 }, mark);
          const load = { perSecond: PER_SECOND, count: warmUp + count };
          const received = await toReceipt(receiver, target, load);
          return received.toSorted((a, b) => a.at - b.at).slice(warmUp);
        }),
    );
    if (latencies.length !== count)
      throw new Error('Some messages did not say when they were sent');
    const times = latencies.map(({ ms }) => ms);
    const from = `from intake to receipt at ${PER_SECOND}/s`;
    return [
      { what: `${from}, p50`, value: quantile(times, 0.5), unit: 'ms' },
      {
        what: `${from}, p99`,
        value: quantile(times, 0.99),
        unit: 'ms',
        aim: { of: 'value', is: 'at most', number: 10 },
      },
    ];
  },
};
