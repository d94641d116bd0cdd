import { describe, expect, test } from '@jest/globals';
import { renderBundle, renderMessage, renderSingle } from '../../src/core/render.ts';
import { aChat, aMessage, anAccount } from '../support/messages.ts';
import { SITE } from '../support/world.ts';

const account = anAccount({ fullName: 'Jane Smith', phone: '+972550000000' });
const john = aChat({ fullName: 'John Doe', phone: '+972540000000' });
const team = aChat({ fullName: 'The team', phone: '+972540000000', isGroup: true });
const context = { site: SITE, webhook: { createdAt: 0 }, direction: null, chat: john, account };

describe('who is who', () => {
  const nobody = { senderName: '', senderPhone: '', recipientName: '', recipientPhone: '' };
  const given = {
    senderName: 'Sender',
    senderPhone: '+1111111111',
    recipientName: 'Recipient',
    recipientPhone: '+2222222222',
  };
  const named = (sender: string, recipient: string) => ({
    sender: { full_name: sender },
    recipient: { full_name: recipient },
  });

  test.each([
    ['received', john, 'phone', nobody, named('John Doe', 'Jane Smith')],
    ['received', john, 'phone', given, named('Sender', 'Recipient')],
    ['received', team, 'phone', nobody, named('The team', 'Jane Smith')],
    ['received', team, 'phone', { ...nobody, senderName: 'Dan' }, named('Dan', 'Jane Smith')],
    ['sent', john, 'product', { ...nobody, senderName: 'Ola' }, named('Ola', 'John Doe')],
    ['sent', john, 'product', nobody, named('Jane Smith', 'John Doe')],
    ['sent', john, 'phone', nobody, named('Jane Smith', 'John Doe')],
    ['sent', team, 'phone', nobody, named('Jane Smith', 'The team')],
  ] as const)('%s in %p, %s, given %p', (direction, chat, origin, parties, expected) => {
    const message = renderMessage({ chat, account }, aMessage({ direction, origin, ...parties }));
    expect(message).toMatchObject(expected);
  });

  test('phones are the chat’s and the account’s, by direction', () => {
    const of = (direction: 'received' | 'sent') => {
      const { sender, recipient } = renderMessage({ chat: john, account }, aMessage({ direction }));
      return [sender.phone, recipient.phone];
    };
    expect(of('received')).toEqual(['+972540000000', '+972550000000']);
    expect(of('sent')).toEqual(['+972550000000', '+972540000000']);
  });

  test('phones given with the message win', () => {
    const { sender, recipient } = renderMessage({ chat: john, account }, aMessage(given));
    expect([sender.phone, recipient.phone]).toEqual(['+1111111111', '+2222222222']);
  });

  test('in a group all phones are empty, also those that were given', () => {
    const { sender, recipient } = renderMessage({ chat: team, account }, aMessage(given));
    expect([sender.phone, recipient.phone]).toEqual(['', '']);
    expect(renderSingle({ ...context, chat: team }, aMessage(given)).chat.phone).toBe('');
  });
});

describe('a bundle', () => {
  const messages = [
    aMessage({ seq: 1, uuid: 'first', timestamp: 2_000_000, text: 'accepted first' }),
    aMessage({ seq: 2, uuid: 'second', timestamp: 1_000_000, text: 'written earlier' }),
  ];
  const bundle = renderBundle(context, messages);

  test('keeps the order of acceptance and gives the least and the greatest time', () => {
    expect(bundle.messages.map(({ message_id }) => message_id)).toEqual(['first', 'second']);
    expect(bundle.first_message_timestamp).toBe('1970-01-01T00:16:40+0000');
    expect(bundle.last_message_timestamp).toBe('1970-01-01T00:33:20+0000');
  });

  test('links to the first message of its list, and to the chat', () => {
    expect(bundle.aggregation).toContain("href='https://pakiet.test/permalink/first/'");
    expect(bundle.chat.chat_url).toBe('https://pakiet.test/chat/10000001/messages/');
  });

  test('says of what nobody knows ""', () => {
    const unknown = anAccount({ fullName: '', email: '' });
    const { whatsapp_account, chat } = renderSingle({ ...context, account: unknown }, aMessage());
    expect(whatsapp_account).toEqual({ full_name: '', email: '', phone: '+972550000000' });
    expect(chat).toMatchObject({ responsible_name: '', responsible_email: '' });
  });

  test('of a new chat says so only with the chat’s first message', () => {
    expect(bundle.chat.is_new_chat).toBe(true);
    expect(renderBundle(context, messages.slice(1)).chat.is_new_chat).toBe(false);
  });
});
