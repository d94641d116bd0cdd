import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import {
  type BundlePayload,
  bundlePayloadSchema,
  type SinglePayload,
  singlePayloadSchema,
} from '../../src/wire/payload.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;

const message = (id: string, direction: 'received' | 'sent', text: string) => ({
  whatsapp_account: { phone: '+972550000000' },
  chat: { id: 'john@c.us', full_name: 'John Doe', phone: '+972540000000' },
  message: { message_id: id, direction, timestamp: '2021-02-24T16:25:29Z', text },
});

let receiver: HttpReceiver;
let server: ServerProcess;
const folder = tempFolder();

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const hook = async (path: string, granularity_hours: number, more: object = {}) => {
  const { body } = await server.call<{ id: string; secret: string }>('POST', '/webhooks', {
    target_url: receiver.url(path),
    granularity_hours,
    ...more,
  });
  return body;
};

describe('a conversation over the real server', () => {
  test('comes out message by message, and as a bundle when its hour is over', async () => {
    const single = await hook('/single', 0);
    await hook('/hourly', 1);
    const accepted = await server.call('POST', '/messages', {
      messages: [
        message('1', 'received', 'Hi! How are you?'),
        message('2', 'sent', 'I am fine 👋 <b>&</b>\nand you?'),
      ],
    });
    expect(accepted).toMatchObject({ status: 202, body: { accepted: 2 } });

    const singles = await receiver.waitFor('/single', 2);
    const payloads = singles.map(({ body }) => singlePayloadSchema.parse(JSON.parse(body)));
    expect(payloads.map((payload) => payload.message.text)).toEqual([
      'Hi! How are you?',
      'I am fine 👋 <b>&</b>\nand you?',
    ]);
    expect(payloads.map((payload) => payload.chat.is_new_chat)).toEqual([true, false]);
    for (const { body, headers } of singles) {
      new Webhook(single.secret).verify(body, headers as Record<string, string>);
    }

    expect(receiver.at('/hourly')).toHaveLength(0);
    await server.advance(HOUR);
    const [bundle] = await receiver.waitFor('/hourly', 1);
    const payload = bundlePayloadSchema.parse(JSON.parse(bundle?.body as string));
    expect(payload.messages.map(({ text }) => text)).toEqual(
      payloads.map((one: SinglePayload) => one.message.text),
    );
    expect(payload.aggregation).toContain('I am fine 👋 &lt;b&gt;&amp;&lt;/b&gt;<br/>and you?');
  });

  test.each([6, 12, 24])('is bundled every %i hours', async (hours) => {
    const path = `/every-${hours}`;
    await hook(path, hours);
    const sentBefore = receiver.at(path).length;
    await server.call('POST', '/messages', message(`${hours}-a`, 'received', 'one'));
    await server.advance((hours - 1) * HOUR);
    await server.call('POST', '/messages', message(`${hours}-b`, 'received', 'two'));
    expect(receiver.at(path)).toHaveLength(sentBefore);
    await server.advance(HOUR);
    const [bundle] = await receiver.waitFor(path, 1);
    const { messages } = JSON.parse(bundle?.body as string) as BundlePayload;
    expect(messages.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('goes on after a restart where it stopped', async () => {
    await hook('/restarted', 1);
    await server.call('POST', '/messages', message('before', 'received', 'before the restart'));
    expect(await server.stop()).toBe(0);
    server = await ServerProcess.start(folder);
    await server.call('POST', '/messages', message('after', 'received', 'after the restart'));
    await server.advance(HOUR);
    const [bundle] = await receiver.waitFor('/restarted', 1);
    const { messages } = JSON.parse(bundle?.body as string) as BundlePayload;
    expect(messages.map(({ text }) => text)).toEqual(['before the restart', 'after the restart']);
  });
});

describe('a receiver that fails', () => {
  test('is switched off by the 11th error in a row, and catches up once enabled', async () => {
    receiver.statuses.set('/broken', 500);
    const { id } = await hook('/broken', 0, { filters: { direction: 'sent' } });
    await server.call('POST', '/messages', message('s1', 'sent', 'first'));
    for (let errors = 1; errors <= 10; errors += 1) {
      await receiver.waitFor('/broken', errors);
      await pausedAfter(id, errors);
      await server.advance(10 * HOUR);
    }
    await receiver.waitFor('/broken', 11);
    await eventually(id, (webhook) => !webhook.enabled);
    const { body: activity } = await server.call<{ action: string }[]>(
      'GET',
      `/webhooks/${id}/activity`,
    );
    expect(activity[0]?.action).toBe('disabled');
    await server.call('POST', '/messages', message('s2', 'sent', 'second'));

    receiver.statuses.delete('/broken');
    const enabled = await server.call<Status>('PATCH', `/webhooks/${id}`, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true, consecutive_errors: 0 });
    const [first, second] = (await receiver.waitFor('/broken', 13)).slice(11);
    const texts = [first, second].map(
      (delivery) => (JSON.parse(delivery?.body as string) as SinglePayload).message.text,
    );
    expect(texts).toEqual(['first', 'second']);
    expect(first?.headers['webhook-id']).toBe(receiver.at('/broken')[0]?.headers['webhook-id']);
  });
});

interface Status {
  enabled: boolean;
  consecutive_errors: number;
}

const pausedAfter = (id: string, errors: number) =>
  eventually(id, ({ consecutive_errors }) => consecutive_errors === errors);

/** Asks until the webhook is as expected; each question is a real round trip, and there is a last one. */
async function eventually(id: string, isSo: (webhook: Status) => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const { body } = await server.call<Status>('GET', `/webhooks/${id}`);
    if (isSo(body)) return;
  }
  throw new Error(`Webhook ${id} did not come to be as expected`);
}
