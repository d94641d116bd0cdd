import { beforeEach, expect, test } from '@jest/globals';
import type { Chat } from '../../../src/store/rows.ts';
import type { Appended, Joined, News, Store } from '../../../src/store/store.ts';
import type { Alias } from '../../../src/wire/canonical.ts';
import { addWebhook } from '../../support/chat-log.ts';
import { aLane, arrival } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

const ACCOUNT = '+972550000000';
const PHONE: Alias = 'phone:+48111111111';
const LID: Alias = 'lid:1@lid';
const USER: Alias = 'user:US.1';

interface Given {
  aliases?: Alias[];
  chat?: object;
  account?: string;
  at?: number;
  text?: string;
  direction?: 'received' | 'sent';
}

const NONE = new Set<number>();

export function identity(kind: StoreKind): void {
  let store: Store;
  beforeEach(async () => {
    store = await emptyStore(kind);
  });

  async function say(id: string, given: Given = {}): Promise<Extract<Appended, { seq: number }>> {
    const { aliases = [], chat, account = ACCOUNT, at = 1000, text = id, direction } = given;
    const named = { id, full_name: '', phone: '', ...chat };
    const message = { text, ...(direction && { direction }) };
    const one = arrival({ account, chat: named, message }, { aliases, receivedAt: at });
    const [appended] = await store.transaction((tx) => tx.messages.append([one]));
    if (appended?.status !== 'appended')
      throw new Error(`It was not appended: ${appended?.status}`);
    return appended;
  }

  const learn = (item: News['item']): Promise<Joined[]> =>
    store.transaction((tx) => tx.people.learn([{ workspaceId: 1, item, at: 5000 }]));
  const contact = (aliases: Alias[], fullName?: string, account = ACCOUNT) =>
    learn({ kind: 'contact', account, aliases, ...(fullName && { fullName }) });
  const chat = async ({ id }: Pick<Chat, 'id'>) =>
    (await store.read.chats.get(1, id))?.chat as Chat;
  const listed = async () =>
    (await store.read.chats.list(1, { limit: 100 })).map(({ id }) => id).reverse();

  test('a chat is found by an alias, and from then on by the id that came with it', async () => {
    const first = await say('972@c.us', { aliases: [PHONE, LID] });
    expect((await say('1@lid', { aliases: [LID] })).chat.id).toBe(first.chat.id);
    expect((await say('1@lid')).chat.id).toBe(first.chat.id);
    expect(await listed()).toEqual([first.chat.id]);
  });

  test('a phone number given with a chat is an alias, whoever hands it in first', async () => {
    const phone = '+48111111111';
    const native = await say('crm-1', { chat: { phone } });
    expect((await say('48111@c.us', { aliases: [PHONE] })).chat.id).toBe(native.chat.id);
    expect((await say('crm-2', { chat: { phone } })).chat.id).toBe(native.chat.id);
    const late = await say('crm-3');
    const found = await say('crm-3', { chat: { phone } });
    expect(found.chat.id).toBe(native.chat.id);
    expect(found.joined).toEqual({ survivor: native.chat.id, younger: [late.chat.id] });
  });

  test('another number of a chat that has one says nothing of other chats', async () => {
    const one = await say('crm-1', { chat: { phone: '+48111111111' } });
    const other = await say('crm-2', { chat: { phone: '+48222222222' } });
    const again = await say('crm-2', { chat: { phone: '+48111111111' } });
    expect([again.chat.id, again.joined]).toEqual([other.chat.id, null]);
    expect(await listed()).toEqual([one.chat.id, other.chat.id]);
  });

  test('the account’s own number is nobody’s alias', async () => {
    const one = await say('crm-1', { chat: { phone: ACCOUNT } });
    expect((await say('crm-2', { chat: { phone: ACCOUNT } })).chat.id).not.toBe(one.chat.id);
  });

  test('a group is no person, whatever is said of it', async () => {
    const group = { is_group: true, phone: '+48111111111' };
    const one = await say('1@g.us', { aliases: [PHONE], chat: group });
    const other = await say('2@g.us', { aliases: [PHONE], chat: group });
    const person = await say('48111@c.us', { aliases: [PHONE] });
    expect(await listed()).toEqual([one.chat.id, other.chat.id, person.chat.id]);
    expect((await say('1@g.us', { aliases: [PHONE] })).joined).toBeNull();
  });

  test('of chats that turn out to be one the oldest goes on, whichever way they are named', async () => {
    const a = await say('a', { aliases: [PHONE] });
    const b = await say('b', { aliases: [LID] });
    const c = await say('c', { aliases: [USER] });
    expect((await say('c', { aliases: [USER, LID] })).joined).toEqual({
      survivor: b.chat.id,
      younger: [c.chat.id],
    });
    expect(await contact([PHONE, LID])).toEqual([{ survivor: a.chat.id, younger: [b.chat.id] }]);
    // Of the redirects each leads to the survivor in one step.
    expect((await chat(b.chat)).redirectTo).toBe(a.chat.id);
    expect((await chat(c.chat)).redirectTo).toBe(a.chat.id);
    expect((await chat(a.chat)).redirectTo).toBeNull();
    const finds: [string, Given][] = [
      ['c', {}],
      ['b', {}],
      ['new', { aliases: [USER] }],
      ['any', { chat: { chat_id: String(c.chat.id) } }],
    ];
    for (const [id, given] of finds) expect((await say(id, given)).chat.id).toBe(a.chat.id);
    expect(await listed()).toEqual([a.chat.id]);
    for (const one of [a, b, c]) {
      const together = await store.read.chats.together(1, one.chat.id);
      expect(together).toEqual([a, b, c].map((each) => each.chat.id));
    }
    expect(await store.read.chats.together(2, a.chat.id)).toEqual([]);
  });

  test('one message can make three chats one', async () => {
    const [a, b, c] = [
      await say('a', { aliases: [PHONE] }),
      await say('b', { aliases: [LID] }),
      await say('c', { aliases: [USER] }),
    ];
    const { joined } = await say('d', { aliases: [USER, PHONE, LID] });
    expect(joined).toEqual({ survivor: a.chat.id, younger: [b.chat.id, c.chat.id] });
    expect(await contact([USER, PHONE, LID])).toEqual([]);
  });

  test('the same names in another account, or workspace, are other people’s', async () => {
    const one = await say('a', { aliases: [PHONE, LID] });
    const other = await say('a', { aliases: [PHONE], account: '+4822222222' });
    const lid = await say('b', { aliases: [LID], account: '+4822222222' });
    expect(await contact([PHONE, LID], 'Ola', '+4822222222')).toEqual([
      { survivor: other.chat.id, younger: [lid.chat.id] },
    ]);
    expect(await chat(one.chat)).toMatchObject({ redirectTo: null, fullName: '' });
  });

  test('the survivor gets what only the younger knows, and both bear its names from then on', async () => {
    const a = await say('a', { aliases: [LID] });
    const b = await say('b', {
      aliases: [PHONE],
      chat: { full_name: 'Bea', phone: '+48222222222' },
    });
    const given = {
      fullName: 'Beatrix',
      responsibleName: 'Ola',
      responsibleEmail: 'o@acme.example',
    };
    await store.transaction((tx) => tx.chats.edit(1, b.chat.id, given));
    await contact([PHONE, LID]);
    const names = { ...given, phone: '+48222222222' };
    expect(await chat(a.chat)).toMatchObject(names);
    await store.transaction((tx) => tx.chats.edit(1, b.chat.id, { fullName: '' }));
    await say('b', { chat: { full_name: 'Bea B.', phone: '+48333333333' } });
    for (const one of [a, b]) {
      expect(await chat(one.chat)).toMatchObject({
        fullName: 'Bea B.',
        responsibleName: 'Ola',
        phone: '+48333333333',
      });
    }
  });

  test('the survivor keeps what it knows itself', async () => {
    const a = await say('a', { aliases: [LID], chat: { full_name: 'Ann', phone: '+48222222222' } });
    await store.transaction((tx) => tx.chats.edit(1, a.chat.id, { responsibleName: 'Ola' }));
    const b = await say('b', {
      aliases: [PHONE],
      chat: { full_name: 'Bea', phone: '+48333333333' },
    });
    await store.transaction((tx) => tx.chats.edit(1, b.chat.id, { responsibleName: 'Ewa' }));
    await contact([PHONE, LID]);
    const kept = { fullName: 'Ann', phone: '+48222222222', responsibleName: 'Ola' };
    expect(await chat(a.chat)).toMatchObject(kept);
    expect(await chat(b.chat)).toMatchObject(kept);
  });

  test('to the survivor nothing is new that its redirects have heard of', async () => {
    const a = await say('a', { aliases: [LID], direction: 'sent' });
    const b = await say('b', { aliases: [PHONE], direction: 'received' });
    await contact([PHONE, LID]);
    expect(await chat(a.chat)).toMatchObject({ firstSentSeq: 1, firstReceivedSeq: 0 });
    await say('a', { direction: 'received' });
    expect(await chat(a.chat)).toMatchObject({ firstSentSeq: 1, firstReceivedSeq: 0, lastSeq: 2 });
    expect(await chat(b.chat)).toMatchObject({ firstReceivedSeq: 1, lastSeq: 1 });
  });

  test('duplicates are told whatever chat they come in', async () => {
    const message = { message_id: 'the same' };
    const append = (id: string, aliases: Alias[]) =>
      store.transaction((tx) =>
        tx.messages.append([arrival({ chat: { id, phone: '' }, message }, { aliases })]),
      );
    await append('a', [PHONE]);
    expect(await append('b', [LID])).toEqual([{ status: 'duplicate' }]);
  });

  test('a contact begins no chat, and names the one that begins later by any of its aliases', async () => {
    await contact([PHONE, LID], 'Sheena');
    await contact([USER, LID], 'Sheena Nelson');
    expect(await listed()).toEqual([]);
    const { chat: begun } = await say('x', { aliases: [USER] });
    expect(begun).toMatchObject({ fullName: 'Sheena Nelson', createdAt: 1000, seeded: false });
    expect((await say('y', { aliases: [PHONE] })).chat.id).toBe(begun.id);
  });

  test('a contact renames the chat, and tells its phone number', async () => {
    const { chat: begun } = await say('1@lid', { aliases: [LID], chat: { full_name: 'S.' } });
    await contact([LID, PHONE], 'Sheena');
    expect(await chat(begun)).toMatchObject({ fullName: 'Sheena', phone: '+48111111111' });
    await contact([LID]);
    expect(await chat(begun)).toMatchObject({ fullName: 'Sheena' });
  });

  test('a contact without any alias says nothing', async () => {
    expect(await contact([], 'Nobody')).toEqual([]);
  });

  test('a chat known of is there before its first message, and keeps what is newer', async () => {
    const known = { account: ACCOUNT, id: 'x', aliases: [PHONE], phone: '', isGroup: false };
    await learn({ kind: 'known_chat', ...known, fullName: 'From history' });
    const [id = 0] = await listed();
    expect(await chat({ id })).toMatchObject({
      seeded: true,
      fullName: 'From history',
      phone: '+48111111111',
      lastSeq: 0,
      lastMessageAt: 0,
    });
    const { chat: found } = await say('other', { aliases: [PHONE], chat: { full_name: 'Now' } });
    expect(found.id).toBe(id);
    await learn({ kind: 'known_chat', ...known, fullName: 'From history' });
    expect(await chat({ id })).toMatchObject({ fullName: 'Now', seeded: true });
    const begun = await say('begun');
    await learn({ kind: 'known_chat', ...known, id: 'begun', aliases: [], fullName: 'Old' });
    expect(await chat(begun.chat)).toMatchObject({ fullName: 'Old', seeded: false });
    await learn({ kind: 'known_chat', ...known, id: 'g', fullName: 'Group', isGroup: true });
    expect(await listed()).toHaveLength(3);
  });

  test('a source names the owner of an account until a person does', async () => {
    const account = async () => (await store.read.accounts.list(1))[0];
    const put = (given: object) => store.transaction((tx) => tx.accounts.put(1, ACCOUNT, given));
    await learn({ kind: 'account', account: ACCOUNT, fullName: 'Ana', email: 'ana@acme.example' });
    await learn({ kind: 'account', account: ACCOUNT, fullName: 'Ana B.' });
    expect(await account()).toMatchObject({ fullName: 'Ana B.', email: 'ana@acme.example' });
    await put({ fullName: 'Jane' });
    await learn({ kind: 'account', account: ACCOUNT, fullName: 'Ana C.' });
    expect(await account()).toMatchObject({ fullName: 'Jane', email: 'ana@acme.example' });
    expect(await put({ fullName: '' })).toMatchObject({ fullName: 'Ana C.' });
  });

  test('of chats that are one the lanes go youngest first, and the survivor last', async () => {
    const webhook = await addWebhook(store);
    const all = [
      await say('a', { aliases: [PHONE] }),
      await say('b', { aliases: [LID] }),
      await say('c', { aliases: [USER] }),
    ].map(({ chat: { id } }) => id);
    const [a = 0, b = 0, c = 0] = all;
    const lane = { webhookId: webhook.id, dueAt: 100 };
    await store.transaction(async (tx) => {
      for (const chatId of all) await tx.lanes.put(aLane({ ...lane, chatId }));
      await tx.lanes.put(aLane({ ...lane, webhookId: 77, chatId: c }));
    });
    const due = async (probe = false) =>
      (await store.read.lanes.due(webhook.id, 100, 10, probe, NONE)).map(
        ({ lane: { chatId } }) => chatId,
      );
    expect(await due()).toEqual([a, b, c]);
    await contact([PHONE, USER]);
    await contact([LID, USER]);
    const next = async () => [
      await due(),
      await due(true),
      [...(await store.read.lanes.heldUp(webhook.id, all))].sort(),
    ];
    const moveOn = (chatId: number) =>
      store.transaction((tx) => tx.lanes.remove({ webhookId: webhook.id, chatId }));
    expect(await next()).toEqual([[c], [c], [a, b]]);
    await moveOn(c);
    // The lane that another webhook has there is none of its business.
    expect(await next()).toEqual([[b], [b], [a]]);
    await moveOn(b);
    expect(await next()).toEqual([[a], [a], []]);
  });

  test('a chat that is held tells whether it is one of several that are one', async () => {
    const ids = [await say('a', { aliases: [PHONE] }), await say('b', { aliases: [LID] })].map(
      ({ chat }) => chat.id,
    );
    const joined = async () => {
      const held = await store.transaction((tx) => tx.chats.hold(ids));
      return ids.map((id) => held.get(id)?.isJoined);
    };
    expect(await joined()).toEqual([false, false]);
    await contact([PHONE, LID]);
    expect(await joined()).toEqual([true, true]);
  });

  test('a lane that is held up falls due when it is its turn', async () => {
    const webhook = await addWebhook(store);
    const a = await say('a', { aliases: [PHONE] });
    const b = await say('b', { aliases: [LID] });
    await contact([PHONE, LID]);
    await store.transaction(async (tx) => {
      await tx.lanes.put(aLane({ webhookId: webhook.id, chatId: a.chat.id, dueAt: 10 }));
      await tx.lanes.put(aLane({ webhookId: webhook.id, chatId: b.chat.id, dueAt: 20 }));
    });
    expect(await store.read.lanes.nextDue(webhook.id, 0)).toBe(20);
    await store.transaction((tx) => tx.lanes.remove({ webhookId: webhook.id, chatId: b.chat.id }));
    expect(await store.read.lanes.nextDue(webhook.id, 0)).toBe(10);
  });

  test('lanes of redirects are known to drain, and are hastened but for heads that failed', async () => {
    const webhook = await addWebhook(store);
    const a = await say('a', { aliases: [PHONE] });
    const b = await say('b', { aliases: [LID] });
    const c = await say('c', { aliases: [USER] });
    const lane = { webhookId: webhook.id, dueAt: 9000 };
    const failed = { attempts: 1, seal: { lastSeq: 1, shape: 'single', direction: null } } as const;
    await store.transaction(async (tx) => {
      await tx.lanes.put(aLane({ ...lane, chatId: a.chat.id }));
      await tx.lanes.put(aLane({ ...lane, chatId: b.chat.id }));
      await tx.lanes.put(aLane({ ...lane, chatId: c.chat.id, ...failed }));
    });
    await contact([PHONE, LID, USER]);
    const younger = [b.chat.id, c.chat.id];
    expect(await store.transaction((tx) => tx.lanes.hasten(younger, 500))).toEqual([webhook.id]);
    const lanes = await store.read.lanes.page(webhook.id, 0, 10);
    expect(lanes.map(({ dueAt, draining }) => [dueAt, draining])).toEqual([
      [9000, false],
      [500, true],
      [9000, true],
    ]);
    for (const one of lanes) {
      expect(await store.read.lanes.get(webhook.id, one.chatId)).toEqual(one);
      expect(await store.read.lanes.ofChat(one.chatId)).toEqual([one]);
    }
    const [due] = await store.read.lanes.due(webhook.id, 9000, 1, false, NONE);
    expect(due?.lane).toEqual(lanes[2]);
    await store.transaction((tx) => tx.lanes.redate(-1, 1e6));
    expect(await store.read.lanes.get(webhook.id, b.chat.id)).toMatchObject({ dueAt: -1 });
  });

  test('a conversation is told by arrival, page by page, whatever the clock said', async () => {
    const a = await say('a', { aliases: [PHONE], text: '1', at: 50 });
    const b = await say('b', { aliases: [LID], text: '2', at: 40 });
    await say('a', { text: '3', at: 30 });
    await say('b', { text: '4', at: 20 });
    await contact([PHONE, LID]);
    await say('b', { text: '5', at: 10 });
    await say('else', { text: 'of someone else' });
    const ids = [a.chat.id, b.chat.id];
    const page = (given: object) => store.read.messages.conversation(ids, { limit: 2, ...given });
    const texts = (messages: { text: string }[]) => messages.map(({ text }) => text);
    const last = await page({});
    expect(texts(last)).toEqual(['4', '5']);
    const middle = await page({ before: last[0]?.position });
    expect(texts(middle)).toEqual(['2', '3']);
    expect(texts(await page({ before: middle[0]?.position }))).toEqual(['1']);
    expect(texts(await page({ after: middle[0]?.position }))).toEqual(['3', '4']);
    expect(await page({ after: last[1]?.position })).toEqual([]);
    expect(await page({ before: 0 })).toEqual([]);
    expect(await store.read.messages.conversation([999], { before: 5, limit: 2 })).toEqual([]);
    const [one] = middle;
    expect(await store.read.messages.byUuid(1, one?.uuid as string)).toEqual(one);
  });

  test('a conversation is paged across what has been purged', async () => {
    const { chat: begun } = await say('a', { at: 1 });
    for (let i = 0; i < 9; i++) await say('a', { at: i % 2 === 0 ? 1 : 100, text: String(i) });
    const before = await store.read.messages.conversation([begun.id], { limit: 10 });
    await store.transaction((tx) => tx.messages.purge(1, 50, null, 100));
    for (const { position } of before) {
      const kept = before.filter((message) => message.receivedAt === 100);
      const conversation = (page: object) =>
        store.read.messages.conversation([begun.id], { limit: 10, ...page });
      expect(await conversation({ before: position })).toEqual(
        kept.filter((message) => message.position < position),
      );
      expect(await conversation({ after: position })).toEqual(
        kept.filter((message) => message.position > position),
      );
    }
  });

  test('the newest of a chat are those of its redirects, too', async () => {
    const a = await say('a', { aliases: [PHONE] });
    await say('b', { aliases: [LID] });
    await say('else');
    await contact([PHONE, LID]);
    const newest = await store.read.messages.newest(1, 10, { chats: [String(a.chat.id)] });
    expect(newest.map(({ text }) => text)).toEqual(['b', 'a']);
  });

  test('chats with the latest messages come first, page by page', async () => {
    await say('a', { at: 10, aliases: [PHONE], chat: { full_name: 'Ann' } });
    await say('b', { at: 20 });
    await say('c', { at: 20 });
    await say('d', { at: 40, aliases: [LID], chat: { full_name: 'Ann' } });
    const recent = async (given: object = {}) =>
      (await store.read.chats.recent(1, { limit: 10, ...given })).map(({ sourceId }) => sourceId);
    expect(await recent()).toEqual(['d', 'c', 'b', 'a']);
    const [, second] = await store.read.chats.recent(1, { limit: 2 });
    expect(second).toMatchObject({ accountPhone: ACCOUNT, lastMessageAt: 20 });
    const before = { at: 20, id: second?.id as number };
    expect(await recent({ before })).toEqual(['b', 'a']);
    expect(await recent({ search: 'ann' })).toEqual(['d', 'a']);
    await contact([PHONE, LID]);
    expect(await recent()).toEqual(['a', 'c', 'b']);
    await say('b', { at: 50 });
    expect(await recent({ limit: 1 })).toEqual(['b']);
    expect(await store.read.chats.recent(2, { limit: 10 })).toEqual([]);
  });

  test('of a chat that is forgotten no alias stays', async () => {
    const a = await say('a', { aliases: [PHONE] });
    const b = await say('b', { aliases: [LID] });
    await contact([PHONE, LID], 'Sheena');
    await store.transaction(async (tx) => {
      for (const id of await tx.chats.together(1, b.chat.id)) await tx.chats.detach(id);
    });
    const again = await say('b', { aliases: [LID] });
    expect([a.chat.id, b.chat.id]).not.toContain(again.chat.id);
    expect(again.chat.fullName).toBe('');
    expect((await say('a', { aliases: [PHONE] })).chat.id).not.toBe(again.chat.id);
  });
}
