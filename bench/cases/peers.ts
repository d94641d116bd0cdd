import { bullmq } from '../peers/bullmq.ts';
import { least } from '../peers/least.ts';
import type { Peer } from '../peers/peer.ts';
import { pgBoss } from '../peers/pg-boss.ts';
import { type Case, type Context, PATIENCE_MS } from '../rig/case.ts';
import type { Finding } from '../rig/finding.ts';
import { median } from '../rig/statistics.ts';
import { CHATS, drain } from './drain.ts';

/** The same messages to the same receiver, brought there by what one would otherwise write in an afternoon. */
export const peers: Case = {
  name: 'peers',
  run: async (context) => {
    const { smoke, say } = context;
    const messages = smoke ? 200 : 100_000;
    const rates = new Map<Peer, number[]>([bullmq, pgBoss, least].map((peer) => [peer, []]));
    const ours: number[] = [];
    for (let round = 0; round < context.repeats; round += 1) {
      say(`draining ${messages} messages`);
      const { value, body } = await drain(context, messages, 1);
      ours.push(value);
      for (const [peer, ofPeer] of rates) {
        say(peer.name);
        const rate = await drainPeer(context, peer, messages, body);
        if (rate === null) say(`${peer.name}: its server is not there, so it is left out`);
        else ofPeer.push(rate);
      }
    }
    const measured = [...rates].filter(([, ofPeer]) => ofPeer.length > 0);
    const rivals = measured.filter(([peer]) => peer !== least);
    const fastest = Math.max(...rivals.map(([, ofPeer]) => median(ofPeer)));
    const leasts = median(rates.get(least) as number[]);
    const value = median(ours);
    const unit = 'messages/s';
    const what = `drain ${messages} singles`;
    const against = (whom: string, limit: number) => ({
      ...{ what: `${what}: Pakiet, against ${whom}`, unit },
      ...{ value, limit, ratio: value / limit },
    });
    return [
      ...measured.map(
        ([{ name }, ofPeer]): Finding => ({
          what: `${what}: ${name}`,
          value: median(ofPeer),
          unit,
        }),
      ),
      ...(rivals.length > 0
        ? [
            {
              ...against('the faster queue', fastest),
              aim: { of: 'ratio', is: 'at least', number: 3 },
            } satisfies Finding,
          ]
        : []),
      against('the least', leasts),
    ];
  },
};

/** Null where this machine does not have it. */
async function drainPeer(
  { receiver }: Context,
  peer: Peer,
  count: number,
  body: string,
): Promise<number | null> {
  const running = await peer.start();
  if (!running) return null;
  try {
    await running.order({ kind: 'seed', count, keys: Math.min(CHATS, count), body });
    await receiver.begin('requests');
    await running.order({ kind: 'go', origin: receiver.origin });
    const { firstAt, lastAt } = await receiver.reached(count, PATIENCE_MS);
    await receiver.check(count);
    return count / ((lastAt - firstAt) / 1000);
  } finally {
    await running.stop();
  }
}
