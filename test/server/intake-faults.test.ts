import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { frontDoorOptions } from '../../src/server/front-door.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { exchange, expectErrorForm, RawConnection } from '../support/raw-http.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let server: ServerProcess;
let receiver: HttpReceiver;
/** How many messages were taken so far, delivered or still on their way. */
let taken = 0;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
  const target_url = receiver.url('/all');
  await server.call('POST', '/webhooks', { target_url, granularity_hours: 0 });
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** Posts bytes as they are. */
async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/api/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: body as string,
  });
  const answer = {
    status: response.status,
    headers: response.headers,
    body: await response.json(),
  };
  if (answer.status === 202) taken += answer.body.accepted;
  else expectErrorForm(answer);
  return answer;
}

const json = (given: Parameters<typeof inboundInput>[0] = {}) =>
  JSON.stringify(inboundInput(given));
const MARK = 'Hi! How are you?';
const withText = (written: string | Buffer) => {
  const [before, after] = json().split(MARK) as [string, string];
  return Buffer.concat([Buffer.from(before), Buffer.from(written), Buffer.from(after)]);
};

/** Posts a body that must be taken; the text that was delivered for it. */
async function textFor(body: string | Buffer): Promise<string> {
  expect(await post(body)).toMatchObject({ status: 202, body: { accepted: 1 } });
  const delivered = await receiver.waitFor('/all', taken);
  return JSON.parse(delivered.at(-1)?.body as string).message.text;
}

describe('a body that is refused', () => {
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  test.each<[string, string | Buffer, string]>([
    ['with bytes that are no UTF-8', withText(Buffer.from([0xc3, 0x28])), 'invalid_json'],
    ['in UTF-16', Buffer.from(json(), 'utf16le'), 'invalid_json'],
    ['cut short', json().slice(0, -2), 'invalid_json'],
    ['with a bare NUL', withText('\0'), 'invalid_json'],
    ['with a __proto__ key', withText('","__proto__":{"x":1},"a":"'), 'invalid_json'],
    [
      'with a constructor.prototype',
      withText('","constructor":{"prototype":{}},"a":"'),
      'invalid_json',
    ],
    ['five million brackets deep', deep(5_000_000), 'invalid_json'],
    ['seventy brackets deep', withText(`","attachments":[${deep(70)}],"a":"`), 'invalid_json'],
    ['of a key as long as it may be', `{"${'k'.repeat(16_000_000)}":1}`, 'nothing_usable'],
    ['of a number beyond all numbers', '1e999999', 'invalid_request'],
    [
      'of messages that are a thousand and one',
      `{"messages":[${'0,'.repeat(1000)}0]}`,
      'invalid_request',
    ],
  ])('%s', async (_what, body, code) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test('compressed, before anything is inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, ' '));
    for (const encoding of ['gzip', 'deflate', 'br', 'identity, gzip']) {
      expect(await post(bomb, { 'content-encoding': encoding })).toMatchObject({
        status: 415,
        body: { error: { code: 'unsupported_media_type' } },
      });
    }
    expect((await post(json(), { 'content-encoding': 'identity' })).status).toBe(202);
  });

  test('too large, though it never said its length', async () => {
    const head = `POST /api/v1/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\n`;
    const chunk = Buffer.concat([
      Buffer.from('100000\r\n'),
      Buffer.alloc(1 << 20, ' '),
      Buffer.from('\r\n'),
    ]);
    const [answer] = await exchange(
      server.url,
      `${head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 17 }, () => chunk),
    );
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
  });
});

describe('a body that is odd, but taken', () => {
  test('NUL and half characters become replacement characters', async () => {
    expect(await textFor(withText('a\\u0000b\\ud800c\\udc00d'))).toBe('a\ufffdb\ufffdc\ufffdd');
  });

  test('of a key that is there twice the last one counts', async () => {
    expect(await textFor(withText('first","text":"second'))).toBe('second');
  });

  test('brackets in a text are text', async () => {
    const brackets = `${'['.repeat(500)}\\"${'{'.repeat(500)}`;
    expect(await textFor(withText(JSON.stringify(brackets).slice(1, -1)))).toBe(brackets);
  });

  test('text that only looks like a __proto__ key is text', async () => {
    expect(await textFor(withText('\\"__proto__\\": 1'))).toBe('"__proto__": 1');
  });

  test('attachments are passed by, whatever they hold', async () => {
    const attachments = `[${'['.repeat(50)}${']'.repeat(50)}]`;
    const body = withText(`","attachments":${attachments},"origin":"phone`)
      .toString()
      .replace(',"text":""', '');
    expect(await post(body)).toMatchObject({
      status: 202,
      body: { skipped: [{ code: 'attachment' }] },
    });
  });

  test('a thousand with bad ones between them: the others are taken', async () => {
    const bad = [null, 7, [], {}, { messages: [] }, 'text', inboundInput({ account: 'x' })];
    const messages = Array.from({ length: 1000 }, (_, i) =>
      i % 100 === 50 ? (bad[(i / 100) | 0] ?? null) : inboundInput({ chat: { id: `batch-${i}` } }),
    );
    const { status, body } = await post(JSON.stringify({ messages }));
    expect([status, body.accepted, body.rejected.length]).toEqual([202, 990, 10]);
    expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual(
      Array.from({ length: 10 }, (_, i) => i * 100 + 50),
    );
  });
});

describe('a date', () => {
  test.each([
    '2021-02-30T10:00:00Z',
    '2023-02-29T10:00:00+02:00',
    '2021-04-31T10:00:00Z',
    '2021-13-01T10:00:00Z',
    '2021-01-00T10:00:00Z',
    '2021-02-24T25:00:00Z',
    '2021-02-24T10:00:00+24:00',
    '9999-12-31T23:59:59-01:00',
    '+275760-09-13T00:00:00Z',
    '1e21',
  ])('that there is not is refused: %s', async (timestamp) => {
    expect((await post(json({ message: { timestamp } }))).body.error).toMatchObject({
      code: 'nothing_usable',
      field: 'message.timestamp',
    });
  });

  test.each(['2024-02-29T23:59:59+14:00', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'that there is is taken: %s',
    async (timestamp) => {
      expect((await post(json({ message: { timestamp } }))).status).toBe(202);
    },
  );
});

describe('a query parameter that a call does not know', () => {
  test.each([
    ['GET', '/webhooks?name=x', 'name'],
    ['GET', '/chats?search=x&Cursor=1', 'Cursor'],
    ['POST', '/messages?workspace=2', 'workspace'],
    ['GET', '/me?__proto__=1', '__proto__'],
  ])('is named in the refusal: %s %s', async (method, path, field) => {
    const body = method === 'POST' ? inboundInput() : undefined;
    const answer = await server.call(method, path, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field } },
    });
    expect(answer.body.error.message).toContain(`"${field}"`);
  });
});

describe('a caller that takes its time', () => {
  test('is told so and cut off, whether it drips headers, a body or nothing', async () => {
    const app = Fastify(frontDoorOptions);
    app.post('/', async () => 'in time');
    expect(app.server).toMatchObject({ requestTimeout: 30_000, headersTimeout: 15_000 });
    // The same limits, only shorter.
    Object.assign(app.server, { requestTimeout: 300, headersTimeout: 300 });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const head = 'POST / HTTP/1.1\r\nhost: x\r\n';
    const slow = [
      '',
      head,
      `${head}content-type: application/json\r\ncontent-length: 9999\r\n\r\n{`,
    ];
    const answers = await Promise.all(
      slow.map(async (start) => {
        const connection = await RawConnection.open(url);
        connection.socket.write(start);
        const drip = setInterval(() => connection.socket.write(start && 'x'), 50);
        const answer = await connection.answers();
        clearInterval(drip);
        return answer;
      }),
    );
    await app.close();
    for (const answer of answers) {
      expect(answer).toMatchObject([{ status: 408, body: { error: { code: 'request_timeout' } } }]);
      expectErrorForm(answer[0] as never);
    }
  });
});
