import { countEn } from '../../src/core/language.ts';
import { type Case, type Context, PATIENCE_MS, withPlace, withServer } from '../rig/case.ts';
import { type Finding, type Measured, middle, spread } from '../rig/finding.ts';
import { bareSender, type Limit } from '../rig/limits.ts';
import { CONNECTIONS } from '../rig/load.ts';
import { accountPhone, messageOf } from '../rig/messages.ts';
import { processorSeconds } from '../rig/process-figures.ts';

export const CHATS = 2000;

/** Single messages wait when the server starts; how fast it brings them to their receiver. */
const drainOver = (name: string, webhooks: number): Case => ({
  name,
  run: async (context) => {
    const { smoke, repeats, receiver, say } = context;
    const messages = smoke ? 400 : 200_000;
    const measured: Measured[] = [];
    let before: Limit | null = null;
    for (let round = 0; round < repeats; round += 1) {
      say(`${messages} messages over ${countEn(webhooks, 'webhook')}`);
      const { value, microseconds: ours, body } = await drain(context, messages, webhooks);
      const after = await bareSender(receiver, body, smoke ? 0.2 : 4);
      measured.push({
        value,
        limit: ((before ?? after).perSecond + after.perSecond) / 2,
        microseconds: { ours, limits: after.microseconds },
      });
      before = after;
    }
    const finding: Finding = {
      what: `drain ${messages} singles, ${countEn(webhooks, 'webhook')}`,
      unit: 'messages/s',
      ...middle(measured),
      aim: { of: 'ratio', is: 'at least', number: context.store === 'sqlite' ? 0.65 : 0.35 },
      note: spread(measured),
    };
    return [finding];
  },
});

export async function drain(context: Context, messages: number, webhooks: number) {
  const { receiver } = context;
  return withPlace(
    context,
    async (seed, workspaceId) => {
      for (let n = 0; n < webhooks; n += 1) {
        await seed.webhook(workspaceId, {
          target_url: `${receiver.origin}/hook-${n}`,
          granularity_hours: 0,
          ...(webhooks === 1
            ? { concurrency: CONNECTIONS }
            : { filters: { whatsapp_accounts: [accountPhone(n)] } }),
        });
      }
      const traffic = { chats: Math.min(CHATS, messages), accounts: webhooks };
      await seed.messages(workspaceId, messages, (index) => messageOf(index, traffic));
    },
    async (place) => {
      await receiver.begin('requests');
      const { tally, seconds } = await withServer(context, place, async ({ pid }) => {
        const before = processorSeconds(pid);
        const tally = await receiver.reached(messages, PATIENCE_MS);
        return { tally, seconds: processorSeconds(pid) - before };
      });
      await receiver.check(messages);
      return {
        value: messages / ((tally.lastAt - tally.firstAt) / 1000),
        microseconds: (seconds / messages) * 1e6,
        body: tally.sample,
      };
    },
  );
}

export const drainOne = drainOver('drain', 1);
export const drainHundred = drainOver('drain-100', 100);
