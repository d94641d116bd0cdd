import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { expectErrorForm } from '../support/raw-http.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

// Every call of the API, as its own document lists them, with somebody else's key and ids. A new call
// that takes a body must be given one in BODIES that would do harm.

interface Call {
  method: string;
  path: string;
  hasBody: boolean;
}

const PREFIX = '/api/v1';
const MARK = 'OF-THE-FIRST';
/** A Zap’s id, which the other workspace knows, too. */
const ZAP = '12345';
const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
let calls: Call[];
let otherKey: string;
let revokedKey: string;
/** What the first workspace has, by the names that paths use. */
let theirs: Record<string, string>;
/** The same, the webhook being one of the second workspace. */
let mixed: Record<string, string>;
/** The same, the webhook being the one of its Zap. */
let ofZap: Record<string, string>;
let subscription: string;

const BODIES: Record<string, () => unknown> = {
  'PATCH /me': () => ({ owner: { full_name: 'Taken Over' } }),
  'POST /messages': () => inboundInput({ chat: { chat_id: theirs.chat_id as string } }),
  'PUT /whatsapp-accounts/{phone}': () => ({ full_name: 'Taken Over' }),
  'PATCH /chats/{chat_id}': () => ({ full_name: 'Taken Over' }),
  'POST /sources': () => ({ kind: 'waha', name: 'Theirs' }),
  'PATCH /sources/{source_id}': () => ({ name: 'Taken Over', app_secret: 'taken-over' }),
  'POST /webhooks': () => ({
    ...{
      target_url: 'http://127.0.0.1:1/',
      granularity_hours: 0,
      filters: { chats: [theirs.chat_id] },
    },
    ...{ source: 'zapier', zap_id: ZAP },
  }),
  'PATCH /webhooks/{id}': () => ({ enabled: false, name: 'Taken Over' }),
  'POST /webhooks/{id}/unsubscribe': () => ({ subscription }),
  'POST /webhooks/{id}/enable': () => ({ from: 'now' }),
  'POST /webhooks/{id}/replay': () => ({ from: '2020-01-01T00:00:00Z' }),
};

const command = async (...args: string[]) => {
  const env = { PAKIET_DATA_DIR: folder };
  const { stdout } = await run(process.execPath, [COMMAND_LINE, ...args], { env });
  return /^ {2}(pakiet_\S{43})$/m.exec(stdout)?.[1] as string;
};

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder);
  const { paths } = await (await fetch(`${server.url}/api/openapi.json`)).json();
  calls = Object.entries(paths as Record<string, Record<string, { requestBody?: object }>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { requestBody }]) => ({
        ...{ method: method.toUpperCase(), path: path.slice(PREFIX.length) },
        hasBody: requestBody !== undefined,
      })),
  );
  receiver.statuses.set(`/?${MARK}`, 500);
  const hook = { target_url: receiver.url(`/?${MARK}`), granularity_hours: 0, name: MARK };
  const { id } = (await server.call('POST', '/webhooks', hook)).body;
  const chat = { id: MARK, full_name: MARK };
  await server.call('POST', '/messages', inboundInput({ chat, message: { text: MARK } }));
  await server.until(`/webhooks/${id}`, ({ consecutive_errors }) => consecutive_errors === 1);
  const { chat_id } = (await server.call('GET', '/chats')).body.chats[0];
  await server.call('POST', `/webhooks/${id}/chats/${chat_id}/park`);
  // Carried out by the one who drives the webhook, in its own time.
  const parked = await server.until(`/webhooks/${id}/parked`, (found) =>
    /"id"/.test(JSON.stringify(found)),
  );
  const zapier = { ...hook, granularity_hours: 24, source: 'zapier', zap_id: ZAP };
  const zap = await server.call('POST', '/webhooks', zapier);
  subscription = String(zap.body.subscription);
  await server.call('POST', '/messages', inboundInput({ chat, message: { text: MARK } }));
  // The first webhook must have nothing left to do, or what is compared below would change by itself.
  await server.call('PATCH', `/webhooks/${id}`, { enabled: false });
  const source = { kind: 'whatsapp-cloud', name: MARK };
  const { id: source_id } = (await server.call('POST', '/sources', source)).body;
  theirs = {
    id,
    source_id,
    chat_id,
    n: JSON.stringify(parked).match(/"id":"(\d+)"/)?.[1] ?? '',
    phone: '+972550000000',
  };

  otherKey = await command('workspace', 'create', 'Second');
  revokedKey = await command('key', 'create', '--workspace', '1');
  await command('key', 'revoke', revokedKey);
  const own = await server.call(
    'POST',
    '/webhooks',
    { target_url: receiver.url('/own'), granularity_hours: 0 },
    otherKey,
  );
  ofZap = { ...theirs, id: zap.body.id };
  mixed = { ...theirs, id: own.body.id };
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const nameOf = ({ method, path }: Call) => `${method} ${path}`;

const fill = (path: string, ids: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    if (!ids[name]) throw new Error(`Say what {${name}} of ${path} is in the first workspace`);
    return encodeURIComponent(ids[name]);
  });

function bodyOf(call: Call): unknown {
  const make = BODIES[nameOf(call)];
  if (call.hasBody && !make) throw new Error(`Add a body for ${nameOf(call)} to BODIES`);
  return make?.();
}

/** All that the first workspace can read of itself. */
const everything = async () => {
  const reads = calls.filter(({ method }) => method === 'GET');
  const answers = reads.map(
    async ({ path }) => (await server.call('GET', fill(path, theirs))).body,
  );
  return Promise.all(answers);
};

describe('another workspace’s key', () => {
  test('finds nothing under our ids, changes nothing and is shown nothing, whatever it calls', async () => {
    const before = await everything();
    expect(JSON.stringify(before)).toContain(MARK);
    const statuses = new Map<string, number>();
    const ask = async (call: Call, ids: Record<string, string>) => {
      const answer = await server.call(call.method, fill(call.path, ids), bodyOf(call), otherKey);
      expect(`${nameOf(call)}: ${JSON.stringify(answer.body)}`).not.toContain(MARK);
      return answer;
    };
    for (const call of calls) {
      statuses.set(nameOf(call), (await ask(call, theirs)).status);
      if (call.path.includes('{id}')) expect((await ask(call, ofZap)).status).toBe(404);
      if (!/\{id\}.*\{/.test(call.path)) continue;
      // Under a webhook of its own, our things are as unknown as what is nowhere.
      const nowhere = { ...mixed, chat_id: '99999999', n: '99999999' };
      const { status, body } = await ask(call, nowhere);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(await ask(call, mixed)).toMatchObject({ status, body });
    }
    const withIds = [...statuses].filter(
      ([name]) => name.includes('{') && !name.startsWith('PUT /whatsapp-accounts'),
    );
    expect(withIds.length).toBeGreaterThan(9);
    expect(withIds.filter(([, status]) => status !== 404)).toEqual([]);
    // Messages into a chat of ours are refused; the second workspace's own things are its own.
    expect(statuses.get('POST /messages')).toBe(400);
    expect(await everything()).toEqual(before);
  });

  test('is shown nothing of ours by filters that name our things', async () => {
    for (const query of [
      `chats=${theirs.chat_id}`,
      'whatsapp_accounts=%2B972550000000',
      'granularity_hours=24',
    ]) {
      expect((await server.call('GET', `/samples?${query}`, undefined, otherKey)).body).toEqual([]);
    }
    expect(
      (await server.call('GET', `/chats?search=${MARK}`, undefined, otherKey)).body.chats,
    ).toEqual([]);
  });
});

describe('every call', () => {
  let address = 1;

  /** From an address of its own each time: attempts that fail are limited by address. */
  const statusWith = (authorization: string | undefined, { method, path }: Call) =>
    new Promise<number | undefined>((resolve, reject) => {
      address += 1;
      const options = {
        ...{ method, path: PREFIX + fill(path, theirs), localAddress: `127.0.0.${address}` },
        headers: { ...(authorization !== undefined && { authorization }) },
      };
      send(server.url, options, async (response) => {
        let text = '';
        for await (const part of response.setEncoding('utf8')) text += part;
        expectErrorForm({ headers: response.headers, body: JSON.parse(text) });
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

  test.each([
    ['no key', () => undefined],
    ['a wrong key', () => `Bearer ${API_KEY}x`],
    ['a revoked key', () => `Bearer ${revokedKey}`],
    ['the hash of a key instead of the key', () => `Bearer ${'0'.repeat(64)}`],
  ])('is refused with %s', async (_what, authorization) => {
    const before = await everything();
    for (const call of calls) {
      expect([nameOf(call), await statusWith(authorization(), call)]).toEqual([nameOf(call), 401]);
    }
    expect(await everything()).toEqual(before);
  });
});
