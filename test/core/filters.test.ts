import { describe, expect, test } from '@jest/globals';
import { isNewChat, wantsChat, wantsDirection } from '../../src/core/filters.ts';
import { aChat, anAccount } from '../support/messages.ts';

describe('a webhook wants', () => {
  const direct = aChat();
  const group = aChat({ isGroup: true });
  const account = anAccount();

  test.each([
    ['every chat where it does not say', {}, direct, true],
    ['chats of its accounts', { whatsapp_accounts: ['+48', account.phone] }, direct, true],
    ['no chats of other accounts', { whatsapp_accounts: ['+48'] }, direct, false],
    ['direct chats', { chat_type: 'direct' }, direct, true],
    ['groups, not direct chats', { chat_type: 'group' }, direct, false],
    ['groups', { chat_type: 'group' }, group, true],
    ['direct chats, not groups', { chat_type: 'direct' }, group, false],
    ['the chats it names', { chats: ['7', '10000001'] }, direct, true],
    ['no chats that it does not name', { chats: ['7'] }, direct, false],
    ['only what passes every filter', { chats: ['10000001'], chat_type: 'group' }, direct, false],
  ] as const)('%s', (_what, filters, chat, expected) => {
    expect(wantsChat(structuredClone(filters) as never, chat, account)).toBe(expected);
  });

  test.each([
    [undefined, 'received', true],
    ['received', 'received', true],
    ['received', 'sent', false],
    ['sent', 'sent', true],
  ] as const)('direction %s: %s is %s', (direction, message, expected) => {
    expect(wantsDirection(direction ? { direction } : {}, message)).toBe(expected);
  });
});

describe('a chat is new', () => {
  const chat = aChat({ createdAt: 1000, firstReceivedSeq: 2, firstSentSeq: 1 });
  const older = { createdAt: 999 };

  test.each([
    ['in the delivery of its first message', older, null, 1, true],
    ['not in a later one', older, null, 2, false],
    ['in the delivery of the first that was received', older, 'received', 2, true],
    ['in the delivery of the first that was sent', older, 'sent', 1, true],
    ['not to a webhook made after it', { createdAt: 1001 }, null, 1, false],
    ['to a webhook made at the same time', { createdAt: 1000 }, null, 1, true],
  ] as const)('%s', (_what, webhook, direction, firstSeq, expected) => {
    expect(isNewChat(webhook, direction, chat, firstSeq)).toBe(expected);
  });
});
