import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API_VERSION } from '../../src/wire/me.ts';
import { type SinglePayload, singlePayloadSchema } from '../../src/wire/payload.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput, type MessageGiven } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let receiver: HttpReceiver;
let server: ServerProcess;
let paths = 0;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder(), {
    PAKIET_OWNER_NAME: 'Olga Owner',
    PAKIET_OWNER_EMAIL: 'olga@acme.example',
    PAKIET_PUBLIC_URL: 'https://pakiet.acme.example/',
    PAKIET_PRODUCT_NAME: 'Acme Chats',
  });
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const hook = async (filters = {}) => {
  paths += 1;
  const path = `/directory-${paths}`;
  const settings = { target_url: receiver.url(path), granularity_hours: 0, filters };
  await server.call('POST', '/webhooks', settings);
  return path;
};

const send = async (...given: MessageGiven[]) =>
  server.call('POST', '/messages', { messages: given.map(inboundInput) });

/** The payloads that came to a path, once there are so many. */
const payloadsAt = async (path: string, count: number): Promise<SinglePayload[]> =>
  (await receiver.waitFor(path, count)).map(({ body }) =>
    singlePayloadSchema.parse(JSON.parse(body)),
  );

const chatCalled = async (name: string) => {
  const { body } = await server.call('GET', `/chats?search=${encodeURIComponent(name)}`);
  return body.chats[0];
};

describe('GET and PATCH /me', () => {
  test('say whose key it is and what server, and set the owner', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    const me = {
      workspace: { id: '1', name: 'My workspace' },
      owner: { full_name: 'Olga Owner', email: 'olga@acme.example' },
      server: { version, api_version: API_VERSION },
    };
    expect(await server.call('GET', '/me')).toMatchObject({ status: 200, body: me });
    const changed = { ...me, owner: { full_name: 'Oskar', email: 'olga@acme.example' } };
    expect(await server.call('PATCH', '/me', { owner: { full_name: ' Oskar ' } })).toMatchObject({
      status: 200,
      body: changed,
    });
    await server.call('PATCH', '/me', { owner: { email: '' } });
    expect((await server.call('GET', '/me')).body.owner).toEqual({ full_name: 'Oskar', email: '' });
  });

  test.each([
    [{ owner: { email: 'nonsense' } }, 'owner.email', 'is not an e-mail address'],
    [{ owner: { full_name: 5 } }, 'owner.full_name', 'expected string'],
    [{ owner: { phone: '1' } }, 'owner.phone', 'There is no field'],
    [{ workspace: { name: 'x' }, owner: {} }, 'workspace', 'There is no field'],
    [{}, 'owner', 'this field is missing'],
  ])('refuse %j', async (body, field, hint) => {
    expect(await server.call('PATCH', '/me', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field, message: expect.stringContaining(hint) } },
    });
  });
});

describe('the WhatsApp accounts', () => {
  test('are known from their first message; what is set of them is in the next payload', async () => {
    const phone = '+972550000021';
    const path = await hook({ whatsapp_accounts: [phone] });
    await send({ account: phone });
    const [before] = await payloadsAt(path, 1);
    expect(before?.whatsapp_account).toEqual({ full_name: '', email: '', phone });
    expect(before?.message.recipient).toEqual({ full_name: '', phone });

    const account = { full_name: 'Jane Smith', email: 'jane@acme.example' };
    const put = await server.call('PUT', `/whatsapp-accounts/${phone}`, account);
    const stored = { phone, ...account, skipped: { attachment: 0, no_text: 0 } };
    expect(put).toMatchObject({ status: 200, body: stored });
    expect((await server.call('GET', '/whatsapp-accounts')).body).toContainEqual(stored);

    await send({ account: phone, message: { direction: 'sent' } });
    const [, after] = await payloadsAt(path, 2);
    expect(after?.whatsapp_account).toEqual({ ...account, phone });
    expect(after?.message.sender).toEqual({ full_name: 'Jane Smith', phone });
  });

  test('can be set before any message, under any spelling of the number, field by field', async () => {
    const path = '/whatsapp-accounts/%2B972%20(55)%20000-0022';
    await server.call('PUT', path, { full_name: 'Early Bird' });
    await server.call('PUT', path, { email: 'early@acme.example' });
    const { body } = await server.call('GET', '/whatsapp-accounts');
    expect(body.filter((one: { phone: string }) => one.phone === '+972550000022')).toEqual([
      expect.objectContaining({ full_name: 'Early Bird', email: 'early@acme.example' }),
    ]);
  });

  test.each([
    ['0550000000', {}, 'phone'],
    ['+972550000021', { email: 'jane@' }, 'email'],
    ['+972550000021', { full_name: 'x'.repeat(201) }, 'full_name'],
    ['+972550000021', { name: 'Jane' }, 'name'],
  ])('refuse %s with %j', async (phone, body, field) => {
    expect(await server.call('PUT', `/whatsapp-accounts/${phone}`, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field } },
    });
  });
});

describe('the chats', () => {
  test('are listed newest first, page by page', async () => {
    const messages = Array.from({ length: 205 }, (_, i) =>
      inboundInput({ chat: { id: `paged-${i}`, full_name: `Paged ${i}`, phone: '' } }),
    );
    await server.call('POST', '/messages', { messages });
    const names: string[] = [];
    const sizes: number[] = [];
    let cursor = '';
    do {
      const { body } = await server.call('GET', `/chats?search=paged${cursor}`);
      names.push(...body.chats.map((chat: { full_name: string }) => chat.full_name));
      sizes.push(body.chats.length);
      cursor = body.next_cursor && `&cursor=${body.next_cursor}`;
    } while (cursor);
    expect(sizes).toEqual([100, 100, 5]);
    expect(names).toEqual(Array.from({ length: 205 }, (_, i) => `Paged ${204 - i}`));
  });

  test('are found by name, whatever its case, and by phone number', async () => {
    const chat = { id: 'search', full_name: 'Łukasz 100%', phone: '+48600700800' };
    await send({ account: '+972550000023', chat });
    const found = {
      chat_id: expect.stringMatching(/^\d+$/),
      full_name: 'Łukasz 100%',
      phone: '+48600700800',
      is_group: false,
      whatsapp_account: '+972550000023',
      responsible_name: '',
      responsible_email: '',
      chat_url: expect.stringMatching(/^https:\/\/pakiet\.acme\.example\/chat\/\d+\/messages\/$/),
    };
    for (const search of ['łUKASZ', '100%', '%2B48600', '600700']) {
      const query = search.replace(/%$/, '%25');
      const { body } = await server.call('GET', `/chats?search=${query}`);
      expect(body).toEqual({ chats: [found], next_cursor: null });
    }
    for (const search of ['nobody', '%25%25', '_ukasz', '%27%20OR%201=1']) {
      expect((await server.call('GET', `/chats?search=${search}`)).body.chats).toEqual([]);
    }
  });

  test('refuse a cursor that is none', async () => {
    expect(await server.call('GET', '/chats?cursor=abc')).toMatchObject({
      status: 400,
      body: { error: { field: 'cursor', message: expect.stringContaining('next_cursor') } },
    });
  });

  test('show in the next payload how they were renamed and who is responsible', async () => {
    const path = await hook({ whatsapp_accounts: ['+972550000024'] });
    const given = {
      account: '+972550000024',
      chat: { id: 'rename', full_name: 'At its source', phone: '+972540000024' },
    };
    await send(given);
    const { chat_id } = await chatCalled('At its source');
    const edit = {
      full_name: 'Important customer',
      responsible_name: 'Jane Smith',
      responsible_email: 'jane@acme.example',
    };
    expect(await server.call('PATCH', `/chats/${chat_id}`, edit)).toMatchObject({
      status: 200,
      body: { chat_id, ...edit },
    });
    await send(given);
    const [, after] = await payloadsAt(path, 2);
    expect(after?.chat).toMatchObject({
      ...edit,
      chat_id,
      chat_url: `https://pakiet.acme.example/chat/${chat_id}/messages/`,
    });
    expect(after?.message.sender.full_name).toBe('Important customer');

    await server.call('PATCH', `/chats/${chat_id}`, { full_name: '', responsible_email: '' });
    await send({ ...given, chat: { ...given.chat, full_name: 'New name at its source' } });
    const [, , last] = await payloadsAt(path, 3);
    expect(last?.chat).toMatchObject({
      full_name: 'New name at its source',
      responsible_name: 'Jane Smith',
      responsible_email: '',
    });
  });

  test.each([
    [{ responsible_email: 'x' }, 'responsible_email'],
    [{ full_name: null }, 'full_name'],
    [{ phone: '+1' }, 'phone'],
  ])('refuse the edit %j', async (body, field) => {
    await send({});
    const { chat_id } = await chatCalled('John Doe');
    expect(await server.call('PATCH', `/chats/${chat_id}`, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field } },
    });
  });

  test.each(['1', 'abc', '99999999999999999999'])('answer 404 to an edit of %s', async (id) => {
    expect(await server.call('PATCH', `/chats/${id}`, { full_name: 'x' })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
  });

  test('are two where one person writes to two of our numbers', async () => {
    const chat = { id: 'two-numbers', full_name: 'Writes To Two' };
    await send({ account: '+972550000025', chat }, { account: '+972550000026', chat });
    const { body } = await server.call('GET', '/chats?search=Writes%20To%20Two');
    expect(body.chats.map((one: { whatsapp_account: string }) => one.whatsapp_account)).toEqual([
      '+972550000026',
      '+972550000025',
    ]);
  });
});

describe('is_new_chat', () => {
  const flags = async (path: string, count: number) =>
    (await payloadsAt(path, count)).map(({ chat }) => chat.is_new_chat);

  test('is true for the first message of a chat only', async () => {
    const account = '+972550000031';
    const path = await hook({ whatsapp_accounts: [account] });
    await send({ account }, { account });
    expect(await flags(path, 2)).toEqual([true, false]);
  });

  test('is true for the first that passes the direction filter', async () => {
    const account = '+972550000032';
    const path = await hook({ whatsapp_accounts: [account], direction: 'sent' });
    const sent = { account, message: { direction: 'sent' as const } };
    await send({ account }, sent, sent);
    expect(await flags(path, 2)).toEqual([true, false]);
  });

  test('is false to a webhook that is younger than the chat', async () => {
    const account = '+972550000033';
    await send({ account });
    await server.advance(1000);
    const path = await hook({ whatsapp_accounts: [account] });
    await send({ account });
    expect(await flags(path, 1)).toEqual([false]);
  });
});

describe('a group chat', () => {
  test('carries no phones, and the participant’s name', async () => {
    const account = '+972550000041';
    await server.call('PUT', `/whatsapp-accounts/${account}`, { full_name: 'Jane Smith' });
    const path = await hook({ whatsapp_accounts: [account] });
    const chat = {
      id: '12036@g.us',
      full_name: 'Sales team',
      is_group: true,
      phone: '+972540000041',
    };
    const sender = { full_name: 'Peter Participant', phone: '+972540000042' };
    await send(
      { account, chat, message: { sender } },
      { account, chat },
      { account, chat, message: { direction: 'sent', origin: 'phone' } },
    );
    const payloads = await payloadsAt(path, 3);
    for (const payload of payloads) {
      expect(payload.chat).toMatchObject({ full_name: 'Sales team', is_group: true, phone: '' });
    }
    const team = { full_name: 'Sales team', phone: '' };
    const jane = { full_name: 'Jane Smith', phone: '' };
    expect(payloads.map(({ message }) => [message.sender, message.recipient])).toEqual([
      [{ full_name: 'Peter Participant', phone: '' }, jane],
      [team, jane],
      [jane, team],
    ]);
  });
});

describe('names given with a message', () => {
  test('win over the chat’s and the account’s', async () => {
    const account = '+972550000051';
    const path = await hook({ whatsapp_accounts: [account] });
    const teammate = { full_name: 'Tom Teammate' };
    const message = { direction: 'sent' as const, origin: 'product' as const, sender: teammate };
    await send({ account, message });
    const [payload] = await payloadsAt(path, 1);
    expect(payload?.message.sender).toEqual({ full_name: 'Tom Teammate', phone: account });
    expect(payload?.message.recipient).toEqual({ full_name: 'John Doe', phone: '+972540000000' });
  });
});
