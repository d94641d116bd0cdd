import { expect, test } from '@jest/globals';
import { appendAll, received } from '../../support/chat-log.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

const PHONE = '+972550000000';

export function accountsAndChats(kind: StoreKind): void {
  test('an account is created or changed, as far as something is given', async () => {
    const store = await emptyStore(kind);
    const put = (given: object) => store.transaction((tx) => tx.accounts.put(1, PHONE, given));
    const made = await put({ fullName: 'Jane' });
    expect(made).toMatchObject({ phone: PHONE, fullName: 'Jane', email: '', skippedNoText: 0 });
    expect(await put({ email: 'jane@acme.example' })).toEqual({
      ...made,
      email: 'jane@acme.example',
    });
    expect(await put({})).toMatchObject({ fullName: 'Jane', email: 'jane@acme.example' });
    await store.transaction((tx) => tx.accounts.put(2, PHONE, { fullName: 'Foreign' }));
    expect((await store.read.accounts.list(1)).map(({ fullName }) => fullName)).toEqual(['Jane']);
  });

  test('a chat is found with its account, in its own workspace only', async () => {
    const store = await emptyStore(kind);
    const { chat, account } = await appendAll(store, [received(1000)]);
    expect(chat).toMatchObject({
      sourceId: '972540000000@c.us',
      fullName: 'John Doe',
      isGroup: false,
      createdAt: 1000,
      lastSeq: 1,
    });
    expect(chat.id).toBeGreaterThan(10_000_000);
    expect(account.phone).toBe(PHONE);
    expect(await store.read.chats.get(2, chat.id)).toBeNull();
    expect(await store.read.chats.get(1, 999)).toBeNull();
  });

  test('a name given by a person wins over the source’s, until it is emptied', async () => {
    const store = await emptyStore(kind);
    const { chat } = await appendAll(store, [received(0)]);
    const edit = (given: object, workspaceId = 1) =>
      store.transaction((tx) => tx.chats.edit(workspaceId, chat.id, given));
    const now = async () => (await store.read.chats.get(1, chat.id))?.chat;
    await edit({
      fullName: 'Johnny',
      responsibleName: 'Ola',
      responsibleEmail: 'ola@acme.example',
    });
    await appendAll(store, [{ ...received(1), chat: { full_name: 'John at the source' } }]);
    expect(await now()).toMatchObject({ fullName: 'Johnny', responsibleName: 'Ola' });
    await edit({ fullName: '', responsibleName: '' });
    expect(await now()).toMatchObject({
      fullName: 'John at the source',
      responsibleName: '',
      responsibleEmail: 'ola@acme.example',
    });
    await edit({ fullName: 'stolen' }, 2);
    await edit({});
    expect(await now()).toMatchObject({ fullName: 'John at the source' });
  });

  test('chats are listed newest first, page by page', async () => {
    const store = await emptyStore(kind);
    for (const id of ['a', 'b', 'c']) await appendAll(store, [{ ...received(0), chat: { id } }]);
    const list = (given: object) => store.read.chats.list(1, { limit: 2, ...given });
    const first = await list({});
    expect(first.map(({ sourceId }) => sourceId)).toEqual(['c', 'b']);
    expect(first[0]).toMatchObject({ accountPhone: PHONE });
    const rest = await list({ before: first[1]?.id });
    expect(rest.map(({ sourceId }) => sourceId)).toEqual(['a']);
    expect(await store.read.chats.list(2, { limit: 2 })).toEqual([]);
  });

  test('chats are searched by name and phone, in any case and script, with or without marks, literally', async () => {
    const store = await emptyStore(kind);
    const names = ['Łukasz Żółw', 'ИВАН', '100% off_er', 'back\\slash'];
    for (const full_name of names) {
      await appendAll(store, [{ ...received(0), chat: { id: full_name, full_name, phone: '' } }]);
    }
    await appendAll(store, [
      { ...received(0), chat: { id: 'p', full_name: '', phone: '+48123456' } },
    ]);
    const search = async (text: string) => {
      const page = { search: text, limit: 10 };
      const found = (await store.read.chats.list(1, page)).map(({ sourceId }) => sourceId);
      const recent = (await store.read.chats.recent(1, page)).map(({ sourceId }) => sourceId);
      expect(recent).toEqual(found);
      return found;
    };
    expect(await search('łUKASZ')).toEqual([names[0]]);
    for (const text of ['ZOLW', 'lukasz zol', 'żołw', 'z\u0307o\u0301łw']) {
      expect(await search(text)).toEqual([names[0]]);
    }
    expect(await search('иван')).toEqual([names[1]]);
    expect(await search('0% off_')).toEqual([names[2]]);
    expect(await search('_')).toEqual([names[2]]);
    expect(await search('k\\s')).toEqual([names[3]]);
    expect(await search('48123')).toEqual(['p']);
    expect(await search("'; DROP TABLE chat; --")).toEqual([]);
  });
}
