import { describe, expect, test } from '@jest/globals';
import { FIELD_ORDER, inOrder } from '../../src/zapier/field-order.ts';
import { newMessage, newMessageBatch } from './support.ts';

const keysOf = ({ operation }: typeof newMessage | typeof newMessageBatch) =>
  operation.outputFields.map(({ key }) => key);

const lineItems = newMessageBatch.operation.outputFields.find(({ key }) => key === 'messages');
const lineItemKeys = lineItems?.children?.map(({ key }) => key) ?? [];

describe('the order of output fields', () => {
  test.each([...new Set([...keysOf(newMessage), ...keysOf(newMessageBatch), ...lineItemKeys])])(
    'has exactly one place for %s',
    (key) => {
      expect(FIELD_ORDER.filter((pattern) => pattern.test(key))).toHaveLength(1);
    },
  );

  test('has no place for what is not there', () => {
    const keys = [...keysOf(newMessage), ...keysOf(newMessageBatch)];
    for (const pattern of FIELD_ORDER) expect(keys.some((key) => pattern.test(key))).toBe(true);
  });

  test('of a message is its text, who, the chat, the time, the account, the ids', () => {
    expect(keysOf(newMessage)).toEqual([
      'message__text',
      'message__sender__full_name',
      'message__sender__phone',
      'message__recipient__full_name',
      'message__recipient__phone',
      'message__direction',
      'chat__full_name',
      'chat__phone',
      'chat__responsible_name',
      'chat__responsible_email',
      'chat__chat_url',
      'chat__is_new_chat',
      'chat__is_group',
      'message__timestamp',
      'whatsapp_account__full_name',
      'whatsapp_account__email',
      'whatsapp_account__phone',
      'chat__chat_id',
      'message__message_id',
      'id',
    ]);
  });

  test('of a batch is the transcript, the note, the messages, then the same', () => {
    expect(keysOf(newMessageBatch)).toEqual([
      'transcript',
      'aggregation',
      'messages',
      'message_count',
      'chat__full_name',
      'chat__phone',
      'chat__responsible_name',
      'chat__responsible_email',
      'chat__chat_url',
      'chat__is_new_chat',
      'chat__is_group',
      'first_message_timestamp',
      'last_message_timestamp',
      'whatsapp_account__full_name',
      'whatsapp_account__email',
      'whatsapp_account__phone',
      'chat__chat_id',
      'id',
    ]);
  });

  test('puts a field that nobody has thought of last', () => {
    const fields = [{ key: 'reaction' }, { key: 'id' }, { key: 'text' }];
    expect(inOrder(fields).map(({ key }) => key)).toEqual(['text', 'id', 'reaction']);
  });
});
