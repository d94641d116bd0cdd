import { type Case, type Context, withPlace, withServer } from '../rig/case.ts';
import { type Measured, middle, spread } from '../rig/finding.ts';
import { freePort } from '../rig/free-port.ts';
import { evenLoad } from '../rig/load.ts';
import { accountPhone } from '../rig/messages.ts';
import { intakeAt } from '../rig/server.ts';
import { quantile } from '../rig/statistics.ts';
import { mark } from './latency.ts';

const FAULTY = 99;
const PER_SECOND = 500;
/** What comes in for the faulty ones; each of them wants all of it. */
const OTHERS_PER_SECOND = 20;
const OTHER_CHATS = 200;

/** Beside 99 webhooks whose receivers refuse, break, hang or drip, one whose receiver is well. */
export const faulty: Case = {
  name: 'faulty',
  run: async (context) => {
    const measured: Measured[] = [];
    for (let round = 0; round < context.repeats; round += 1) {
      context.say('alone, then beside the faulty ones');
      const limit = await healthyP99(context, 0);
      measured.push({ value: await healthyP99(context, FAULTY), limit });
    }
    return [
      {
        what: `p99 of a healthy webhook at ${PER_SECOND}/s beside ${FAULTY} faulty ones`,
        unit: 'ms',
        ...middle(measured),
        aim: { of: 'ratio', is: 'at most', number: 1.5 },
        note: spread(measured),
      },
    ];
  },
};

async function healthyP99(context: Context, faultyOnes: number): Promise<number> {
  const { smoke, receiver } = context;
  const [warmUp, seconds] = smoke ? [0.1, 0.4] : [5, 40];
  const faults = [
    `http://127.0.0.1:${await freePort()}/`,
    ...['/500', '/hang', '/drip'].map((path) => receiver.origin + path),
  ];
  return withPlace(
    context,
    async (seed, workspaceId) => {
      await seed.webhook(workspaceId, {
        target_url: `${receiver.origin}/hook`,
        granularity_hours: 0,
        filters: { whatsapp_accounts: [accountPhone(0)] },
      });
      for (let n = 0; n < faultyOnes; n += 1) {
        await seed.webhook(workspaceId, {
          target_url: faults[n % faults.length] as string,
          granularity_hours: 0,
          filters: { whatsapp_accounts: [accountPhone(1)] },
        });
      }
    },
    (place) =>
      withServer(context, place, async (server) => {
        await receiver.begin('latencies');
        const load = (
          run: string,
          perSecond: number,
          forSeconds: number,
          chats = 2000,
          account = 0,
        ) =>
          evenLoad(intakeAt(server.url, { chats, account, run }, mark), {
            perSecond,
            count: Math.ceil(perSecond * forSeconds),
          });
        await load('warm-', PER_SECOND, warmUp);
        await receiver.reached(Math.ceil(PER_SECOND * warmUp), 60_000);
        await receiver.begin('latencies');
        // All that the faulty ones have to send comes to them at once, and then some more.
        const [healthy] = await Promise.all([
          load('', PER_SECOND, seconds),
          load('burst-', 10_000, OTHER_CHATS / 10_000, OTHER_CHATS, 1),
          load('other-', OTHERS_PER_SECOND, seconds, OTHER_CHATS, 1),
        ]);
        const { latencies } = await receiver.reached(healthy.length, 60_000);
        await receiver.check(healthy.length);
        await receiver.letGo();
        return quantile(
          latencies.map(({ ms }) => ms),
          0.99,
        );
      }),
  );
}
