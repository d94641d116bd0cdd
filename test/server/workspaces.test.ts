import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const pakiet = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, [COMMAND_LINE, ...args], {
    cwd: tempFolder(),
    env: { PAKIET_DATA_DIR: folder, ...env },
  });

const keyIn = (text: string) => /^ {2}(pakiet_\S{43})$/m.exec(text)?.[1] as string;

const statusWith = async (key: string) => (await server.call('GET', '/me', undefined, key)).status;

describe('the command line', () => {
  test('creates a key while the server runs, which works at once', async () => {
    const { code, stdout } = await pakiet(['key', 'create']);
    expect(code).toBe(0);
    expect(stdout).toContain('API key of workspace 1, shown only this once:');
    expect(await statusWith(keyIn(stdout))).toBe(200);
    expect(await statusWith(API_KEY)).toBe(200);
  });

  test.each([
    ['in full', (key: string) => key],
    ['by its first characters', (key: string) => key.slice(0, 13)],
  ])('revokes a key given %s, which is refused at once', async (_how, given) => {
    const key = keyIn((await pakiet(['key', 'create'])).stdout);
    expect(await statusWith(key)).toBe(200);
    const revoked = await pakiet(['key', 'revoke', given(key)]);
    expect(revoked).toMatchObject({ code: 0, stderr: '' });
    expect(revoked.stdout).toBe(`Revoked the key that begins with ${key.slice(0, 13)}.\n`);
    expect(await statusWith(key)).toBe(401);
    expect(await statusWith(API_KEY)).toBe(200);
    expect(await pakiet(['key', 'revoke', given(key)])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no such key; nothing was revoked.'),
    });
  });

  test('lists how each key begins, in the way that revoking takes it', async () => {
    const key = keyIn((await pakiet(['key', 'create'])).stdout);
    const { code, stdout } = await pakiet(['key', 'list']);
    expect(code).toBe(0);
    const today = new Date().toISOString().slice(0, 10);
    const lines = stdout.trimEnd().split('\n');
    const line = lines.find((one) => one.startsWith(key.slice(0, 13))) as string;
    expect(line).toMatch(/^pakiet_\S{6} {2}made \S+ \d\d:\d\d UTC {2}workspace 1: "My workspace"$/);
    expect(line).toContain(`made ${today} `);
    expect(stdout).not.toContain(key.slice(0, 14));

    const [beginning = ''] = line.split(' ');
    expect((await pakiet(['key', 'revoke', beginning])).code).toBe(0);
    expect(await statusWith(key)).toBe(401);
    expect((await pakiet(['key', 'list'])).stdout).not.toContain(beginning);
  });

  test('revokes nothing where more than one key begins so, or nothing is given', async () => {
    await pakiet(['key', 'create']);
    expect(await pakiet(['key', 'revoke', 'pakiet_'])).toMatchObject({
      code: 1,
      stderr: 'More than one key begins so: give the whole key. Nothing was revoked.\n',
    });
    expect(await pakiet(['key', 'revoke', ''])).toMatchObject({
      code: 1,
      stderr: 'Say which key: this one is empty. Nothing was revoked.\n',
    });
    expect(await statusWith(API_KEY)).toBe(200);
  });

  test.each([
    ['no command', [], 'Usage: npm run pakiet -- [options] [command]'],
    ['an unknown command', ['workspaces'], "unknown command 'workspaces'"],
    ['half a command', ['key'], 'Usage: npm run pakiet -- key'],
    ['a name that is missing', ['workspace', 'create'], "missing required argument 'name'"],
    ['an empty name', ['workspace', 'create', ' '], 'Give the workspace a name.'],
    [
      'an owner without a real address',
      ['workspace', 'create', 'B', '--owner-email', 'nobody'],
      '"nobody" is not an e-mail address.',
    ],
    ['a key that is missing', ['key', 'revoke'], "missing required argument 'key'"],
    ['a workspace that is not there', ['key', 'create', '--workspace', '77'], 'no workspace 77.'],
    ['an unknown option', ['key', 'create', '--name', 'x'], "unknown option '--name'"],
  ])('explains %s and exits with 1', async (_what, args, hint) => {
    const { code, stdout, stderr } = await pakiet(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('    at ');
  });

  test('explains that there is no data yet, and makes none', async () => {
    const { code, stderr } = await pakiet(['key', 'create'], { PAKIET_DATA_DIR: './nothing-here' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no data in .*nothing-here yet: start the server once .*\n$/);
  });
});

describe('a second workspace', () => {
  let key: string;
  let webhookId: string;
  let chatId: string;

  beforeAll(async () => {
    const args = ['--owner-name', 'Bob', '--owner-email', 'bob@b.example'];
    key = keyIn((await pakiet(['workspace', 'create', 'Company B', ...args])).stdout);
    const { body } = await server.call('POST', '/webhooks', {
      target_url: receiver.url('/first'),
      granularity_hours: 0,
    });
    webhookId = body.id;
    await server.call('POST', '/messages', inboundInput({ message: { text: 'of the first' } }));
    const [delivery] = await receiver.waitFor('/first', 1);
    await server.until(`/webhooks/${webhookId}`, ({ waiting }) => waiting === 0);
    const payload = JSON.parse(delivery?.body as string);
    chatId = payload.chat.chat_id;
  });

  const second = (method: string, path: string, body?: unknown) =>
    server.call(method, path, body, key);

  test('is its owner’s own', async () => {
    expect((await second('GET', '/me')).body).toMatchObject({
      workspace: { name: 'Company B' },
      owner: { full_name: 'Bob', email: 'bob@b.example' },
    });
    expect((await server.call('GET', '/me')).body.workspace.name).toBe('My workspace');
  });

  test('is listed beside the first', async () => {
    const { stdout } = await pakiet(['workspace', 'list']);
    expect(stdout).toBe('1: "My workspace"\n2: "Company B"\n');
  });

  test('sees nothing of the first', async () => {
    expect((await second('GET', '/whatsapp-accounts')).body).toEqual([]);
    expect((await second('GET', '/chats')).body).toEqual({ chats: [], next_cursor: null });
    expect((await second('GET', '/webhooks')).body).toEqual([]);
    expect((await second('GET', '/samples')).body).toEqual([]);
    expect((await second('GET', `/samples?chats=${chatId}&granularity_hours=6`)).body).toEqual([]);
  });

  test.each([
    ['GET', () => `/webhooks/${webhookId}`, undefined],
    ['PATCH', () => `/webhooks/${webhookId}`, { enabled: false, name: 'taken over' }],
    ['DELETE', () => `/webhooks/${webhookId}`, undefined],
    ['POST', () => `/webhooks/${webhookId}/flush`, undefined],
    ['POST', () => `/webhooks/${webhookId}/test`, undefined],
    ['GET', () => `/webhooks/${webhookId}/activity`, undefined],
    ['GET', () => `/webhooks/${webhookId}/log`, undefined],
    ['PATCH', () => `/chats/${chatId}`, { full_name: 'taken over' }],
  ])('gets 404 for %s of a thing of the first (%#)', async (method, path, body) => {
    const before = (await server.call('GET', `/webhooks/${webhookId}`)).body;
    expect(await second(method, path(), body)).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
    expect((await server.call('GET', `/webhooks/${webhookId}`)).body).toEqual(before);
  });

  test('cannot write into a chat of the first', async () => {
    const { status, body } = await second(
      'POST',
      '/messages',
      inboundInput({ chat: { chat_id: chatId } }),
    );
    expect([status, body.error.field]).toEqual([400, 'chat.chat_id']);
  });

  test('has accounts, chats and messages of its own, under the same numbers and ids', async () => {
    const { body: webhook } = await second('POST', '/webhooks', {
      target_url: receiver.url('/second'),
      granularity_hours: 0,
    });
    const message = inboundInput({ message: { message_id: 'shared', text: 'of both' } });
    expect((await server.call('POST', '/messages', message)).body.accepted).toBe(1);
    expect((await second('POST', '/messages', message)).body.accepted).toBe(1);
    const [delivery] = await receiver.waitFor('/second', 1);
    expect(JSON.parse(delivery?.body as string).chat.chat_id).not.toBe(chatId);
    await receiver.waitFor('/first', 2);
    await server.until(`/webhooks/${webhookId}`, ({ waiting }) => waiting === 0);
    expect([receiver.at('/first').length, receiver.at('/second').length]).toEqual([2, 1]);
    await second('PUT', '/whatsapp-accounts/+972550000000', { full_name: 'Of B' });
    const { body: accounts } = await server.call('GET', '/whatsapp-accounts');
    expect(JSON.stringify(accounts)).not.toContain('Of B');
    await second('DELETE', `/webhooks/${webhook.id}`);
  });

  test('must be named when a key is made, now that there are two', async () => {
    expect(await pakiet(['key', 'create'])).toMatchObject({
      code: 1,
      stderr:
        'Say which with --workspace: there are 2 workspaces (1: "My workspace", 2: "Company B").\n',
    });
    const { stdout } = await pakiet(['key', 'create', '--workspace', '2']);
    expect((await server.call('GET', '/me', undefined, keyIn(stdout))).body.workspace.id).toBe('2');
  });
});
