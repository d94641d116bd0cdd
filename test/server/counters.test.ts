import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DAY = 24 * 3_600_000;
let receiver: HttpReceiver;
let server: ServerProcess;
let id: string;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
  const settings = { target_url: receiver.url('/counted'), granularity_hours: 0 };
  id = (await server.call('POST', '/webhooks', settings)).body.id;
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const counters = async (query = '') =>
  (await server.call('GET', `/webhooks/${id}/counters${query}`)).body;
const today = () => new Date(server.now()).toISOString().slice(0, 10);
const zeros = { requests: 0, succeeded: 0, failed: 0, messages_delivered: 0 };

test('every day shows its requests, by how they ended, and the messages that were delivered', async () => {
  // Away from midnight, so that what is counted together is of one day.
  await server.advance(DAY + (DAY / 2 - (server.now() % DAY)));
  receiver.statuses.set('/counted', 500);
  await server.call('POST', '/messages', inboundInput({ chat: { id: 'a' } }));
  await server.until(`/webhooks/${id}`, (webhook) => webhook.consecutive_errors === 1);
  receiver.statuses.delete('/counted');
  await server.call('POST', `/webhooks/${id}/test`);
  await server.advance(60_000);
  await server.until(`/webhooks/${id}`, (webhook) => webhook.waiting === 0);
  const first = { day: today(), requests: 2, succeeded: 1, failed: 1, messages_delivered: 1 };
  expect((await counters())[0]).toEqual(first);

  await server.advance(2 * DAY);
  await server.call('PATCH', `/webhooks/${id}`, { granularity_hours: 1 });
  const messages = [1, 2, 3].map(() => inboundInput({ chat: { id: 'a' } }));
  await server.call('POST', '/messages', { messages });
  await server.call('POST', `/webhooks/${id}/flush`);
  await server.until(`/webhooks/${id}`, (webhook) => webhook.waiting === 0);
  const second = { day: today(), requests: 1, succeeded: 1, failed: 0, messages_delivered: 3 };
  expect((await counters('?days=3')).map(({ day: _, ...rest }: { day: string }) => rest)).toEqual([
    { requests: 1, succeeded: 1, failed: 0, messages_delivered: 3 },
    zeros,
    { requests: 2, succeeded: 1, failed: 1, messages_delivered: 1 },
  ]);
  expect(await counters('?days=1')).toEqual([second]);
  expect(await counters()).toHaveLength(30);
});

test('a delivery that was set aside and sent again is counted, too', async () => {
  const [{ requests, succeeded }] = await counters();
  receiver.statuses.set('/counted', 422);
  await server.call('PATCH', `/webhooks/${id}`, { granularity_hours: 0 });
  const message = inboundInput({ chat: { id: 'poison', full_name: 'Poison' } });
  await server.call('POST', '/messages', message);
  await server.until(`/webhooks/${id}`, (webhook) => webhook.consecutive_errors === 1);
  const { chats } = (await server.call('GET', '/chats?search=Poison')).body;
  await server.call('POST', `/webhooks/${id}/chats/${chats[0].chat_id}/park`);
  const path = `/webhooks/${id}/parked`;
  const { parked } = await server.until(path, (body) => body.parked.length === 1);
  receiver.statuses.delete('/counted');
  await server.call('POST', `${path}/${parked[0].id}/resend`);
  expect((await counters())[0]).toMatchObject({
    requests: requests + 2,
    succeeded: succeeded + 1,
  });
});

test.each(['0', '401', '-1', 'x', '1.5'])('days=%s is refused', async (days) => {
  const { status, body } = await server.call('GET', `/webhooks/${id}/counters?days=${days}`);
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ field: 'days', message: expect.stringContaining('1 to 400') });
});

test('of a webhook that is none’s there are none', async () => {
  expect((await server.call('GET', '/webhooks/999/counters')).status).toBe(404);
});
