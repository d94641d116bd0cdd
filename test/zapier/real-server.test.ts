import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import {
  authentication,
  chat,
  failureOf,
  newMessage,
  newMessageBatch,
  run,
  whatsappAccount,
} from './support.ts';

const JANE = '+972550000000';
const OMAR = '+14155550123';
const CHATS = 101;

const message = (account: string, chatId: string, direction: string, isGroup = false) => ({
  whatsapp_account: { phone: account },
  chat: { id: chatId, full_name: `Chat of ${chatId}`, is_group: isGroup },
  message: {
    message_id: `${account} ${chatId} ${direction}`,
    direction,
    timestamp: '2021-02-24T16:25:29Z',
    text: `${direction} in ${chatId}`,
  },
});

let server: ServerProcess;
let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
  server = await ServerProcess.start(tempFolder());
  await server.call('PUT', `/whatsapp-accounts/${encodeURIComponent(JANE)}`, {
    full_name: 'Jane Smith',
  });
  const messages = Array.from({ length: CHATS - 2 }, (_, at) =>
    message(JANE, `contact ${at}`, 'received'),
  );
  messages.push(message(JANE, 'contact 0', 'sent'));
  messages.push(message(JANE, 'harbour crew', 'received', true));
  messages.push(message(OMAR, 'omar’s contact', 'received'));
  await server.call('POST', '/messages', { messages });
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const bundle = (inputData: object = {}, rest: object = {}) => ({
  authData: { baseUrl: server.url, apiKey: API_KEY },
  inputData,
  ...rest,
});

const chatsFound = (chat_search?: string) => run(chat.operation.perform, bundle({ chat_search }));

const textsListed = async (inputData: object) => {
  const items = await run(newMessage.operation.performList, bundle(inputData));
  return items.map((item) => item.message.text);
};

describe('the integration and the server of today understand each other', () => {
  test('when connecting', async () => {
    await expect(run(authentication.test, bundle())).resolves.toHaveProperty('label');
    const wrong = { authData: { baseUrl: server.url, apiKey: 'pakiet_wrong' } };
    const failure = await failureOf(run(authentication.test, wrong));
    expect(failure.code).toBe('refused_api_key');
  });

  test('about the accounts', async () => {
    const accounts = await run(whatsappAccount.operation.perform, bundle());
    expect(accounts).toHaveLength(2);
    expect(accounts).toContainEqual({ id: JANE, label: `Jane Smith (${JANE})` });
    expect(accounts).toContainEqual({ id: OMAR, label: OMAR });
  });

  test('about the chats: 100 a page, the newest first, or those that are looked for', async () => {
    const page = await chatsFound();
    expect(page).toHaveLength(100);
    expect(page[0]?.label).toBe(`Chat of omar’s contact (direct, on account ${OMAR})`);
    await expect(chatsFound('contact 42')).resolves.toEqual([
      { id: expect.any(String), label: `Chat of contact 42 (direct, on account ${JANE})` },
    ]);
    await expect(chatsFound('nobody')).resolves.toEqual([]);
  });

  test('about every filter, in the editor’s test', async () => {
    await expect(textsListed({ direction: 'sent' })).resolves.toEqual(['sent in contact 0']);
    await expect(textsListed({ chat_type: 'group' })).resolves.toEqual([
      'received in harbour crew',
    ]);
    await expect(textsListed({ whatsapp_accounts: [OMAR] })).resolves.toEqual([
      'received in omar’s contact',
    ]);
    const [choice] = await chatsFound('contact 42');
    await expect(textsListed({ chat: choice?.id })).resolves.toEqual(['received in contact 42']);
    await expect(textsListed({ direction: 'sent', chat_type: 'group' })).resolves.toEqual([]);
    await expect(textsListed({ whatsapp_accounts: `${JANE},${OMAR}` })).resolves.toHaveLength(3);
  });

  test('about every filter, when subscribing, and about which subscription is over', async () => {
    const [choice] = await chatsFound('contact 42');
    const inputData = {
      granularity: '6',
      whatsapp_accounts: [JANE, OMAR],
      direction: 'sent',
      chat_type: 'direct',
      chat: choice?.id,
    };
    const { performSubscribe, performUnsubscribe } = newMessageBatch.operation;
    const targetUrl = receiver.url('/hook');
    const zap = bundle(inputData, { targetUrl, meta: { zap: { id: '4711' } } });
    const first = await run(performSubscribe, zap);
    const again = await run(performSubscribe, zap);
    expect(again).toEqual({ ...first, subscription: expect.any(String) });
    expect(again.subscription).not.toBe(first.subscription);

    const webhook = () => server.call('GET', `/webhooks/${first.id}`);
    const unsubscribe = (subscribeData: object) =>
      run(performUnsubscribe, bundle(inputData, { subscribeData }));
    expect((await webhook()).body).toMatchObject({
      granularity_hours: 6,
      filters: {
        whatsapp_accounts: [JANE, OMAR],
        direction: 'sent',
        chat_type: 'direct',
        chats: [choice?.id],
      },
    });

    await unsubscribe(first);
    expect((await webhook()).body).toMatchObject({ enabled: true });
    await unsubscribe(again);
    await unsubscribe(again);
    expect((await webhook()).body).toMatchObject({ enabled: false });
  });
});
