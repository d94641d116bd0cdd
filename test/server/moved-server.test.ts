import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { describePostgres, emptySchema } from '../support/postgres.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CHATS = 20;
const chats = Array.from({ length: CHATS }, (_, i) => `chat-${i}`);

describePostgres('a server whose data folder was moved to PostgreSQL', () => {
  let receiver: HttpReceiver;
  let server: ServerProcess;

  beforeAll(async () => {
    receiver = await HttpReceiver.start();
  });
  afterAll(async () => {
    await server?.stop();
    await receiver.stop();
  });

  const say = async (id: string, text: string) => {
    const message = { text, message_id: `${id} ${text}` };
    const { status, body } = await server.call(
      'POST',
      '/messages',
      inboundInput({ chat: { id, full_name: id }, message }),
    );
    expect(status).toBe(202);
    return body;
  };
  const sayAll = async (text: string) => {
    for (const id of chats) await say(id, text);
  };
  const hook = async (path: string, granularity_hours: number): Promise<number> =>
    (
      await server.call('POST', '/webhooks', {
        target_url: receiver.url(path),
        granularity_hours,
      })
    ).body.id;

  /** What came to a path, by chat, as its texts in order. */
  function heard(path: string): Record<string, string[]> {
    const all: Record<string, string[]> = {};
    for (const { body } of receiver.at(path)) {
      const { chat, message, messages } = JSON.parse(body);
      all[chat.full_name] ??= [];
      for (const { text } of messages ?? [message]) all[chat.full_name]?.push(text);
    }
    return all;
  }
  const eachChat = (...texts: string[]) => Object.fromEntries(chats.map((id) => [id, texts]));

  test('goes on delivering where it stopped: nothing twice, nothing lost, all in order', async () => {
    const folder = tempFolder();
    server = await ServerProcess.start(folder);
    await hook('/single', 0);
    const bundle = await hook('/bundle', 1);
    const off = await hook('/off', 0);
    await sayAll('one');
    await receiver.waitFor('/single', CHATS);
    await receiver.waitFor('/off', CHATS);
    const switched = await server.call('PATCH', `/webhooks/${off}`, { enabled: false });
    expect(switched).toMatchObject({ status: 200, body: { enabled: false } });
    receiver.statuses.set('/single', 500);
    await sayAll('two');
    await receiver.waitFor('/single', CHATS + 1);
    expect(await server.stop()).toBe(0);
    const failed = receiver.at('/single').length - CHATS;
    expect(receiver.at('/bundle')).toEqual([]);
    expect(receiver.at('/off')).toHaveLength(CHATS);

    const url = await emptySchema();
    const command = [COMMAND_LINE, 'migrate-store', '--to', url];
    const moving = await run(process.execPath, command, { env: { PAKIET_DATA_DIR: folder } });
    expect(moving).toMatchObject({ code: 0 });
    receiver.statuses.clear();
    server = await ServerProcess.start(folder, { DATABASE_URL: url });
    expect(await say('chat-0', 'one')).toMatchObject({ accepted: 0, duplicates: 1 });
    await sayAll('three');
    await server.advance(60_000);
    await receiver.waitFor('/single', 3 * CHATS + failed);
    await server.call('POST', `/webhooks/${bundle}/flush`);
    await receiver.waitFor('/bundle', CHATS);
    await server.call('POST', `/webhooks/${off}/enable`, { from: 'where_it_stopped' });
    await receiver.waitFor('/off', 3 * CHATS);
    expect(await server.stop()).toBe(0);

    expect(heard('/bundle')).toEqual(eachChat('one', 'two', 'three'));
    expect(heard('/off')).toEqual(eachChat('one', 'two', 'three'));
    // Repeated is what had failed, and nothing else.
    const singles = receiver.at('/single');
    singles.splice(CHATS, failed);
    const ids = singles.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3 * CHATS);
    receiver.deliveries.splice(0, Infinity, ...singles);
    expect(heard('/single')).toEqual(eachChat('one', 'two', 'three'));
  }, 60_000);
});
