import type { HttpReceiver } from '../test/support/http-receiver.ts';
import type { ServerProcess } from '../test/support/server-process.ts';
import { conversation } from './conversation.ts';

interface Status {
  enabled: boolean;
  consecutive_errors: number;
  disabled_reason: string | null;
  next_attempt_at: string | null;
  waiting: number;
}

/** A receiver that fails: the pauses, the switch-off on the 11th error in a row, and catching up. */
export async function showBroken(server: ServerProcess, receiver: HttpReceiver): Promise<void> {
  receiver.statuses.set('/crm', 500);
  const { body: webhook } = await server.call<{ id: string }>('POST', '/webhooks', {
    target_url: receiver.url('/crm'),
    granularity_hours: 0,
  });
  const status = async () => (await server.call<Status>('GET', `/webhooks/${webhook.id}`)).body;
  const until = async (isSo: (now: Status) => boolean): Promise<Status> => {
    for (;;) {
      const now = await status();
      if (isSo(now)) return now;
    }
  };

  const [first, ...rest] = conversation().filter(({ message }) => !message.attachments);
  await server.call('POST', '/messages', first);
  console.log('A message goes in, and the receiver answers 500 to everything.');
  console.log('The clock is moved forward over each pause.\n');
  for (let errors = 1; errors <= 11; errors += 1) {
    await receiver.waitFor('/crm', errors);
    const now = await until((one) => one.consecutive_errors === errors);
    if (!now.enabled) {
      console.log(`  error ${errors}: switched off (${now.disabled_reason})\n`);
      break;
    }
    const pause = Date.parse(now.next_attempt_at as string) - server.now();
    console.log(`  error ${String(errors).padStart(2)}: pauses for ${duration(pause)}`);
    await server.advance(pause);
  }

  await server.call('POST', '/messages', { messages: rest });
  const held = await status();
  console.log(
    `${rest.length} more messages come in meanwhile: nothing is sent, ${held.waiting} wait.`,
  );

  const { body: activity } = await server.call<{ action: string; detail: string }[]>(
    'GET',
    `/webhooks/${webhook.id}/activity`,
  );
  console.log('\nThe activity log, newest first:');
  for (const { action, detail } of activity) console.log(`  ${action.padEnd(9)} ${detail}`);
  console.log();

  receiver.statuses.delete('/crm');
  const sentBefore = receiver.deliveries.length;
  await server.call('PATCH', `/webhooks/${webhook.id}`, { enabled: true });
  await receiver.waitFor('/crm', sentBefore + held.waiting);
  await until(({ waiting }) => waiting === 0);
  console.log(
    `The receiver is mended and the webhook enabled: all ${held.waiting} are delivered, in order.`,
  );
}

function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  return minutes < 60 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
