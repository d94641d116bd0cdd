import { parseNetwork } from '../../src/core/egress-guard.ts';
import { type Attempt, Sender } from '../../src/core/sender.ts';
import { RawReceiver } from './raw-receiver.ts';

export const LOOPBACK = [parseNetwork('127.0.0.0/8'), parseNetwork('::1')];

interface Options {
  body?: string;
  /** Short where the test is about running into it. */
  limitMs?: number;
}

/** How one delivery goes to a receiver of its own, and what that saw of it. */
export async function attemptAt(
  serve: Parameters<typeof RawReceiver.start>[0],
  { body = '{}', limitMs = 10_000 }: Options = {},
): Promise<{ attempt: Attempt; pushed: number; connections: number }> {
  const receiver = await RawReceiver.start(serve);
  const sender = new Sender(LOOPBACK, limitMs);
  try {
    const attempt = await sender.post(receiver.url, {}, body);
    return { attempt, pushed: receiver.pushed, connections: receiver.connections };
  } finally {
    await sender.close();
    await receiver.stop();
  }
}
