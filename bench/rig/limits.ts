import { Child } from './child.ts';
import { fullLoad } from './load.ts';
import type { Traffic } from './messages.ts';
import type { Counting, Receiver } from './receiver.ts';
import { intakeAt } from './server.ts';

// What this machine could do at most, measured beside each case: whatever else goes on on it slows both.

/**
 * Requests a second that undici alone brings to the receiver, with the body that the server sends, over as
 * many connections as the server may use.
 */
export async function bareSender(
  receiver: Receiver,
  body: string,
  seconds: number,
  counting: Counting = 'requests',
): Promise<number> {
  await receiver.begin(counting);
  const target = {
    origin: receiver.origin,
    path: '/bare',
    headers: { 'content-type': 'application/json' },
    status: 200,
    body: () => body,
  };
  const { perSecond } = await fullLoad(target, { seconds });
  return perSecond;
}

/** Intake requests a second that a bare fastify answers. */
export async function bareIntake(traffic: Traffic, seconds: number): Promise<number> {
  const module = new URL('./bare-intake-process.ts', import.meta.url);
  const { child, ready: port } = await Child.start<never, number>(module);
  try {
    const target = intakeAt(`http://127.0.0.1:${port}`, traffic);
    await fullLoad(target, { seconds: seconds / 4 });
    const { perSecond } = await fullLoad(target, { seconds });
    return perSecond;
  } finally {
    await child.stop();
  }
}
