import { type Case, type Context, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import { type Measured, middle, spread } from '../rig/finding.ts';
import { freePort } from '../rig/free-port.ts';
import { evenLoad } from '../rig/load.ts';
import { accountPhone } from '../rig/messages.ts';
import { toReceipt } from '../rig/receipts.ts';
import { intakeAt, type Server } from '../rig/server.ts';
import { quantile } from '../rig/statistics.ts';
import { mark } from './latency.ts';

const FAULTY = 99;
const PER_SECOND = 500;
/** What comes in for the faulty ones; each of them wants all of it. */
const OTHERS_PER_SECOND = 20;
const OTHER_CHATS = 200;
const CHATS = 2000;

/** Beside 99 webhooks whose receivers refuse, break, hang or drip, one whose receiver is well. */
export const faulty: Case = {
  name: 'faulty',
  run: async (context) => {
    const faultyOnes = context.smoke ? 8 : FAULTY;
    const measured: Measured[] = [];
    for (let round = 0; round < context.repeats; round += 1) {
      context.say('alone, then beside the faulty ones');
      measured.push(await aloneAndBeside(context, faultyOnes));
    }
    return [
      {
        what: `p99 of a healthy webhook at ${PER_SECOND}/s beside ${faultyOnes} faulty ones`,
        unit: 'ms',
        ...middle(measured),
        aim: { of: 'ratio', is: 'at most', number: 1.5 },
        note: spread(measured),
      },
    ];
  },
};

async function aloneAndBeside(context: Context, faultyOnes: number): Promise<Measured> {
  const { receiver } = context;
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
    },
    (place) =>
      withServer(context, place, async (server) => {
        const limit = await healthyP99(context, server, 'alone-');
        for (let n = 0; n < faultyOnes; n += 1) {
          await server.webhook({
            target_url: faults[n % faults.length] as string,
            granularity_hours: 0,
            filters: { whatsapp_accounts: [accountPhone(1)] },
          });
        }
        const value = await healthyP99(context, server, 'beside-');
        await receiver.letGo();
        return { value, limit };
      }),
  );
}

/** Of the first account's messages, while some of the second come in too: many at once, then a few a second. */
async function healthyP99({ smoke, receiver }: Context, server: Server, run: string) {
  const [warmUp, seconds] = smoke ? [0.1, 0.3] : [5, 40];
  const count = Math.ceil(PER_SECOND * seconds);
  const target = (name: string, account: number, chats: number) =>
    intakeAt(server.url, { chats, account, run: run + name }, mark);
  const others = smoke ? 5 : OTHER_CHATS;
  const warm = Math.ceil(PER_SECOND * warmUp);
  await toReceipt(receiver, target('warm-', 0, CHATS), { perSecond: PER_SECOND, count: warm });
  await receiver.begin('latencies');
  await Promise.all([
    evenLoad(target('', 0, CHATS), { perSecond: PER_SECOND, count }),
    evenLoad(target('burst-', 1, others), { perSecond: 10_000, count: others }),
    evenLoad(target('other-', 1, others), {
      perSecond: OTHERS_PER_SECOND,
      count: Math.ceil(OTHERS_PER_SECOND * seconds),
    }),
  ]);
  const { latencies } = await receiver.reached(count, PATIENCE_MS);
  await receiver.check(count);
  return quantile(
    latencies.map(({ ms }) => ms),
    0.99,
  );
}
