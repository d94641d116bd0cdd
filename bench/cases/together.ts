import { type Case, withPlace, withServer } from '../rig/case.ts';
import { against, type Measured, middle, spread } from '../rig/finding.ts';
import { CHATS, fullLoadOn, wholeWebhook } from '../rig/full-load-on.ts';
import { bareForwarder, bareSender } from '../rig/limits.ts';

/** Messages come in and go out at the same time, as fast as both will go. */
export const together: Case = {
  name: 'together',
  run: async (context) => {
    const { smoke, repeats, store, receiver, say } = context;
    const measured: Measured[] = [];
    const taken: number[] = [];
    const forwarded: Measured[] = [];
    for (let round = 0; round < repeats; round += 1) {
      say('intake and delivery together');
      const { delivered, accepted, microseconds, body } = await withPlace(
        context,
        (seed, workspaceId) => wholeWebhook(seed, workspaceId, receiver),
        (place) =>
          withServer(context, place, (server) =>
            fullLoadOn(context, server, { seconds: smoke ? 0.3 : 15 }),
          ),
      );
      taken.push(Math.round(accepted));
      const limit = await bareSender(receiver, body, smoke ? 0.2 : 4);
      measured.push(against(limit, delivered, microseconds));
      const forwarder = await bareForwarder(receiver, body, { chats: CHATS }, smoke ? 0.2 : 4);
      forwarded.push(against(forwarder, delivered, microseconds));
    }
    return [
      {
        what: 'intake and delivery together, delivered',
        unit: 'messages/s',
        ...middle(measured),
        aim: { of: 'ratio', is: 'at least', number: store === 'sqlite' ? 0.5 : 0.3 },
        note: `taken in meanwhile: ${taken.join(', ')} messages/s; ${spread(measured)}`,
      },
      {
        what: 'together, against fastify and undici alone, keeping nothing',
        unit: 'messages/s',
        ...middle(forwarded),
        note: spread(forwarded),
      },
    ];
  },
};
