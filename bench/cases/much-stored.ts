import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, type Context, withPlace, withServer } from '../rig/case.ts';
import { type Finding, type Measured, middle, spread } from '../rig/finding.ts';
import { type FullLoad, fullLoadOn, wholeWebhook } from '../rig/full-load-on.ts';
import { messageOf } from '../rig/messages.ts';
import { residentMib } from '../rig/process-figures.ts';
import type { Seed } from '../rig/seed.ts';

/** What is stored: in so many workspaces so many webhooks each, all of which gather all chats for a day. */
interface Scale {
  workspaces: number;
  webhooks: number;
  chats: number;
  messagesEach: number;
}

const FULL: Scale = { workspaces: 1000, webhooks: 10, chats: 100, messagesEach: 10 };
const SMOKE: Scale = { workspaces: 2, webhooks: 2, chats: 5, messagesEach: 2 };

/**
 * The same load on an empty store and on one with a million messages in its log, a million open lanes and
 * ten thousand webhooks of other workspaces: what is stored must cost nothing.
 */
export const muchStored: Case = {
  name: 'much-stored',
  run: async (context) => {
    const { smoke, repeats, receiver, say } = context;
    const scale = smoke ? SMOKE : FULL;
    const { workspaces, webhooks, chats, messagesEach } = scale;
    say(`seeding ${workspaces * chats * messagesEach} messages`);
    return withPlace(
      context,
      async (seed, workspaceId) => {
        await wholeWebhook(seed, workspaceId, receiver);
        await seedMuch(seed, scale);
      },
      async (much) => {
        let resident = Number.NaN;
        const measured: Measured[] = [];
        const seconds = smoke ? 0.2 : 15;
        for (let round = 0; round < repeats; round += 1) {
          say('the same load on little and on much');
          const little = await withLittle(context, seconds);
          const loaded = await withServer(context, much, async (server) => {
            await sleep(smoke ? 100 : 10_000);
            resident = residentMib(server.pid);
            return fullLoadOn(context, server, { seconds, run: `${round}-` });
          });
          measured.push({
            value: loaded.delivered,
            limit: little.delivered,
            microseconds: { ours: loaded.microseconds, limits: little.microseconds },
          });
        }
        const lanes = workspaces * webhooks * chats;
        const findings: Finding[] = [
          {
            what: `intake and delivery with ${workspaces * chats * messagesEach} messages, ${lanes} lanes, ${workspaces * webhooks} webhooks stored`,
            unit: 'messages/s',
            ...middle(measured),
            aim: { of: 'ratio', is: 'at least', number: 0.85 },
            note: `against an empty store; ${spread(measured)}`,
          },
          { what: `memory with ${lanes} open lanes`, value: resident, unit: 'MiB' },
        ];
        return findings;
      },
    );
  },
};

const withLittle = (context: Context, seconds: number): Promise<FullLoad> =>
  withPlace(
    context,
    (seed, workspaceId) => wholeWebhook(seed, workspaceId, context.receiver),
    (place) => withServer(context, place, (server) => fullLoadOn(context, server, { seconds })),
  );

async function seedMuch(seed: Seed, { workspaces, webhooks, chats, messagesEach }: Scale) {
  for (let n = 0; n < workspaces; n += 1) {
    const workspaceId = await seed.workspace(`pakiet_key-of-workspace-${n}`);
    for (let m = 0; m < webhooks; m += 1) {
      const target_url = 'http://127.0.0.1:9/unused';
      await seed.webhook(workspaceId, { target_url, granularity_hours: 24 });
    }
    await seed.messages(workspaceId, chats * messagesEach, (index) => messageOf(index, { chats }));
  }
}
