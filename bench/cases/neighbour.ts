import { type Case, type Context, withPlace, withServer } from '../rig/case.ts';
import { type Measured, middle, spread } from '../rig/finding.ts';
import { fullLoad, type Target } from '../rig/load.ts';
import { messageOf } from '../rig/messages.ts';
import { monotonicMs } from '../rig/monotonic.ts';
import { toReceipt } from '../rig/receipts.ts';
import { intakeAt, type Server } from '../rig/server.ts';
import { quantile } from '../rig/statistics.ts';
import { mark } from './latency.ts';

const OTHER_KEY = 'pakiet_key-of-the-neighbour';
const OTHER_WEBHOOKS = 10;
const OTHER_CHATS = 2000;
const TOGETHER = 100;
const CONNECTIONS = 32;
const PER_SECOND = 100;

/** While one workspace hands in all that it has, a hundred messages a request: what another waits for its few. */
export const neighbour: Case = {
  name: 'neighbour',
  run: async (context) => {
    const measured: Measured[] = [];
    for (let round = 0; round < context.repeats; round += 1) {
      context.say('alone, then beside a workspace that hands in all it has');
      measured.push(await aloneAndBeside(context));
    }
    return [
      {
        what: `p99 at ${PER_SECOND}/s beside a workspace that hands in all it has`,
        unit: 'ms',
        ...middle(measured),
        note: spread(measured),
      },
    ];
  },
};

const aloneAndBeside = (context: Context): Promise<Measured> =>
  withPlace(
    context,
    async (seed, workspaceId) => {
      const target_url = `${context.receiver.origin}/hook`;
      await seed.webhook(workspaceId, { target_url, granularity_hours: 0 });
      const other = await seed.workspace(OTHER_KEY);
      for (let n = 0; n < OTHER_WEBHOOKS; n += 1) {
        await seed.webhook(other, { target_url, granularity_hours: 1 });
      }
    },
    (place) =>
      withServer(context, place, async (server) => {
        await p99(context, server, 'warm-');
        const limit = await p99(context, server, 'alone-');
        const busy = fullLoad(others(server), {
          connections: CONNECTIONS,
          seconds: context.smoke ? 0.3 : 12,
        });
        const value = await p99(context, server, 'beside-');
        await busy;
        return { value, limit };
      }),
  );

async function p99({ smoke, receiver }: Context, server: Server, run: string): Promise<number> {
  const count = smoke ? 20 : 10 * PER_SECOND;
  const target = intakeAt(server.url, { chats: 500, run }, mark);
  const received = await toReceipt(receiver, target, { perSecond: PER_SECOND, count });
  return quantile(
    received.map(({ ms }) => ms),
    0.99,
  );
}

function others({ url }: Server): Target {
  const one = intakeAt(url, { chats: OTHER_CHATS });
  const run = `${monotonicMs()}-`;
  return {
    ...one,
    headers: { ...one.headers, authorization: `Bearer ${OTHER_KEY}` },
    body: (request) => {
      const messages = Array.from({ length: TOGETHER }, (_, n) =>
        messageOf(request * TOGETHER + n, { chats: OTHER_CHATS, run }),
      );
      return JSON.stringify({ messages });
    },
  };
}
