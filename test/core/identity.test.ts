import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { forgetChat } from '../../src/core/forget-chat.ts';
import type { Alias, CanonicalItem } from '../../src/wire/canonical.ts';
import { inbound, type MessageGiven } from '../support/messages.ts';
import { failure, OK } from '../support/receiver.ts';
import { World } from '../support/world.ts';

const HOUR = 3_600_000;
const URL = 'https://receiver.example/';
const ACCOUNT = '+972550000000';
const PHONE: Alias = 'phone:+48111111111';
const LID: Alias = 'lid:1@lid';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  expect(world.receiver.faults).toEqual([]);
  await world.crash();
});

const take = (...items: CanonicalItem[]) => world.intake.take(world.workspaceId, items);
const say = (text: string, id: string, aliases: Alias[] = [], chat: MessageGiven['chat'] = {}) =>
  ({
    kind: 'message',
    message: inbound({ chat: { id, full_name: '', phone: '', ...chat }, message: { text } }),
    aliases,
  }) satisfies CanonicalItem;
const join: CanonicalItem = { kind: 'contact', account: ACCOUNT, aliases: [PHONE, LID] };

/** Chats of one person under two names, the older first. */
async function twoChats(): Promise<[number, number]> {
  await take(say('a1', 'a', [PHONE]), say('b1', 'b', [LID]));
  const chats = await world.store.read.chats.after(world.workspaceId, 0, 2);
  const [a, b] = chats.map(({ chat: { id } }) => id);
  return [a as number, b as number];
}

const payloads = () => world.receiver.requests.map(({ body }) => JSON.parse(body));
const texts = () =>
  payloads().map(({ message, messages = [message] }) =>
    messages.map(({ text }: { text: string }) => text).join(),
  );

describe('intake', () => {
  test('answers one outcome an item, in order', async () => {
    const outcomes = await take(say('a', 'a'), join, say('', 'a'), {
      kind: 'account',
      account: ACCOUNT,
      email: 'ana@acme.example',
    });
    expect(outcomes).toEqual([
      { status: 'accepted' },
      { status: 'noted' },
      { status: 'skipped', code: 'no_text' },
      { status: 'noted' },
    ]);
  });

  test('knows what a call tells of people before it looks at its messages', async () => {
    await take(say('a1', 'a', [PHONE]), say('b1', 'b', [LID]), join);
    expect(await world.store.read.chats.list(world.workspaceId, { limit: 9 })).toHaveLength(1);
  });
});

describe('chats that turn out to be one', () => {
  test('deliver what the younger has under its own number, with the survivor’s names', async () => {
    await world.createWebhook({ granularity_hours: 24 });
    const [a, b] = await twoChats();
    const names = { fullName: 'Ann', responsibleName: 'Ola' };
    await world.store.transaction((tx) => tx.chats.edit(world.workspaceId, a, names));
    await world.advance(HOUR);
    await take(join);
    await world.idle();
    // The younger's bundle closes at once, the survivor's in its time.
    expect(texts()).toEqual(['b1']);
    const chat = { full_name: 'Ann', responsible_name: 'Ola', is_new_chat: true };
    expect(payloads()[0].chat).toMatchObject({ ...chat, chat_id: String(b) });
    await take(say('b2', 'b'));
    await world.advance(23 * HOUR);
    expect(texts()).toEqual(['b1', 'a1,b2']);
    expect(payloads()[1].chat).toMatchObject({ chat_id: String(a) });
  });

  test('keep the survivor waiting for as long as the younger has something to send', async () => {
    const [, b] = await twoChats();
    const webhook = await world.createWebhook();
    world.receiver.answerBy(URL, (body) => (body.includes('"b') ? failure() : OK));
    await take(say('b2', 'b'));
    await world.idle();
    await take(join, say('c1', 'c', [PHONE]), say('else', 'else'));
    await world.advance(4000);
    expect(texts()).not.toContain('c1');
    world.receiver.answer(URL, OK);
    await world.advance(HOUR);
    expect(texts().indexOf('c1')).toBeGreaterThan(texts().lastIndexOf('b2'));
    expect(await world.store.read.lanes.get(webhook.id, b)).toBeNull();
  });

  test('are not new to a webhook that has heard of the younger', async () => {
    await world.createWebhook({ filters: { direction: 'received' } });
    await take({
      ...say('sent', 'a', [PHONE]),
      message: inbound({
        chat: { id: 'a', phone: '' },
        message: { text: 'sent', direction: 'sent' },
      }),
    });
    await take(say('b1', 'b', [LID]));
    await take(join, say('b2', 'b'));
    await world.idle();
    expect(payloads().map(({ chat }) => chat.is_new_chat)).toEqual([true, false]);
  });

  test('are new to nobody where they were known before', async () => {
    await world.createWebhook();
    const known = { account: ACCOUNT, id: 'a', aliases: [], phone: '', isGroup: false };
    await take({ kind: 'known_chat', ...known }, say('a1', 'a'));
    await world.idle();
    expect(payloads()[0].chat.is_new_chat).toBe(false);
  });

  test('lead filters on, those there are and those to come', async () => {
    const [a, b] = await twoChats();
    const filters = { chats: [String(b)] };
    const before = await world.createWebhook({ filters });
    await take(join, say('b2', 'b'));
    await world.idle();
    expect(texts()).toEqual(['b2']);
    const meant = { chats: [String(a)] };
    expect((await world.webhook(before.id)).filters).toEqual(meant);
    const after = await world.createWebhook({ filters, target_url: `${URL}after` });
    expect(after.filters).toEqual(meant);
    const both = { chats: [String(b), String(a)] };
    const edited = await world.webhooks.edit(world.workspaceId, after.id, { filters: both });
    expect(edited?.filters).toEqual(meant);
  });

  test('are delivered again in order, the younger at once', async () => {
    const [a] = await twoChats();
    await take(join, say('a2', 'a'));
    const webhook = await world.createWebhook({
      granularity_hours: 24,
      filters: { chats: [String(a)] },
    });
    await world.redelivery.replay(world.workspaceId, webhook.id, 0);
    await world.idle();
    expect(texts()).toEqual(['b1']);
    await world.advance(24 * HOUR);
    expect(texts()).toEqual(['b1', 'a1,a2']);
  });

  test('are forgotten together, by whichever number', async () => {
    await world.createWebhook({ granularity_hours: 1 });
    const [a, b] = await twoChats();
    await take(join);
    await world.idle();
    const changed = (id: number) => world.dispatcher.changed(id);
    expect(await forgetChat({ store: world.store, changed }, world.workspaceId, b)).toBe(true);
    await world.advance(2 * HOUR);
    expect(texts()).toEqual(['b1']);
    for (const id of [a, b]) {
      expect(await world.store.read.chats.get(world.workspaceId, id)).toBeNull();
    }
    expect(await world.store.read.messages.newest(world.workspaceId, 9)).toEqual([]);
    await take(say('b3', 'b', [LID]));
    expect(await world.store.read.chats.list(world.workspaceId, { limit: 9 })).toHaveLength(1);
  });
});
