import { countEn } from '../../src/core/language.ts';
import { MAX_BUNDLE_MESSAGES } from '../../src/core/window.ts';
import { Random } from '../../test/crash/random.ts';
import { type Case, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import type { Finding } from '../rig/finding.ts';
import { accountPhone, messageOf } from '../rig/messages.ts';
import { chatTimes, clockAligned, fewestBundles } from '../rig/zap-traffic.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const GRANULARITIES = [1, 6, 12, 24] as const;
/** Medians of the gaps between turns: chats from busy to quiet. Each is an account of its own. */
const RATES = { busy: 5 * MINUTE_MS, usual: 40 * MINUTE_MS, quiet: 5 * HOUR_MS };

/**
 * Days of conversations, delivered in bundles after all of them have ended: what the receiver gets is what
 * a Zap would run for.
 */
export const zapRuns: Case = {
  name: 'zap-runs',
  run: async (context) => {
    const { smoke, receiver, say } = context;
    const [days, chatsEach] = smoke ? [1, 2] : [7, 6];
    const to = Date.now() - DAY_MS - MINUTE_MS;
    const from = to - days * DAY_MS;
    const chats = Object.values(RATES).flatMap((rate, account) =>
      Array.from({ length: chatsEach }, (_, n) => ({
        account,
        times: chatTimes(new Random(7, account * chatsEach + n), from, to, rate),
      })),
    );
    const messages = chats
      .flatMap(({ account, times }, chat) => times.map((at) => ({ at, chat, account })))
      .sort((a, b) => a.at - b.at);
    say(`${messages.length} messages of ${countEn(days, 'day')} in ${chats.length} chats`);
    const expected = GRANULARITIES.map((hours) => {
      const window = hours * HOUR_MS;
      const sum = (of: (times: number[]) => number) =>
        chats.reduce((total, { times }) => total + of(times), 0);
      return {
        hours,
        fewest: sum((times) => fewestBundles(times, window, MAX_BUNDLE_MESSAGES)),
        aligned: sum((times) => clockAligned(times, window)),
      };
    });
    const total = expected.reduce((sum, { fewest }) => sum + fewest, 0);
    const paths = await withPlace(
      context,
      async (seed, workspaceId) => {
        seed.now = from;
        for (const hours of GRANULARITIES) {
          await seed.webhook(workspaceId, {
            target_url: `${receiver.origin}/every-${hours}`,
            granularity_hours: hours,
          });
        }
        for (const [index, { at, chat, account }] of messages.entries()) {
          seed.now = at;
          const message = messageOf(chat, { chats: chats.length, run: `${index}-` });
          message.whatsapp_account.phone = accountPhone(account);
          await seed.messages(workspaceId, 1, () => message);
        }
      },
      async (place) => {
        await receiver.begin('paths');
        await withServer(context, place, async (server) => {
          await receiver.reached(total, PATIENCE_MS);
          await server.untilNothingWaits();
        });
        const { requests, distinct, paths } = await receiver.tally();
        if (requests !== distinct) throw new Error('Some bundles came twice');
        return paths;
      },
    );
    return expected.map(({ hours, fewest, aligned }): Finding => {
      const value = paths.get(`/every-${hours}`) ?? 0;
      return {
        what: `Zap runs, bundled every ${hours === 1 ? 'hour' : `${hours} hours`}`,
        value,
        unit: 'runs',
        limit: fewest,
        ratio: value / fewest,
        aim: { of: 'ratio', is: 'at most', number: 1 },
        note: `${messages.length} unbundled; windows of the clock would need ${aligned}, ${((aligned / value - 1) * 100).toFixed(0)} % more`,
      };
    });
  },
};
