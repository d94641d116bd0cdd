import { Child } from '../rig/child.ts';

/** What a peer is told, in its own process. */
export type PeerOrder =
  /** Queue so many requests with this body, over so many keys, in order within each. */
  | { kind: 'seed'; count: number; keys: number; body: string }
  /** Bring them to the receiver, as fast as it can. */
  | { kind: 'go'; origin: string };

/** A dispatcher made of a queue library, as one would write it in an afternoon. */
export interface Peer {
  name: string;
  /** Starts it on an empty durable store of its own. @returns null where this machine does not have it */
  start: () => Promise<RunningPeer | null>;
}

export interface RunningPeer {
  order: (order: PeerOrder) => Promise<void>;
  stop: () => Promise<void>;
}

/** In the peer's own process: carries out what it is told, one order after the other. */
export function obey(carryOut: (order: PeerOrder) => Promise<void>): void {
  process.on('disconnect', () => process.exit());
  process.on('message', async (order: PeerOrder) => {
    await carryOut(order);
    process.send?.('done');
  });
  process.send?.('ready');
}

/** The peer's process, and what else was started for it. */
export async function runPeer(
  module: URL,
  args: string[],
  stopRest: () => Promise<void>,
): Promise<RunningPeer> {
  const { child } = await Child.start<PeerOrder, string>(module, args);
  return {
    order: async (order) => void (await child.ask(order)),
    stop: async () => {
      await child.stop();
      await stopRest();
    },
  };
}
