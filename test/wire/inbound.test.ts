import { describe, expect, test } from '@jest/globals';
import { inboundMessageSchema } from '../../src/wire/inbound.ts';
import { inboundInput } from '../support/messages.ts';

const parseMessage = (message: Record<string, unknown>) =>
  inboundMessageSchema.safeParse({
    ...inboundInput(),
    message: { ...inboundInput().message, ...message },
  });

const firstIssue = (value: unknown) => {
  const { error } = inboundMessageSchema.safeParse(value);
  return (
    error?.issues[0] && { path: error.issues[0].path.join('.'), message: error.issues[0].message }
  );
};

test('the example of the API parses', () => {
  const example = {
    whatsapp_account: { phone: '+972500000000' },
    chat: {
      id: '972540000000@c.us',
      full_name: 'John Doe',
      phone: '+972540000000',
      is_group: false,
    },
    message: {
      message_id: '3EB0C431D26A1916E07A',
      direction: 'received',
      timestamp: '2021-02-24T16:25:29Z',
      sender: { full_name: 'John Doe', phone: '+972540000000' },
      recipient: { full_name: 'Amnon', phone: '+972500000000' },
      text: 'Hi! How are you?',
      attachments: [],
    },
  };
  expect(inboundMessageSchema.parse(example)).toEqual({
    ...example,
    message: {
      ...example.message,
      timestamp: Date.UTC(2021, 1, 24, 16, 25, 29),
      origin: 'phone',
    },
  });
});

describe('phone numbers', () => {
  test.each([
    '+972540000000',
    '+972 54-000.0000',
    '+972 (54) 000 0000',
    '\u202a+972\u00a0540000000\u202c',
  ])('%j is +972540000000', (phone) => {
    const parsed = inboundMessageSchema.parse(inboundInput({ account: phone, chat: { phone } }));
    expect(parsed.whatsapp_account.phone).toBe('+972540000000');
    expect(parsed.chat.phone).toBe('+972540000000');
  });

  test.each(['972540000000', '+0540000000', '+972', 'John', '', `+${'9'.repeat(20)}`])(
    '%j is no number of an account',
    (phone) => {
      expect(firstIssue(inboundInput({ account: phone }))).toEqual({
        path: 'whatsapp_account.phone',
        message: expect.stringContaining('such as +972540000000'),
      });
    },
  );

  test('a chat may have none, but not a wrong one', () => {
    expect(inboundMessageSchema.parse(inboundInput({ chat: { phone: '' } })).chat.phone).toBe('');
    expect(firstIssue(inboundInput({ chat: { phone: 'John' } }))).toEqual({
      path: 'chat.phone',
      message: expect.stringContaining('such as +972540000000'),
    });
  });
});

describe('timestamps', () => {
  test.each([
    '2021-02-24T16:25:29Z',
    '2021-02-24T16:25:29+0000',
    '2021-02-24T16:25:29+00:00',
    '2021-02-24T18:25:29+0200',
    '2021-02-24T18:25:29.000000+02:00',
    '2021-02-24T11:25:29-05:00',
    '2021-02-24t16:25:29z',
  ])('%s is accepted', (timestamp) => {
    expect(parseMessage({ timestamp }).data?.message.timestamp).toBe(
      Date.UTC(2021, 1, 24, 16, 25, 29),
    );
  });

  test('seconds may be left out', () => {
    const { data } = parseMessage({ timestamp: '2021-02-24T16:25Z' });
    expect(data?.message.timestamp).toBe(Date.UTC(2021, 1, 24, 16, 25));
  });

  test.each([
    '2021-02-24',
    '2021-02-24T16:25:29',
    '2021-02-24 16:25:29Z',
    '2021-13-24T16:25:29Z',
    '2021-02-24T25:25:29Z',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    'yesterday',
    '1614183929',
  ])('%s is refused with an example of what is meant', (timestamp) => {
    const { error } = parseMessage({ timestamp });
    expect(error?.issues[0]?.message).toContain('such as 2021-02-24T16:25:29Z');
  });
});

describe('texts', () => {
  test.each([
    ['NUL', 'a\0b', 'a\uFFFDb'],
    ['a lone high surrogate', 'a\uD83Db', 'a\uFFFDb'],
    ['a lone low surrogate', 'a\uDE00', 'a\uFFFD'],
  ])('%s is replaced', (_what, text, expected) => {
    expect(parseMessage({ text }).data?.message.text).toBe(expected);
    const { data } = parseMessage({ message_id: text, sender: { full_name: text } });
    expect(data?.message).toMatchObject({ message_id: expected, sender: { full_name: expected } });
  });

  test('emoji stay whole', () => {
    expect(parseMessage({ text: '👩‍🚀👍🏽' }).data?.message.text).toBe('👩‍🚀👍🏽');
  });

  test('65,536 characters are taken, one more is refused', () => {
    expect(parseMessage({ text: 'x'.repeat(65_536) }).success).toBe(true);
    expect(parseMessage({ text: 'x'.repeat(65_537) }).error?.issues[0]?.path).toEqual([
      'message',
      'text',
    ]);
  });
});

describe('the rest', () => {
  test('a chat without an id is an error of chat.id', () => {
    const { chat: _chat, ...rest } = inboundInput();
    expect(firstIssue({ ...rest, chat: { full_name: 'John' } })).toEqual({
      path: 'chat.id',
      message: expect.stringContaining('chat_id'),
    });
  });

  test('a chat may be named by our number alone', () => {
    const parsed = inboundMessageSchema.parse(inboundInput({ chat: { chat_id: '10000001' } }));
    expect(parsed.chat).toMatchObject({ chat_id: '10000001', phone: '', is_group: false });
  });

  test.each(['whatsapp_account', 'chat', 'message'] as const)(
    'an unknown key in %s is refused',
    (part) => {
      const input = inboundInput();
      expect(firstIssue({ ...input, [part]: { ...input[part], unknown: 1 } })?.path).toBe(part);
      expect(firstIssue({ ...input, unknown: 1 })?.path).toBe('');
    },
  );

  test('an empty message id, a third direction and a missing message are refused', () => {
    expect(parseMessage({ message_id: '' }).success).toBe(false);
    expect(parseMessage({ direction: 'lost' }).success).toBe(false);
    expect(firstIssue({ ...inboundInput(), message: undefined })?.path).toBe('message');
  });
});
