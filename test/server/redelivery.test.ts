import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasValidSignature } from '../../src/wire/signature.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MINUTE = 60_000;
const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
let hooks = 0;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

async function hook(given: object = {}) {
  hooks += 1;
  const path = `/redelivery-${hooks}`;
  const settings = { target_url: receiver.url(path), granularity_hours: 0, ...given };
  const { body } = await server.call('POST', '/webhooks', settings);
  return { path, id: body.id as string, secret: body.secret as string };
}

const say = async (text: string, chat: object = {}) => {
  const message = inboundInput({ chat: { id: `chat-${hooks}`, ...chat }, message: { text } });
  expect((await server.call('POST', '/messages', message)).body.accepted).toBe(1);
};

const texts = (path: string) =>
  receiver.at(path).map(({ body }) => JSON.parse(body).message.text as string);

const chatId = async (search: string): Promise<string> =>
  (await server.call('GET', `/chats?search=${search}`)).body.chats[0].chat_id;

describe('POST /webhooks/{id}/enable', () => {
  test.each([
    ['where_it_stopped', ['waited', 'after']],
    ['now', ['after']],
  ])('from %s', async (from, expected) => {
    const { id, path } = await hook();
    await server.call('PATCH', `/webhooks/${id}`, { enabled: false });
    await say('waited');
    await server.advance(MINUTE);
    const { status, body } = await server.call('POST', `/webhooks/${id}/enable`, { from });
    expect([status, body.enabled]).toEqual([200, true]);
    await say('after');
    await receiver.waitFor(path, expected.length);
    expect(texts(path)).toEqual(expected);
    await server.call('DELETE', `/webhooks/${id}`);
  });

  test('says from where, or is refused', async () => {
    const { id } = await hook();
    expect(await server.call('POST', `/webhooks/${id}/enable`, { from: 'x' })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field: 'from' } },
    });
    await server.call('DELETE', `/webhooks/${id}`);
  });
});

test('POST /webhooks/{id}/replay counts first, then delivers again', async () => {
  await server.advance(MINUTE);
  const from = new Date(server.now() - 1000).toISOString();
  const { id, path } = await hook();
  await say('first');
  await say('second');
  await receiver.waitFor(path, 2);
  const replay = (body: object) => server.call('POST', `/webhooks/${id}/replay`, body);
  expect((await replay({ from, dry_run: true })).body).toEqual({ requests: 2 });
  expect(receiver.at(path)).toHaveLength(2);
  expect((await replay({ from })).body).toEqual({ requests: 2 });
  await receiver.waitFor(path, 4);
  const ids = receiver.at(path).map(({ headers }) => headers['webhook-id']);
  expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  expect((await replay({ from: 'yesterday' })).body.error).toMatchObject({ field: 'from' });
  await server.call('DELETE', `/webhooks/${id}`);
});

test('a delivery that fails can be set aside, listed, sent again and discarded', async () => {
  const { id, path } = await hook();
  receiver.statuses.set(path, 422);
  await say('poison', { full_name: 'Poison' });
  await server.until(`/webhooks/${id}`, ({ consecutive_errors }) => consecutive_errors > 0);
  const chat = await chatId('Poison');
  const park = () => server.call('POST', `/webhooks/${id}/chats/${chat}/park`);
  expect((await park()).status).toBe(202);
  const list = `/webhooks/${id}/parked`;
  const { parked } = await server.until(list, (body) => body.parked.length === 1);
  expect(parked[0]).toMatchObject({ chat_id: chat, attempts: 1, shape: 'single' });
  expect(await park()).toMatchObject({ status: 409, body: { error: { code: 'nothing_to_park' } } });
  const resend = () => server.call('POST', `${list}/${parked[0].id}/resend`);
  expect((await resend()).body).toMatchObject({ response: { status: 422 } });
  receiver.statuses.delete(path);
  expect((await resend()).body).toMatchObject({ response: { status: 200 } });
  expect((await server.call('GET', list)).body).toEqual({ parked: [], next_cursor: null });
  expect((await resend()).status).toBe(404);
  expect((await server.call('DELETE', `${list}/${parked[0].id}`)).status).toBe(404);
  await server.call('DELETE', `/webhooks/${id}`);
});

test('POST /webhooks/{id}/secret/rotate: both secrets sign for a day; never a Zap’s', async () => {
  const { id, path, secret: former } = await hook();
  const { body } = await server.call('POST', `/webhooks/${id}/secret/rotate`);
  expect(body).toEqual({
    secret: expect.stringMatching(/^whsec_/),
    former_secret_until: expect.stringMatching(/Z$/),
  });
  await say('signed twice');
  const [delivery] = await receiver.waitFor(path, 1);
  for (const secret of [former, body.secret]) {
    expect(hasValidSignature(secret, delivery?.headers as object, delivery?.body as string)).toBe(
      true,
    );
  }
  await server.call('DELETE', `/webhooks/${id}`);
  const zap = await hook({ source: 'zapier', zap_id: 'z' });
  expect(await server.call('POST', `/webhooks/${zap.id}/secret/rotate`)).toMatchObject({
    status: 409,
    body: { error: { code: 'managed_by_zap', field: 'secret' } },
  });
  await server.call('DELETE', `/webhooks/${zap.id}`);
});

test('DELETE /chats/{id} leaves nothing of a person, and a new message begins a new chat', async () => {
  const { id, path } = await hook();
  const batch = await hook({ granularity_hours: 24 });
  const person = { id: 'person', full_name: 'Jan Kowalski' };
  await say('my secret', person);
  await receiver.waitFor(path, 1);
  await server.until(`/webhooks/${id}/log`, (log) => log.length === 1);
  const chat = await chatId('Kowalski');
  expect((await server.call('DELETE', `/chats/${chat}`)).status).toBe(204);
  expect((await server.call('DELETE', `/chats/${chat}`)).status).toBe(404);
  for (const url of ['/chats', `/webhooks/${id}/log`, `/webhooks/${id}/activity`, '/samples']) {
    const { body } = await server.call('GET', url);
    expect(JSON.stringify(body)).not.toMatch(/my secret|Kowalski/);
  }
  expect((await server.call('GET', `/webhooks/${batch.id}`)).body.waiting).toBe(0);
  await say('back again', person);
  await receiver.waitFor(path, 2);
  expect(await chatId('Kowalski')).not.toBe(chat);
  for (const one of [id, batch.id]) await server.call('DELETE', `/webhooks/${one}`);
});
