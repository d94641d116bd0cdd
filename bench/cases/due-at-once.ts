import { type Case, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import { bareSender } from '../rig/limits.ts';
import { CONNECTIONS, evenLoad, type Timed } from '../rig/load.ts';
import { accountPhone, messageOf } from '../rig/messages.ts';
import { monotonicMs } from '../rig/monotonic.ts';
import { intakeAt } from '../rig/server.ts';
import { quantile } from '../rig/statistics.ts';

const HOUR_MS = 3_600_000;
const MESSAGES_EACH = 20;
const PROBES_PER_SECOND = 100;
/** Of the store while it is filled; where that takes longer, bundles are due before the server starts. */
const SEEDED_PER_SECOND = 10_000;

/**
 * A hundred thousand hours end in the same moment, while a few messages go on coming in for chats that
 * nobody gathers: how fast the bundles are gone, and how long those few are taken in more slowly.
 */
export const dueAtOnce: Case = {
  name: 'due-at-once',
  run: async (context) => {
    const { smoke, receiver, say } = context;
    const bundles = smoke ? 20 : 100_000;
    const messages = bundles * MESSAGES_EACH;
    const quietMs = smoke ? 300 : 10_000;
    const dueAt = Date.now() + 2500 + quietMs + (messages / SEEDED_PER_SECOND) * 1000;
    const dueAtMonotonic = monotonicMs() + dueAt - Date.now();
    say(`seeding ${bundles} bundles of ${MESSAGES_EACH} messages`);
    const { tally, probes } = await withPlace(
      context,
      async (seed, workspaceId) => {
        seed.now = dueAt - HOUR_MS;
        await seed.webhook(workspaceId, {
          target_url: `${receiver.origin}/hook`,
          granularity_hours: 1,
          concurrency: CONNECTIONS,
          filters: { whatsapp_accounts: [accountPhone(0)] },
        });
        await seed.messages(workspaceId, messages, (index) => messageOf(index, { chats: bundles }));
      },
      (place) =>
        withServer(context, place, async (server) => {
          say(`they fall due in ${((dueAt - Date.now()) / 1000).toFixed(1)} s`);
          await receiver.begin('messages');
          const end = new AbortController();
          const others = { chats: 100, account: 1, run: 'probe-' };
          const probing = evenLoad(intakeAt(server.url, others), {
            perSecond: PROBES_PER_SECOND,
            signal: end.signal,
          });
          const tally = await receiver
            .reached(bundles, PATIENCE_MS)
            .finally(() => setTimeout(() => end.abort(), quietMs));
          const probes = await probing;
          await receiver.check(bundles);
          return { tally, probes };
        }),
    );
    if (tally.messages !== messages) {
      throw new Error(`${messages} messages were due, and ${tally.messages} came`);
    }
    const seconds = (tally.lastAt - tally.firstAt) / 1000;
    const bare = await bareSender(receiver, tally.sample, smoke ? 0.2 : 4, 'messages');
    const limit = bare.perSecond * MESSAGES_EACH;
    const value = messages / seconds;
    const slow = slowness(probes, dueAtMonotonic, tally.lastAt);
    return [
      {
        what: `${bundles} bundles of ${MESSAGES_EACH} due at once`,
        value,
        unit: 'messages/s',
        limit,
        ratio: value / limit,
        note: `all delivered ${seconds.toFixed(1)} s after the first`,
      },
      {
        what: 'until intake is as fast as before they fell due',
        value: slow.seconds,
        unit: 's',
        note: `intake p99 ${slow.before.toFixed(1)} ms before, ${slow.meanwhile.toFixed(1)} ms meanwhile`,
      },
    ];
  },
};

/** A second is slow whose p95 is more than twice that of the time before, and more than a millisecond above. */
function slowness(probes: readonly Timed[], dueAt: number, endedAt: number) {
  const times = (from: number, to: number) =>
    probes.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms);
  const before = times(0, dueAt);
  const usual = quantile(before, 0.95);
  const last = Math.max(...probes.map(({ at }) => at));
  let seconds = 0;
  for (let from = dueAt; from < last; from += 1000) {
    const p95 = quantile(times(from, from + 1000), 0.95);
    if (p95 > 2 * usual && p95 > usual + 1) seconds = (from + 1000 - dueAt) / 1000;
  }
  return {
    seconds,
    before: quantile(before, 0.99),
    meanwhile: quantile(times(dueAt, endedAt), 0.99),
  };
}
