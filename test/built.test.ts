// All that works on the built zip is in this one file, since the CLI builds into one place.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { BuiltIntegration, type Bundle, hookBundle } from '../demo/built-integration.ts';
import { API_VERSION } from '../src/wire/me.ts';
import type { BatchItem, MessageItem } from '../src/zapier/items.ts';
import { HttpReceiver } from './support/http-receiver.ts';
import { inboundInput, type MessageGiven } from './support/messages.ts';
import { API_KEY, ServerProcess } from './support/server-process.ts';
import { tempFolder } from './support/temp-folder.ts';

const run = promisify(execFile);
const ZIP = 'build/build.zip';
const MEGABYTE = 1_000_000;

beforeAll(async () => {
  await run('npm', ['run', '-s', 'zapier:build']);
}, 120_000);

describe('build.zip', () => {
  const names = () =>
    Object.keys(unzipSync(readFileSync(ZIP), { filter: () => true })).filter(
      (name) => !name.endsWith('/'),
    );

  test('is at most 2.5 MB', () => {
    expect(statSync(ZIP).size).toBeLessThanOrEqual(2.5 * MEGABYTE);
  });

  test('holds the integration and nothing of the server', () => {
    const ours = names().filter((name) => name.startsWith('dist/'));
    expect(ours).toContain('dist/index.js');
    const parts = new Set(ours.map((name) => name.split('/').slice(0, -1).join('/')));
    expect([...parts].sort()).toEqual(['dist', 'dist/src/wire', 'dist/src/zapier']);
  });

  test('holds no code of the packages that only the server uses', () => {
    const packages = ['fastify', 'better-sqlite3', 'kysely', 'undici', 'pino', 'preact'];
    for (const name of packages) {
      const files = names().filter((file) => file.startsWith(`node_modules/${name}/`));
      expect(files.filter((file) => !file.endsWith('package.json'))).toEqual([]);
    }
  });
});

describe('the built integration, against a running server,', () => {
  let server: ServerProcess;
  let receiver: HttpReceiver;
  let integration: BuiltIntegration;
  let connection: Bundle;
  const accounts = ['+972550000000', '+972551111111'];

  beforeAll(async () => {
    receiver = await HttpReceiver.start();
    server = await ServerProcess.start(tempFolder(), { PAKIET_OWNER_NAME: 'Jane Smith' });
    integration = new BuiltIntegration(join(tempFolder(), 'unpacked'));
    connection = { authData: { baseUrl: server.url, apiKey: API_KEY } };
    for (const phone of accounts) {
      await server.call('PUT', `/whatsapp-accounts/${phone}`, { full_name: `Account ${phone}` });
    }
  });

  afterAll(async () => {
    await integration.close();
    await receiver.stop();
    await server.stop();
  });

  const call = <Result>(method: string, bundle: Bundle = {}) =>
    integration.call<Result>(method, { ...connection, inputData: {}, ...bundle });
  const hand = async (...given: MessageGiven[]) => {
    const { status } = await server.call('POST', '/messages', {
      messages: given.map(inboundInput),
    });
    expect(status).toBe(202);
  };

  /** Takes one trigger through its life, from switched on to off and on again. */
  async function zap(trigger: string, inputData: object, id: string) {
    const operation = `triggers.${trigger}.operation`;
    const targetUrl = receiver.url(`/${id}`);
    const meta = { zap: { id } };
    const subscribe = () =>
      call<{ id: string; secret: string; subscription: string }>(`${operation}.performSubscribe`, {
        targetUrl,
        meta,
        inputData,
      });
    const subscribeData = await subscribe();
    return {
      subscribeData,
      subscribe,
      list: <Item>() => call<Item[]>(`${operation}.performList`, { inputData }),
      unsubscribe: (of = subscribeData) =>
        call(`${operation}.performUnsubscribe`, { targetUrl, subscribeData: of, inputData }),
      /** What the Zap makes of everything delivered to it, once so much has been. */
      runs: async <Item>(count: number): Promise<Item[]> => {
        // A Zap that has just been switched on is given 3 s to be ready.
        await server.advance(3000);
        const deliveries = await receiver.waitFor(`/${id}`, count);
        const items: Item[] = [];
        for (const delivery of deliveries) {
          const bundle = { ...hookBundle(delivery), subscribeData, inputData };
          items.push(...(await call<Item[]>(`${operation}.perform`, bundle)));
        }
        return items;
      },
    };
  }

  test('connects, and labels the connection', async () => {
    await expect(call('authentication.test')).resolves.toMatchObject({
      server: { api_version: API_VERSION },
      label: 'Jane Smith – My workspace',
    });
  });

  test('is invoked by the Zapier CLI', async () => {
    const env = { ...process.env, authData_baseUrl: server.url, authData_apiKey: API_KEY };
    const invoke = async (...what: string[]) => {
      const command = ['run', '-s', 'zapier', '--', 'invoke', ...what, '--non-interactive'];
      return (await run('npm', command, { env })).stdout;
    };
    expect(await invoke('auth', 'test')).toContain('"label": "Jane Smith – My workspace"');
    const label = await invoke('auth', 'label');
    expect(label.trimEnd().split('\n').at(-1)).toBe('Jane Smith – My workspace');
    expect(await invoke('trigger', 'whatsapp_account')).toContain(`Account ${accounts[0]}`);
    expect(await invoke('trigger', 'chat')).toContain('[]');
  }, 90_000);

  test('fills its dropdowns: accounts, and chats page by page or searched', async () => {
    const chats = Array.from({ length: 120 }, (_, i) => ({
      chat: { id: `c${i}`, full_name: `Customer ${i}` },
    }));
    await hand(...chats);
    const listed = await call<{ id: string }[]>('triggers.whatsapp_account.operation.perform');
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(accounts));
    const page = (number: number, inputData = {}) =>
      call<{ id: string; label: string }[]>('triggers.chat.operation.perform', {
        meta: { page: number },
        inputData,
      });
    const pages = [await page(0), await page(1), await page(2)];
    expect(pages.map((one) => one.length)).toEqual([100, 20, 0]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(120);
    const found = await page(0, { chat_search: 'customer 119' });
    expect(found.map(({ label }) => label)).toEqual([expect.stringContaining('Customer 119')]);
  });

  test('takes New Message from subscribing over a live delivery to its end, and on', async () => {
    const inputData = { whatsapp_accounts: [accounts[1]], chat_type: 'direct' };
    const live = await zap('new_message', inputData, 'zap-1');
    await hand(
      { account: accounts[1] as string, message: { text: 'Wanted' } },
      { account: accounts[0] as string, message: { text: 'Of another account' } },
      { account: accounts[1] as string, message: { text: 'Sent', direction: 'sent' } },
      { account: accounts[1] as string, message: { text: 'Wanted too' } },
    );
    const items = await live.runs<MessageItem>(2);
    expect(items.map(({ message }) => message.text)).toEqual(['Wanted', 'Wanted too']);
    const listed = await live.list<MessageItem>();
    expect(listed.map(({ id }) => id)).toEqual(items.map(({ id }) => id).reverse());
    expect(listed[0]).toEqual({ ...items[1], chat: listed[0]?.chat });
    await live.unsubscribe();
    await hand({ account: accounts[1] as string, message: { text: 'In between' } });
    const again = await live.subscribe();
    expect(again).toEqual({ ...live.subscribeData, subscription: expect.any(String) });
    expect(again.subscription).not.toBe(live.subscribeData.subscription);
    await live.unsubscribe();
    const resumed = await live.runs<MessageItem>(3);
    expect(resumed.at(-1)?.message.text).toBe('In between');
    await live.unsubscribe(again);
    expect((await server.call('GET', `/webhooks/${again.id}`)).body).toMatchObject({
      enabled: false,
      disabled_reason: 'unsubscribed',
    });
  });

  test('takes New Message Batch from subscribing over a live delivery to its end', async () => {
    const live = await zap('new_message_batch', { granularity: '6' }, 'zap-2');
    const chat = { id: 'batch', full_name: 'Batch' };
    await hand({ chat, message: { text: 'One' } }, { chat, message: { text: 'Two' } });
    const { body } = await server.call('GET', '/chats?search=Batch');
    const { chat_id } = body.chats[0];
    await server.advance(6 * 3_600_000);
    const [item] = await live.runs<BatchItem>(1);
    expect(item).toMatchObject({ message_count: 2, chat: { chat_id } });
    expect(item?.messages.map(({ text }) => text)).toEqual(['One', 'Two']);
    const [sample] = await live.list<BatchItem>();
    expect(sample).toEqual(item);
    await live.unsubscribe();
  });
});

/** Runs a command of the demo; fails unless it exits with 0. */
async function demo(...command: string[]): Promise<{ output: string; leftBehind: string[] }> {
  const TMPDIR = join(tempFolder(), 'tmp');
  mkdirSync(TMPDIR);
  const [program, ...args] = command as [string, ...string[]];
  const { stdout } = await run(program, args, { env: { ...process.env, TMPDIR } });
  const leftBehind = readdirSync(TMPDIR).filter((name) => name.startsWith('pakiet'));
  return { output: stdout, leftBehind };
}

describe('npm run demo', () => {
  test('takes a conversation through the built integration and leaves nothing behind', async () => {
    const { output, leftBehind } = await demo('npm', 'run', 'demo');
    expect(output).toContain('20 WhatsApp messages go in: 19 accepted, 1 skipped (attachment)');
    expect(output).toContain('NEW MESSAGE ran 19 times');
    expect(output).toContain('Jane Smith (2026-05-04 09:01): Good morning John 👋');
    expect(output.trimEnd().split('\n').at(-1)).toBe(
      '19 messages → 19 Zap runs one by one, 2 in bundles',
    );
    expect(leftBehind).toEqual([]);
  }, 90_000);

  test('shows a broken receiver’s pauses, the switch-off and catching up', async () => {
    // As `npm run demo -- --broken` does once it has built what is built already.
    const { output, leftBehind } = await demo(process.execPath, 'demo/demo.ts', '--broken');
    expect(output.match(/error +\d+: pauses for/g)).toHaveLength(10);
    expect(output).toContain('error 11: switched off (errors)');
    expect(output).toContain('all 19 are delivered, in order');
    expect(leftBehind).toEqual([]);
  }, 90_000);
});
