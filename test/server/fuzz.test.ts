import { Agent, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addKey } from '../../src/core/api-keys.ts';
import type { Store } from '../../src/store/store.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { expectErrorForm, RawConnection } from '../support/raw-http.ts';
import { ServerProcess } from '../support/server-process.ts';
import { environmentOf, STORES } from '../support/stores.ts';
import { tempFolder } from '../support/temp-folder.ts';

// Whatever comes in, the answer is never our fault (5xx), and every refusal has the one form of errors.
// fast-check prints the seed and the smallest case that breaks this.

/** Cases of each kind; more by FUZZ_RUNS. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 996);
/** Cases under way together. */
const AT_ONCE = 12;
/** Fewer calls than one key may make in a minute. */
const CALLS_A_KEY = 1000;

const agent = new Agent({ keepAlive: true });
let receiver: HttpReceiver;
let server: ServerProcess;
let routes: { method: string; path: string }[];
let knownIds: string[];
let keys: Store;
let key = Promise.resolve('');
let asked = 0;
const seen = new Map<number, number>();

const hook = (path: string) => ({
  target_url: receiver.url(path),
  granularity_hours: 0,
  filters: {},
});

interface Case {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | undefined;
}

async function nextKey(): Promise<string> {
  if (asked++ % CALLS_A_KEY === 0) {
    const next = `pakiet_fuzz-${asked}`;
    key = addKey(keys, 1, next, 0).then(() => next);
  }
  return key;
}

/** Sends it and judges the answer. */
async function check({ method, path, headers = {}, body }: Case): Promise<void> {
  const authorization = `Bearer ${await nextKey()}`;
  const { status, answer } = await new Promise<{
    status: number;
    answer: { headers: object; text: string };
  }>((resolve, reject) => {
    const length = body && { 'content-type': 'application/json', 'content-length': body.length };
    const options = { agent, method, path, headers: { ...length, authorization, ...headers } };
    send(server.url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, answer: { headers: response.headers, text } }),
      );
    })
      .on('error', reject)
      .end(body);
  });
  seen.set(status, (seen.get(status) ?? 0) + 1);
  expect(status).toBeLessThan(500);
  if (status >= 400 && method !== 'HEAD') {
    expectErrorForm({ headers: answer.headers, body: JSON.parse(answer.text) });
  }
}

/** A test must not lead the server to anybody's address. */
const isHarmless = (value: unknown) =>
  !/https?:/i.test(JSON.stringify(value)?.replaceAll(receiver.url(''), '') ?? '');

const junk = fc
  .oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom<unknown>(
      -1,
      1e308,
      -0,
      '',
      '\0',
      '\ud800',
      '__proto__',
      'x'.repeat(70_000),
      2 ** 53,
      '9'.repeat(19),
    ),
  )
  .filter(isHarmless);

/** The same object with some of its values replaced, taken away or added, at any depth. */
const mutated = (make: () => object) =>
  fc
    .array(fc.tuple(fc.nat(), fc.constantFrom('put', 'drop', 'add'), junk), { maxLength: 3 })
    .map((changes) => {
      const whole = structuredClone(make());
      for (const [n, how, value] of changes) {
        const places = [...placesIn(whole)];
        const place = places[n % places.length];
        if (!place) break;
        const [owner, name] = place;
        if (how === 'put') owner[name] = value;
        else if (how === 'drop') delete owner[name];
        else owner[(JSON.stringify(value) ?? '').slice(0, 50)] = value;
      }
      return whole;
    });

function* placesIn(value: unknown): Generator<[Record<string, unknown>, string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield [value as Record<string, unknown>, name];
    yield* placesIn(inner);
  }
}

const asJson = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
const encoded = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((text) => encodeURIComponent(text.toWellFormed()));
const part = fc.oneof(
  { weight: 3, arbitrary: fc.nat().map((n) => knownIds[n % knownIds.length] as string) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      encoded,
      fc.constantFrom(
        '0',
        '-1',
        '1e3',
        '999999999999999',
        '9'.repeat(40),
        '%00',
        '%ff',
        '%zz',
        '..',
        '',
      ),
    ),
  },
);
const NAMES = [
  'cursor',
  'search',
  'direction',
  'chats',
  'granularity_hours',
  'whatsapp_accounts',
  'chat_type',
  'limit',
];
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), encoded), part), {
  maxLength: 3,
});
const body = fc.oneof(
  junk.map(asJson),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  mutated(() => ({ ...hook('/fuzz'), enabled: true, name: 'x', source: 'manual' }))
    .filter(isHarmless)
    .map(asJson),
  mutated(() => ({ full_name: 'x', email: 'a@b.example', owner: { full_name: 'x' } })).map(asJson),
);
const header = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { 'content-type': 'text/plain' },
  { 'content-encoding': 'gzip' },
  { accept: 'image/png' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'x-request-id': '"><' },
  { authorization: 'Basic !' },
);

/** Runs that many cases of it, some at once. */
const eachOf = <Given>(cases: fc.Arbitrary<Given>, run: (given: Given) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(
      fc.array(cases, { minLength: AT_ONCE, maxLength: AT_ONCE }),
      async (together) => {
        await Promise.all(together.map(run));
      },
    ),
    { numRuns: RUNS / AT_ONCE },
  );

describe.each(STORES)('over $name', (kind) => {
  beforeAll(async () => {
    seen.clear();
    asked = 0;
    const place = kind.place();
    receiver = await HttpReceiver.start();
    server = await ServerProcess.start(tempFolder(), await environmentOf(place));
    keys = await place.open();
    await server.call('POST', '/messages', inboundInput());
    const { id } = (await server.call('POST', '/webhooks', hook('/fuzz'))).body;
    const { chat_id } = (await server.call('GET', '/chats')).body.chats[0];
    knownIds = [id, chat_id, '%2B972550000000', '1'];
    const { paths } = await (await fetch(`${server.url}/api/openapi.json`)).json();
    routes = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
  });

  afterAll(async () => {
    await keys.close();
    await receiver.stop();
    await server.stop();
  });

  test('every route of the API, called with anything, never fails on our side', async () => {
    const anyCase = fc.record({
      n: fc.nat(),
      method: fc.constantFrom(
        '',
        '',
        '',
        'GET',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'HEAD',
        'OPTIONS',
      ),
      parts: fc.array(part, { minLength: 3, maxLength: 3 }),
      query,
      body: fc.option(body, { nil: undefined }),
      header,
    });
    await eachOf(anyCase, async ({ n, method, parts, query, body, header }) => {
      const route = routes[n % routes.length] as (typeof routes)[number];
      let used = 0;
      const path = route.path.replace(/\{\w+\}/g, () => parts[used++] ?? '1');
      const search = query.map((pair) => pair.join('=')).join('&');
      await check({
        method: method || route.method,
        path: search ? `${path}?${search}` : path,
        headers: header,
        body,
      });
    });
  });

  test('messages that are nearly right, alone and in batches, never fail on our side', async () => {
    const message = mutated(() =>
      inboundInput({ message: { sender: { full_name: 'A' }, attachments: [] } }),
    );
    const batch = fc.oneof(message, fc.record({ messages: fc.array(message, { maxLength: 8 }) }));
    await eachOf(batch, (given) =>
      check({ method: 'POST', path: '/api/v1/messages', body: asJson(given) }),
    );
  });

  test('arbitrary bytes on the socket are answered, if at all, in our form', async () => {
    const start = fc.constantFrom(
      '',
      'GET / HTTP/1.1\r\n',
      'POST /api/v1/messages HTTP/1.1\r\nhost: x\r\n',
      'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n',
    );
    const onSocket = fc.tuple(start, fc.uint8Array({ maxLength: 300 }));
    await eachOf(onSocket, async ([start, bytes]) => {
      const connection = await RawConnection.open(server.url);
      connection.socket.end(Buffer.concat([Buffer.from(start), bytes, Buffer.from('\r\n\r\n')]));
      for (const answer of await connection.answers()) {
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expectErrorForm(answer);
      }
    });
  });

  test('afterwards the server takes and delivers a message, once and unchanged', async () => {
    // Something got through and much was refused, or this tried nothing.
    for (const status of [200, 202, 400, 404, 415]) expect(seen.get(status)).toBeGreaterThan(5);
    const { id } = (await server.call('POST', '/webhooks', hook('/after'))).body;
    const given = inboundInput({ chat: { id: 'after' }, message: { text: 'Still here: ✓' } });
    expect((await server.call('POST', '/messages', given)).body.accepted).toBe(1);
    await server.until(`/webhooks/${id}`, ({ waiting }) => waiting === 0);
    const texts = receiver.at('/after').map(({ body }) => JSON.parse(body).message.text);
    expect(texts).toEqual(['Still here: ✓']);
    expect(server.output).not.toContain('"msg":"failed"');
  });
});

afterAll(() => agent.destroy());
