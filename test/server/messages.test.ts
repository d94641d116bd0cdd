import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { json as jsonOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inboundInput } from '../support/messages.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder());
});

afterAll(async () => {
  await server.stop();
});

const post = (body: unknown) => server.call('POST', '/messages', body);

/** Posts a body as it stands. */
async function postRaw(body: string | undefined, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/api/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, body: await response.json() };
}

const json = { 'content-type': 'application/json' };

describe('whatever programs are answered', () => {
  test.each([
    ['POST', '/api/v1/messages', 400],
    ['GET', '/api/v1/webhooks', 200],
    ['POST', '/sources/waha/no-such', 404],
  ])('%s %s is data for whoever opens it, and no page', async (method, path, status) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(method === 'POST' && json) },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  test.each([
    ['/api/v1/webhooks?x=%00', {}, 400],
    ['/api/v1/webhooks', { 'content-encoding': 'gzip' }, 415],
    ['/api/v1/%zz', {}, 400],
    ['/%zz', {}, 400],
  ])('so is what is turned away at the door: %s %j', async (path, headers, status) => {
    const response = await fetch(`${server.url}${path}`, { headers: headers as HeadersInit });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test('an address that is none has the rules of pages: it may be answered with one', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const { status, headers } = await fetch(`${server.url}/none`, { headers: { accept } });
      expect([accept, status]).toEqual([accept, 404]);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    }
  });
});

describe('POST /messages', () => {
  test('takes one message', async () => {
    expect(await post(inboundInput())).toMatchObject({
      status: 202,
      body: { accepted: 1, duplicates: 0, skipped: [], rejected: [] },
    });
  });

  test('takes a list, up to 1,000 messages', async () => {
    const messages = Array.from({ length: 1000 }, () => inboundInput());
    const { status, body } = await post({ messages });
    expect(status).toBe(202);
    expect(body).toEqual({ accepted: 1000, duplicates: 0, skipped: [], rejected: [] });
  });

  test('refuses 1,001 messages and takes none of them', async () => {
    const messages = Array.from({ length: 1001 }, () => inboundInput());
    expect(await post({ messages })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'invalid_request',
          field: 'messages',
          message: 'messages: at most 1000 at once, and these are 1001',
        },
      },
    });
    expect((await post(messages[0])).body.accepted).toBe(1);
  });

  test('counts the same message again as a duplicate, in another request and in the same one', async () => {
    const message = inboundInput();
    expect((await post({ messages: [message, message] })).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    expect((await post(message)).body).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test('tells messages apart by account, direction and id', async () => {
    const message_id = 'the same';
    const messages = [
      inboundInput({ message: { message_id } }),
      inboundInput({ message: { message_id, direction: 'sent' } }),
      inboundInput({ message: { message_id }, account: '+972550000009' }),
    ];
    expect((await post({ messages })).body).toMatchObject({ accepted: 3, duplicates: 0 });
  });

  test('skips what has an attachment or no text, says why, and counts it for the account', async () => {
    const account = '+972550000010';
    const messages = [
      inboundInput({ account, message: { attachments: [{ url: 'https://x.example/1.png' }] } }),
      inboundInput({ account, message: { text: ' \n ' } }),
      inboundInput({ account }),
    ];
    const { status, body } = await post({ messages });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      accepted: 1,
      skipped: [
        { index: 0, code: 'attachment', message: 'Messages with attachments are not carried' },
        { index: 1, code: 'no_text', message: 'The message has no text' },
      ],
    });
    const accounts = await server.call('GET', '/whatsapp-accounts');
    expect(accounts.body).toContainEqual(
      expect.objectContaining({ phone: account, skipped: { attachment: 1, no_text: 1 } }),
    );
  });

  test('answers 202 where everything was skipped: it was understood', async () => {
    const { status, body } = await post(inboundInput({ message: { text: '' } }));
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 0, skipped: [{ index: 0, code: 'no_text' }] });
  });

  test('takes the good items beside bad ones and names what is wrong with each', async () => {
    const messages = [
      inboundInput(),
      { nonsense: true },
      inboundInput({ message: { text: 'x'.repeat(65_537) } }),
      inboundInput({ message: { timestamp: 'yesterday' } }),
      inboundInput({ chat: { chat_id: '99999999' } }),
      'text',
      inboundInput({ account: '0550000000' }),
      inboundInput({ message: { direction: 'sideways' as 'sent' } }),
      { ...inboundInput(), colour: 'red' },
      inboundInput({ chat: { id: '', full_name: 'Nameless' } }),
      inboundInput({ message: { text: 'x'.repeat(65_536) } }),
    ];
    const { status, body } = await post({ messages });
    expect(status).toBe(202);
    expect(body.accepted).toBe(2);
    const rejected = body.rejected.map(
      ({ index, code, field }: { index: number; code: string; field: string }) => [
        index,
        code,
        field,
      ],
    );
    expect(rejected).toEqual([
      [1, 'invalid_message', 'whatsapp_account'],
      [2, 'invalid_message', 'message.text'],
      [3, 'invalid_message', 'message.timestamp'],
      [4, 'unknown_chat', 'chat.chat_id'],
      [5, 'invalid_message', ''],
      [6, 'invalid_message', 'whatsapp_account.phone'],
      [7, 'invalid_message', 'message.direction'],
      [8, 'invalid_message', 'colour'],
      [9, 'invalid_message', 'chat.id'],
    ]);
    const messageOf = (index: number) =>
      body.rejected.find((one: { index: number }) => one.index === index).message;
    expect(messageOf(1)).toBe('whatsapp_account: this field is missing');
    expect(messageOf(3)).toContain('such as 2021-02-24T16:25:29Z');
    expect(messageOf(4)).toBe('chat.chat_id: this account has no such chat');
    expect(messageOf(6)).toContain('such as +972540000000');
    expect(messageOf(8)).toBe('There is no field "colour"');
    expect(messageOf(9)).toContain('or by our chat_id');
  });

  test('finds a chat by our chat_id, in its own account only', async () => {
    await post(inboundInput({ chat: { id: 'by-number', full_name: 'By Number' } }));
    const { body } = await server.call('GET', '/chats?search=By%20Number');
    const [{ chat_id }] = body.chats;
    expect((await post(inboundInput({ chat: { chat_id } }))).body.accepted).toBe(1);
    expect(
      (await post(inboundInput({ chat: { chat_id }, account: '+972550000011' }))).body.error,
    ).toMatchObject({ code: 'nothing_usable', field: 'chat.chat_id' });
  });

  test('answers 400 where nothing is usable, with the first reason', async () => {
    const bad = inboundInput({ message: { message_id: '' } });
    expect(await post(bad)).toMatchObject({
      status: 400,
      body: { error: { code: 'nothing_usable', field: 'message.message_id' } },
    });
    const two = await post({ messages: [bad, {}] });
    expect(two).toMatchObject({ status: 400, body: { error: { code: 'nothing_usable' } } });
    expect(two.body.error.message).toMatch(/^No item is usable: message\.message_id: /);
  });

  test.each([
    ['no list', { messages: 'text' }],
    ['an empty list', { messages: [] }],
  ])('refuses %s', async (_what, body) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field: 'messages' } },
    });
  });

  test('refuses other fields beside the list', async () => {
    expect(await post({ messages: [inboundInput()], more: 1 })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field: 'more' } },
    });
  });

  test.each([
    ['a list without its envelope', '[]'],
    ['null', 'null'],
    ['a number', '12'],
  ])('explains what to send instead of %s', async (_what, body) => {
    expect(await postRaw(body, json)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', message: expect.stringContaining('"messages"') } },
    });
  });

  test('answers 400 to an empty body, announced as JSON or not at all', async () => {
    for (const headers of [json, {} as Record<string, string>]) {
      expect(await postRaw(undefined, headers)).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_request', message: expect.stringContaining('Send') } },
      });
    }
  });

  test('answers 400 to what is not JSON', async () => {
    expect(await postRaw('{"messages": [', json)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_json', message: 'The body is not valid JSON' } },
    });
  });

  test('answers 415 to another content type, and says which to send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      expect(await postRaw('{}', { 'content-type': type })).toMatchObject({
        status: 415,
        body: {
          error: {
            code: 'unsupported_media_type',
            message: 'Send JSON, with the header Content-Type: application/json',
          },
        },
      });
    }
  });

  test('answers 413 to more than 16 MiB', async () => {
    // Only announced: whoever really sends so much may be cut off before reading the answer.
    const request = httpRequest(`${server.url}/api/v1/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${API_KEY}`,
        'content-type': 'application/json',
        'content-length': 16 * 1024 * 1024 + 1,
      },
    });
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(await jsonOf(response)).toMatchObject({
      error: { code: 'too_large', message: expect.stringContaining('fewer messages') },
    });
    request.destroy();
  });
});
