import { type Case, type Context, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import { type Measured, middle, spread } from '../rig/finding.ts';
import { bareSender } from '../rig/limits.ts';
import { CONNECTIONS, fullLoad } from '../rig/load.ts';
import { intakeAt } from '../rig/server.ts';

const TRAFFIC = { chats: 2000 };

/**
 * Messages come in one by one over 64 connections, as fast as they are taken, and go out at the same time.
 * What is delivered while they come in counts: what waits at the end is delivered too, but not counted.
 */
export const together: Case = {
  name: 'together',
  run: async (context) => {
    const { smoke, repeats, store, say } = context;
    const measured: Measured[] = [];
    const taken: number[] = [];
    for (let round = 0; round < repeats; round += 1) {
      say('intake and delivery together');
      const { delivered, accepted, body } = await underFullLoad(context, smoke ? 0.3 : 15);
      taken.push(accepted);
      const limit = await bareSender(context.receiver, body, smoke ? 0.2 : 4);
      measured.push({ value: delivered, limit });
    }
    return [
      {
        what: 'intake and delivery together, delivered',
        unit: 'messages/s',
        ...middle(measured),
        aim: { of: 'ratio', is: 'at least', number: store === 'sqlite' ? 0.5 : 0.3 },
        note: `taken in meanwhile: ${taken.map((rate) => Math.round(rate)).join(', ')} messages/s; ${spread(measured)}`,
      },
    ];
  },
};

async function underFullLoad(context: Context, seconds: number) {
  const { receiver } = context;
  return withPlace(
    context,
    async (seed, workspaceId) => {
      await seed.webhook(workspaceId, {
        target_url: `${receiver.origin}/hook`,
        granularity_hours: 0,
        concurrency: CONNECTIONS,
      });
    },
    (place) =>
      withServer(context, place, async (server) => {
        await receiver.begin('requests');
        const warm = await fullLoad(intakeAt(server.url, { ...TRAFFIC, run: 'warm-' }), {
          seconds: seconds / 5,
        });
        await receiver.reached(warm.requests, PATIENCE_MS);
        await receiver.begin('requests');
        const sent = await fullLoad(intakeAt(server.url, TRAFFIC), { seconds });
        const { requests: delivered } = await receiver.tally();
        const { sample: body } = await receiver.reached(sent.requests, PATIENCE_MS);
        await receiver.check(sent.requests);
        return { delivered: delivered / sent.seconds, accepted: sent.perSecond, body };
      }),
  );
}
