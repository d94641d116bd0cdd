import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, withPlace, withServer } from '../rig/case.ts';
import { messageOf } from '../rig/messages.ts';
import { processorSeconds } from '../rig/process-figures.ts';

/** Bundles are gathered and nothing else happens. */
export const idle: Case = {
  name: 'idle',
  run: async (context) => {
    const { smoke, receiver, say } = context;
    const lanes = smoke ? 20 : 10_000;
    // V8 collects what the start left behind some 13 and 23 seconds after it.
    const [settle, watch] = smoke ? [100, 300] : [30_000, 30_000];
    say(`${lanes} open lanes`);
    const share = await withPlace(
      context,
      async (seed, workspaceId) => {
        await seed.webhook(workspaceId, {
          target_url: `${receiver.origin}/hook`,
          granularity_hours: 24,
        });
        await seed.messages(workspaceId, lanes, (index) => messageOf(index, { chats: lanes }));
      },
      (place) =>
        withServer(context, place, async ({ pid }) => {
          await sleep(settle);
          const before = processorSeconds(pid);
          await sleep(watch);
          return (processorSeconds(pid) - before) / (watch / 1000);
        }),
    );
    return [
      {
        what: `idle with ${lanes} open lanes`,
        value: share * 100,
        unit: '% of a core',
        aim: { of: 'value', is: 'at most', number: 1 },
      },
    ];
  },
};
