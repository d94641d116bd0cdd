import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { castOf } from '../../simulate/cast.ts';
import { cloudHeaders } from '../../simulate/cloud-requests.ts';
import { conversations, type Happening } from '../../simulate/conversations.ts';
import { cloudFeed, type Feed, type Request, wahaFeed } from '../../simulate/feed.ts';
import { wahaHeaders } from '../../simulate/waha-events.ts';
import { webhookSource } from '../../src/sources/registry.ts';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { Random } from '../crash/random.ts';
import { change, incoming, request } from '../sources/fixtures/whatsapp-cloud.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { exchange, expectErrorForm } from '../support/raw-http.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;
const APP_SECRET = 'secret-of-the-meta-app';
const METRICS_TOKEN = 'token-of-the-prometheus-of-the-tests';
const KINDS = ['waha', 'whatsapp-cloud'] as const;
type Kind = (typeof KINDS)[number];

interface Source {
  id: string;
  url: string;
  secrets: Record<string, string>;
}

const folder = tempFolder();
let receiver: HttpReceiver;
let server: ServerProcess;
let hooks = 0;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(folder, { PAKIET_METRICS_TOKEN: METRICS_TOKEN });
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

async function connect(kind: Kind, name = 'Ana'): Promise<Source> {
  const secret = kind === 'whatsapp-cloud' && { app_secret: APP_SECRET };
  const { status, body } = await server.call('POST', '/sources', { kind, name, ...secret });
  expect(status).toBe(201);
  return body;
}

/** A webhook that gets every message from now on; and what has come to it. */
async function watch() {
  hooks += 1;
  const path = `/${hooks}`;
  const settings = { target_url: receiver.url(path), granularity_hours: 0 };
  const { id } = (await server.call('POST', '/webhooks', settings)).body;
  return async () => {
    await server.until(`/webhooks/${id}`, ({ waiting }) => waiting === 0);
    await server.call('PATCH', `/webhooks/${id}`, { enabled: false });
    return receiver.at(path).map(({ body }) => JSON.parse(body));
  };
}

async function post(url: string, body: string | Buffer, headers: Record<string, string>) {
  const type = { 'content-type': 'application/json' };
  const init = { method: 'POST', body: body as string, headers: { ...type, ...headers } };
  const response = await fetch(url, init);
  const answer = {
    status: response.status,
    headers: response.headers,
    body: await response.json(),
  };
  if (answer.status >= 400) expectErrorForm(answer);
  return answer;
}

const signed = (kind: Kind, source: Source, body: string) =>
  kind === 'waha'
    ? wahaHeaders(body, source.secrets.hmac_key as string)
    : cloudHeaders(body, APP_SECRET);

/** Sends it as the kind of source does. */
const tell = (kind: Kind, source: Source, what: unknown, url = source.url) => {
  const body = typeof what === 'string' ? what : JSON.stringify(what);
  return post(url, body, signed(kind, source, body));
};

const read = async (source: Source) => (await server.call('GET', `/sources/${source.id}`)).body;

/** A message of Meta's from someone, and one of WAHA's. */
const fromMeta = (id: string, more: object = {}) =>
  request(incoming({ id, type: 'text', text: { body: id }, ...more }, []));
const fromWaha = (id: string, payload: object = {}) => ({
  event: 'message.any',
  me: { id: '12025550150@c.us' },
  payload: { id: `false_447700900500@c.us_${id}`, timestamp: 1, body: id, ...payload },
});

const textOf = ({ message }: { message: { text: string } }) => message.text;

/** The texts that these requests bring, in their order, by the chat's id at its source. */
function told(kind: Kind, bodies: readonly string[]): Map<string, string[]> {
  const seen = new Set<string>();
  const chats = new Map<string, string[]>();
  for (const body of bodies) {
    for (const item of webhookSource(kind)?.map(JSON.parse(body)).items ?? []) {
      if (item.kind !== 'message') continue;
      const { whatsapp_account: account, chat, message } = item.message;
      const key = `${account.phone} ${message.direction} ${message.message_id}`;
      if (seen.has(key) || message.attachments.length > 0 || !message.text) continue;
      seen.add(key);
      const name = `${account.phone} ${chat.id}`;
      chats.set(name, [...(chats.get(name) ?? []), message.text]);
    }
  }
  return chats;
}

describe.each(KINDS)('what is played as %s', (kind) => {
  const cast = castOf(new Random(7), 3);
  const feedOf = (key: string): Feed =>
    kind === 'waha' ? wahaFeed(new Random(8), key) : cloudFeed(new Random(8), key);

  /** The first so many things that happen, as the messages of each person in each chat. */
  function play(count: number) {
    const happenings: Happening[] = [];
    for (const one of conversations(cast, 7)) {
      if (happenings.length === count) break;
      happenings.push(one);
    }
    return happenings;
  }

  test('arrives exactly once, in order within each chat, whatever is sent twice', async () => {
    const source = await connect(kind);
    const arrived = await watch();
    const feed = feedOf(source.secrets.hmac_key ?? APP_SECRET);
    const updates = play(300).map((happening, i) => ({ happening, at: 1_770_000_000_000 + i }));
    const step = kind === 'waha' ? 300 : 20;
    const groups = [...feed.opening(cast)];
    for (let i = 0; i < 300; i += step) groups.push(...feed.requests(updates.slice(i, i + step)));
    groups.push(...feed.closing());
    const send = ({ body, headers }: Request) => post(source.url, body, headers);
    const order: string[] = [];
    for (const { requests } of groups) {
      const answers = await Promise.all(requests.map(send));
      expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
      order.push(...requests.map(({ body }) => body));
      // Meta sends again what it believes lost.
      if (order.length % 7 === 0) expect((await send(requests[0] as Request)).status).toBe(200);
    }
    const payloads = await arrived();
    const wanted = told(kind, order);
    const sequences = (of: Map<string, string[]>) => [...of.values()].map(String).sort();
    const came = Map.groupBy(payloads, ({ chat }) => chat.chat_id as string);
    expect(sequences(new Map([...came].map(([chat, all]) => [chat, all.map(textOf)])))).toEqual(
      sequences(wanted),
    );
    expect(wanted.size).toBeGreaterThan(10);
    const { taken, dropped, last_heard_at } = await read(source);
    expect(taken).toBe([...wanted.values()].flat().length);
    expect(taken).toBeGreaterThan(100);
    expect(dropped.reaction ?? dropped.other_event).toBeGreaterThan(0);
    expect(last_heard_at).not.toBeNull();
    const accounts = (await server.call('GET', '/whatsapp-accounts')).body;
    for (const { phone } of cast) {
      expect(accounts.map((account: { phone: string }) => account.phone)).toContain(`+${phone}`);
    }
  });

  test('by npm run simulate arrives at a real server', async () => {
    const source = await connect(kind);
    const arrived = await watch();
    const { code, stderr } = await run(
      process.execPath,
      [
        ...['--disable-warning=ExperimentalWarning', 'simulate/simulate.ts', '--kind', kind],
        ...['--url', source.url, '--seed', '99', '--rate', '2000', '--count', '100'],
      ],
      { env: { SIMULATE_SECRET: source.secrets.hmac_key ?? APP_SECRET } },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { taken } = await read(source);
    expect(taken).toBeGreaterThan(80);
    expect(await arrived()).toHaveLength(taken);
  });

  test('of one chat comes in the order in which it was told', async () => {
    const source = await connect(kind);
    const arrived = await watch();
    const ids = Array.from({ length: 40 }, (_, i) => `order-${kind}-${i}`);
    for (const id of ids) {
      await tell(kind, source, kind === 'waha' ? fromWaha(id) : fromMeta(id));
    }
    expect((await arrived()).map(({ message }) => message.text)).toEqual(ids);
  });

  test('is refused without the right signature, and the source shows it', async () => {
    const source = await connect(kind);
    const body = JSON.stringify(kind === 'waha' ? fromWaha('forged') : fromMeta('forged'));
    const forged = kind === 'waha' ? wahaHeaders(body, 'guess') : cloudHeaders(body, 'guess');
    const answer = await post(source.url, body, forged);
    expect(answer.status).toBe(401);
    expect(answer.body.error.message).toMatch(/^The signature does not match: /);
    const shown = await read(source);
    expect(shown).toMatchObject({
      taken: 0,
      last_heard_at: null,
      last_refused: { code: 'wrong_signature', message: answer.body.error.message },
    });
    const unsigned = await post(source.url, body, {});
    expect(unsigned).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
    expect((await read(source)).last_refused.code).toBe('unsigned');
    // One byte more is another body.
    const longer = await post(source.url, `${body} `, signed(kind, source, body));
    expect(longer.status).toBe(401);
  });

  test('is unknown at any other URL', async () => {
    const source = await connect(kind);
    const other = kind === 'waha' ? 'whatsapp-cloud' : 'waha';
    for (const path of [`${kind}/src_nobody`, `${other}/${source.id}`, `${kind}/`]) {
      const answer = await tell(kind, source, {}, `${server.url}/sources/${path}`);
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  test.each([
    ['no JSON', '{"a":'],
    ['nothing', ''],
    ['brackets without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['something else', '"text"'],
  ])('and signed, but is %s, is counted and never asked for again', async (_what, body) => {
    const source = await connect(kind);
    expect((await tell(kind, source, body)).status).toBe(200);
    expect((await read(source)).dropped).toEqual({ unreadable: 1 });
  });

  test('is refused where it is compressed or too large', async () => {
    const source = await connect(kind);
    const body = 'x'.repeat(100);
    const headers = { ...signed(kind, source, body), 'content-encoding': 'gzip' };
    expect((await post(source.url, body, headers)).status).toBe(415);
    const head = `POST ${new URL(source.url).pathname} HTTP/1.1\r\nhost: x\r\n`;
    const [answer] = await exchange(server.url, `${head}content-length: 4194305\r\n\r\n`);
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
  });

  test('gets 503 while the store fails, and is taken when it comes again', async () => {
    const source = await connect(kind);
    const arrived = await watch();
    const message = kind === 'waha' ? fromWaha('late-waha') : fromMeta('late-meta');
    const intruder = new Database(databasePath(folder));
    intruder.exec('BEGIN EXCLUSIVE');
    const refused = await tell(kind, source, message);
    intruder.exec('ROLLBACK');
    intruder.close();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await tell(kind, source, message)).body).toMatchObject({ accepted: 1 });
    expect((await tell(kind, source, message)).body).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await arrived()).toHaveLength(1);
    expect((await read(source)).taken).toBe(1);
  });
});

describe('WAHA', () => {
  test('may tell of a message twice, both copies at once', async () => {
    const source = await connect('waha');
    const arrived = await watch();
    const ids = Array.from({ length: 30 }, (_, i) => `twice-${i}`);
    const copies = ids.flatMap((id) => [fromWaha(id), { ...fromWaha(id), event: 'message' }]);
    const answers = await Promise.all(copies.map((copy) => tell('waha', source, copy)));
    const sum = (name: string) => answers.reduce((all, { body }) => all + body[name], 0);
    expect([sum('accepted'), sum('duplicates')]).toEqual([30, 30]);
    expect(await arrived()).toHaveLength(30);
  });

  test('makes one chat of a hidden number and the phone behind it', async () => {
    const source = await connect('waha');
    const arrived = await watch();
    const hidden = (id: string, alt?: string) =>
      fromWaha(id, {
        id: `false_777000777@lid_${id}`,
        _data: { Info: { PushName: 'Zoe', ...(alt && { SenderAlt: alt }) } },
      });
    await tell('waha', source, hidden('lid-1'));
    await tell('waha', source, fromWaha('lid-2', { id: 'false_447700900777@c.us_lid-2' }));
    await tell('waha', source, hidden('lid-3', '447700900777@s.whatsapp.net'));
    await tell('waha', source, fromWaha('lid-4', { id: 'false_447700900777@c.us_lid-4' }));
    const payloads = await arrived();
    expect(payloads.map(({ message }) => message.text)).toEqual([
      'lid-1',
      'lid-2',
      'lid-3',
      'lid-4',
    ]);
    const [first, , third, fourth] = payloads.map(({ chat }) => chat.chat_id);
    expect([third, fourth]).toEqual([first, first]);
    expect(payloads[3].chat).toMatchObject({ full_name: 'Zoe', phone: '+447700900777' });
  });
});

describe('Meta', () => {
  const handshake = (source: Source, token: string, more = '') =>
    fetch(
      `${source.url}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}${more}`,
    );

  test('tries the URL with the verify token', async () => {
    const source = await connect('whatsapp-cloud');
    const answer = await handshake(source, source.secrets.verify_token as string);
    expect([answer.status, await answer.text()]).toEqual([200, '1158201444']);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect((await read(source)).last_heard_at).not.toBeNull();
    const wrong = await handshake(source, 'guess');
    expect([wrong.status, await wrong.json()]).toMatchObject([
      401,
      { error: { message: 'The verify token does not match: copy it to Meta again' } },
    ]);
    expect((await read(source)).last_refused.code).toBe('wrong_token');
    expect((await fetch(source.url)).status).toBe(401);
    expect((await read(source)).last_refused.code).toBe('no_handshake');
  });

  test('is told that the app secret is missing, until it is entered', async () => {
    const { body: source } = await server.call('POST', '/sources', { kind: 'whatsapp-cloud' });
    expect(source.missing).toEqual(['app_secret']);
    const refused = await tell('whatsapp-cloud', source, fromMeta('early'));
    expect(refused.status).toBe(401);
    expect(refused.body.error.message).toContain('enter the one of your Meta app');
    const patched = await server.call('PATCH', `/sources/${source.id}`, { app_secret: APP_SECRET });
    expect(patched.body).toMatchObject({ missing: [], last_refused: { code: 'no_secret' } });
    expect((await tell('whatsapp-cloud', source, fromMeta('early'))).status).toBe(200);
    await server.call('PATCH', `/sources/${source.id}`, { app_secret: 'another' });
    expect((await tell('whatsapp-cloud', source, fromMeta('later'))).status).toBe(401);
  });

  test('seeds chats with history that is never forwarded, and names with the address book', async () => {
    const source = await connect('whatsapp-cloud');
    const arrived = await watch();
    const thread = {
      id: '447700900601',
      messages: [
        { id: 'old', type: 'text', text: { body: 'old' }, from: '447700900601', timestamp: '1' },
      ],
    };
    const address = {
      type: 'contact',
      action: 'add',
      contact: { full_name: 'Hana Nowak', phone_number: '447700900601' },
    };
    const history = request(
      change('history', { history: [{ threads: [thread] }] }),
      change('smb_app_state_sync', { state_sync: [address] }),
    );
    expect((await tell('whatsapp-cloud', source, history)).status).toBe(200);
    await tell('whatsapp-cloud', source, fromMeta('first-after', { from: '447700900601' }));
    await tell('whatsapp-cloud', source, fromMeta('of-a-new', { from: '447700900602' }));
    const payloads = await arrived();
    expect(payloads.map(({ message, chat }) => [message.text, chat.is_new_chat])).toEqual([
      ['first-after', false],
      ['of-a-new', true],
    ]);
    expect(payloads[0].chat.full_name).toBe('Hana Nowak');
    expect(await read(source)).toMatchObject({ taken: 2, dropped: { history: 1 } });
  });

  test('and our own ingest call meet in the chat of one phone number', async () => {
    const source = await connect('whatsapp-cloud');
    const arrived = await watch();
    await tell('whatsapp-cloud', source, fromMeta('asked', { from: '447700900603' }));
    const answer = inboundInput({
      account: '+15550783881',
      chat: { id: 'crm-17', phone: '+447700900603' },
      message: { direction: 'sent', origin: 'product', text: 'answered' },
    });
    expect((await server.call('POST', '/messages', answer)).body).toMatchObject({ accepted: 1 });
    const [asked, answered] = await arrived();
    expect(answered.message.text).toBe('answered');
    expect(answered.chat.chat_id).toBe(asked.chat.chat_id);
  });

  test('may hold a thousand updates of several numbers in one request', async () => {
    const source = await connect('whatsapp-cloud');
    const arrived = await watch();
    const changes = Array.from({ length: 10 }, (_, n) =>
      change('messages', {
        metadata: { display_phone_number: `1202555016${n}` },
        messages: Array.from({ length: 100 }, (_, i) => ({
          ...{ id: `many-${n}-${i}`, timestamp: '1749416383', type: 'text' },
          ...{ from: `44770090${1000 + i}`, text: { body: `many ${n} ${i}` } },
        })),
      }),
    );
    const nobody = change('messages', { metadata: {}, messages: [{ id: 'x' }] });
    const body = request(...changes, nobody);
    expect((await tell('whatsapp-cloud', source, body)).body).toMatchObject({ accepted: 1000 });
    expect((await tell('whatsapp-cloud', source, body)).body).toMatchObject({ duplicates: 1000 });
    expect(new Set((await arrived()).map(({ message }) => message.text)).size).toBe(1000);
    expect(await read(source)).toMatchObject({ taken: 1000, dropped: { unknown_account: 2 } });
  });
});

describe('a source', () => {
  test('shows its secrets when it is made and on demand, never otherwise', async () => {
    const source = await connect('whatsapp-cloud');
    expect(source.id).toMatch(/^src_[\w-]{22}$/);
    expect(source.url).toBe(`${server.url}/sources/whatsapp-cloud/${source.id}`);
    expect(Object.keys(source.secrets)).toEqual(['verify_token']);
    const { secrets, ...shown } = source;
    expect(await read(source)).toEqual(shown);
    const listed = (await server.call('GET', '/sources')).body;
    expect(listed).toContainEqual(shown);
    expect(JSON.stringify(listed)).not.toContain(secrets.verify_token);
    const revealed = await server.call('POST', `/sources/${source.id}/secret/reveal`);
    expect(revealed.body).toEqual({ secrets });
    expect(JSON.stringify(revealed.body)).not.toContain(APP_SECRET);
  });

  test('with another secret takes what the former one signs for a day', async () => {
    const source = await connect('waha');
    const { body: rotated } = await server.call('POST', `/sources/${source.id}/secret/rotate`);
    expect(rotated.secrets.hmac_key).not.toBe(source.secrets.hmac_key);
    expect(
      Math.abs(Date.parse(rotated.former_secrets_until) - server.now() - 24 * HOUR),
    ).toBeLessThan(60_000);
    const anew = { ...source, secrets: rotated.secrets };
    expect((await tell('waha', anew, fromWaha('new-key'))).status).toBe(200);
    expect((await tell('waha', source, fromWaha('former-key'))).status).toBe(200);
    await server.advance(24 * HOUR);
    expect((await tell('waha', source, fromWaha('too-late'))).status).toBe(401);
    expect((await tell('waha', anew, fromWaha('new-key-still'))).status).toBe(200);
  });

  test('can be renamed and removed', async () => {
    const source = await connect('waha');
    const renamed = await server.call('PATCH', `/sources/${source.id}`, { name: ' Bo ' });
    expect(renamed.body.name).toBe('Bo');
    expect((await server.call('DELETE', `/sources/${source.id}`)).status).toBe(204);
    expect((await server.call('GET', `/sources/${source.id}`)).status).toBe(404);
    expect((await tell('waha', source, fromWaha('gone'))).status).toBe(404);
  });

  test.each([
    [{ kind: 'telegram' }, 'kind'],
    [{ kind: 'waha', app_secret: 'x' }, 'app_secret'],
    [{ kind: 'whatsapp-cloud', app_secret: 'with spaces' }, 'app_secret'],
    [{ kind: 'waha', colour: 'blue' }, 'colour'],
  ])('that cannot be made is refused by its field: %j', async (body, field) => {
    const answer = await server.call('POST', '/sources', body);
    expect(answer).toMatchObject({ status: 400, body: { error: { field } } });
  });

  test('belongs to its workspace, and so does what comes from it', async () => {
    const { stdout } = await run(
      process.execPath,
      [COMMAND_LINE, 'workspace', 'create', 'Second'],
      {
        env: { PAKIET_DATA_DIR: folder },
      },
    );
    const key = /^ {2}(pakiet_\S{43})$/m.exec(stdout)?.[1] as string;
    const { body: theirs } = await server.call('POST', '/sources', { kind: 'waha' }, key);
    const arrived = await watch();
    expect((await tell('waha', theirs, fromWaha('of-the-second'))).body).toMatchObject({
      accepted: 1,
    });
    expect(await arrived()).toEqual([]);
    expect((await server.call('GET', '/chats', undefined, key)).body.chats).toHaveLength(1);
    expect((await server.call('GET', `/sources/${theirs.id}`)).status).toBe(404);
  });

  test('does not write with every refusal, and lets the right signature in all the same', async () => {
    const source = await connect('waha');
    const writtenAt = () => {
      const db = new Database(databasePath(folder), { readonly: true });
      const row = db
        .prepare('SELECT last_refused_at AS at FROM source WHERE id = ?')
        .get(source.id);
      db.close();
      return row;
    };
    const statuses = new Set<number>();
    for (let n = 0; n < 60; n += 1) statuses.add((await post(source.url, '{}', {})).status);
    expect(statuses).toEqual(new Set([401, 429]));
    expect(writtenAt()).toEqual({ at: null });
    expect((await tell('waha', source, fromWaha('from-the-same'))).status).toBe(200);
    expect((await read(source)).last_refused.code).toBe('unsigned');
  });
});

test('the metrics count what sources bring, and the requests that are refused', async () => {
  const samples = async () => {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
    const value = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length),
      );
    return {
      accepted: value('pakiet_messages_total{outcome="accepted"}'),
      rejected: value('pakiet_messages_total{outcome="rejected"}'),
      taken: value('pakiet_http_requests_total{area="intake",status="200"}'),
    };
  };
  const source = await connect('waha');
  const before = await samples();
  await tell('waha', source, fromWaha('counted'));
  await tell('waha', source, fromWaha('', { id: null }));
  expect(await samples()).toEqual({
    accepted: before.accepted + 1,
    rejected: before.rejected + 1,
    taken: before.taken + 2,
  });
});

test('no secret and no text is in the process’s log', () => {
  expect(server.output).not.toContain(APP_SECRET);
  expect(server.output).not.toContain('late-waha');
  expect(server.output).not.toContain('"msg":"failed"');
});
