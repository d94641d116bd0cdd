import { type Case, type Context, withPlace, withServer } from '../rig/case.ts';
import { against, type Measured, middle, spread } from '../rig/finding.ts';
import { bareIntake, leastIntake } from '../rig/limits.ts';
import { fullLoad } from '../rig/load.ts';
import { processorSeconds } from '../rig/process-figures.ts';
import { intakeAt } from '../rig/server.ts';

const TRAFFIC = { chats: 2000 };

/** One message a request, each durable before it is answered, and nobody to deliver to. */
export const intake: Case = {
  name: 'intake',
  run: async (context) => {
    const seconds = context.smoke ? 0.2 : 8;
    const measured: Measured[] = [];
    const beside: Measured[] = [];
    for (let round = 0; round < context.repeats; round += 1) {
      context.say('intake alone');
      const limit = await bareIntake(TRAFFIC, context.smoke ? 0.2 : 4);
      const { perSecond: value, microseconds: ours } = await intakeAlone(context, seconds);
      measured.push(against(limit, value, ours));
      const least = await leastIntake(TRAFFIC, context.smoke ? 0.2 : 4);
      beside.push(against(least, value, ours));
    }
    return [
      {
        what: 'intake alone, one message a request',
        unit: 'messages/s',
        ...middle(measured),
        aim: { of: 'ratio', is: 'at least', number: 0.45 },
        note: spread(measured),
      },
      {
        what: 'intake alone, against fastify and one durable row a message, on SQLite',
        unit: 'messages/s',
        ...middle(beside),
        note: spread(beside),
      },
    ];
  },
};

const intakeAlone = (context: Context, seconds: number) =>
  withPlace(
    context,
    async () => {},
    (place) =>
      withServer(context, place, async (server) => {
        await fullLoad(intakeAt(server.url, { ...TRAFFIC, run: 'warm-' }), {
          seconds: seconds / 4,
        });
        const before = processorSeconds(server.pid);
        const { perSecond, requests } = await fullLoad(intakeAt(server.url, TRAFFIC), { seconds });
        const busy = processorSeconds(server.pid) - before;
        return { perSecond, microseconds: (busy / requests) * 1e6 };
      }),
  );
