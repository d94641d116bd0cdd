import { describe, expect, test } from '@jest/globals';
import type { Bundle, ZObject } from 'zapier-platform-core';
import { filtersSchema } from '../../src/wire/webhook.ts';
import nock from './nocked.ts';
import {
  API_KEY,
  bundleWith,
  failureOf,
  JSON_HEADERS,
  newMessage,
  newMessageBatch,
  run,
  SECRET,
  SERVER,
  TARGET_URL,
} from './support.ts';

type Run = (z: ZObject, bundle: Bundle) => unknown;

interface Trigger {
  operation: { performSubscribe: Run; performList: Run };
}

const TRIGGERS: { trigger: Trigger; key: string; preset: object; hours: string }[] = [
  { trigger: newMessage, key: 'new_message', preset: { direction: 'received' }, hours: '0' },
  { trigger: newMessageBatch, key: 'new_message_batch', preset: {}, hours: '24' },
];
type Input = Record<string, unknown>;

const ONE = '+972550000000';
const TWO = '+14155550123';

/** The filters that subscribing with this input sends. */
async function subscribedTo({ operation }: Trigger, inputData: Input): Promise<object> {
  let sent = {};
  nock(SERVER)
    .post('/api/v1/webhooks', ({ filters }: { filters: object }) => {
      sent = filters;
      return true;
    })
    .reply(201, { id: 'wh_1', secret: SECRET, subscription: 'sub_1' }, JSON_HEADERS);
  await run(operation.performSubscribe, bundleWith({ targetUrl: TARGET_URL, inputData }));
  expect(filtersSchema.safeParse(sent).error).toBeUndefined();
  return sent;
}

/** The query that the editor's test with this input sends. */
async function listedWith({ operation }: Trigger, inputData: Input): Promise<object> {
  let sent = {};
  nock(SERVER)
    .get('/api/v1/samples')
    .query((query) => {
      sent = query;
      return true;
    })
    .reply(200, [], JSON_HEADERS);
  await run(operation.performList, bundleWith({ inputData }));
  return sent;
}

describe.each(TRIGGERS)('the filters of $key', ({ trigger, preset, hours }) => {
  test.each([undefined, null, '', '  ', [], [''], [null], ['', ' '], ',', [[]]])(
    'are those of a new Zap when each field is left blank as %j',
    async (blank) => {
      const input = {
        whatsapp_accounts: blank,
        direction: Array.isArray(blank) || blank !== ',' ? blank : '',
        chat_type: Array.isArray(blank) || blank !== ',' ? blank : '',
        chat_search: blank,
        chat: blank,
        cost: blank,
      };
      expect(await subscribedTo(trigger, input)).toEqual(preset);
      expect(await listedWith(trigger, input)).toEqual({ granularity_hours: hours, ...preset });
    },
  );

  test.each<[string, unknown, string[]]>([
    ['a list', [ONE, TWO], [ONE, TWO]],
    ['a list with blanks and repetitions', ['', ONE, null, ` ${ONE} `], [ONE]],
    ['text with commas', `${ONE}, ${TWO},`, [ONE, TWO]],
    ['one text', ONE, [ONE]],
    ['a number, which has no plus', 972550000000, [ONE]],
    ['a list of text that has lost its plus', ['972550000000', TWO], [ONE, TWO]],
    ['a number as people write it', '+972 55-000-0000', [ONE]],
  ])('take accounts that come as %s', async (_how, whatsapp_accounts, expected) => {
    const input = { whatsapp_accounts, direction: 'both' };
    expect(await subscribedTo(trigger, input)).toEqual({ whatsapp_accounts: expected });
    expect(await listedWith(trigger, input)).toEqual({
      granularity_hours: hours,
      whatsapp_accounts: expected.join(','),
    });
  });

  test.each<[Input, object]>([
    [{ direction: 'received' }, { direction: 'received' }],
    [{ direction: 'sent' }, { direction: 'sent' }],
    [{ direction: ['Sent'] }, { direction: 'sent' }],
    [{ direction: ' BOTH ' }, {}],
    [{ direction: 'both', chat_type: 'group' }, { chat_type: 'group' }],
    [{ direction: 'both', chat_type: 'Direct' }, { chat_type: 'direct' }],
    [{ direction: 'both', chat_type: 'both' }, {}],
    [{ direction: 'both', chat: '10010001' }, { chats: ['10010001'] }],
    [{ direction: 'both', chat: 10010001 }, { chats: ['10010001'] }],
    [{ direction: 'both', chat_search: 'John' }, {}],
    [{ direction: 'both', cost: 'the text of the note' }, {}],
  ])('of %j are %j', async (input, expected) => {
    expect(await subscribedTo(trigger, input)).toEqual(expected);
    const query = Object.entries(expected).map(([name, value]) => [name, String(value)]);
    expect(await listedWith(trigger, input)).toEqual({
      granularity_hours: hours,
      ...Object.fromEntries(query),
    });
  });

  test.each<[Input, string]>([
    [{ whatsapp_accounts: ['Jane Smith'] }, 'invalid_whatsapp_account'],
    [{ whatsapp_accounts: '0541234567' }, 'invalid_whatsapp_account'],
    [{ whatsapp_accounts: { phone: ONE } }, 'invalid_whatsapp_account'],
    [{ direction: 'incoming' }, 'invalid_direction'],
    [{ direction: ['received', 'sent'] }, 'invalid_direction'],
    [{ chat_type: 'channel' }, 'invalid_chat_type'],
    [{ chat: 'John Doe' }, 'invalid_chat'],
    [{ chat: '{{bundle.authData.apiKey}}' }, 'invalid_chat'],
    [{ chat: -1 }, 'invalid_chat'],
  ])('refuse %j with a sentence, before anything is sent', async (inputData, code) => {
    const { performSubscribe, performList } = trigger.operation;
    for (const call of [performSubscribe, performList]) {
      const failure = await failureOf(run(call, bundleWith({ targetUrl: TARGET_URL, inputData })));
      expect(failure).toMatchObject({ name: 'AppError', code });
      expect(failure.sentence).toMatch(/Pick .* from the list/);
      for (const text of [ONE, API_KEY, 'Jane', 'John', 'authData', 'incoming', 'channel']) {
        expect(failure.whole).not.toContain(text);
      }
    }
  });
});
