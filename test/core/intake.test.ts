import { beforeEach, describe, expect, test } from '@jest/globals';
import { Intake } from '../../src/core/intake.ts';
import { IntakeOverloadedError } from '../../src/core/waiting-room.ts';
import { StoreUnavailableError } from '../../src/store/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { carryOut } from '../support/carry-out.ts';
import { addWebhook } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { inbound, type MessageGiven } from '../support/messages.ts';
import { emptyStore } from '../support/stores.ts';

const HOUR = 3_600_000;

let store: Store;
let clock: ManualClock;
let intake: Intake;
let woken: Map<number, number>[];
let changed: number[];

beforeEach(async () => {
  store = await emptyStore();
  const workspace = { name: 'Acme', ownerName: '', ownerEmail: '' };
  for (let i = 0; i < 2; i++) await store.transaction((tx) => tx.workspaces.create(workspace));
  clock = new ManualClock(1000);
  woken = [];
  changed = [];
  intake = new Intake({
    store,
    clock,
    wake: (due) => woken.push(due),
    changed: (id) => changed.push(id),
  });
});

const accept = (...given: MessageGiven[]) => intake.accept(1, given.map(inbound));
const id = (message_id: string, rest: object = {}) => ({ message: { message_id, ...rest } });
const to = (chat: string, rest: object = {}) => ({ chat: { id: chat }, message: rest });

const chats = () => store.read.chats.list(1, { limit: 100 });
async function log() {
  const [chat] = await chats();
  const range = { chatId: chat?.id ?? 0, fromSeq: 1, direction: null, limit: 100 };
  return store.read.messages.range(range);
}

describe('duplicates', () => {
  test('are told within one request', async () => {
    const results = await accept(id('a'), id('a'), id('b'));
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'accepted']);
    expect(await log()).toHaveLength(2);
  });

  test('are told across requests, at once or later', async () => {
    const both = await Promise.all([accept(id('a')), accept(id('a'))]);
    const later = await accept(id('a'));
    const statuses = [...both, later].map(([result]) => result?.status);
    expect(statuses).toEqual(['accepted', 'duplicate', 'duplicate']);
  });

  test('are the same id in the same direction of the same account', async () => {
    const results = await accept(id('a'), id('a', { direction: 'sent' }), {
      ...id('a'),
      account: '+4811111111',
    });
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
  });
});

describe('messages passed by', () => {
  test.each([
    ['an attachment', { attachments: [{}], text: 'with words' }, 'attachment'],
    ['no text', { text: '' }, 'no_text'],
    ['only spaces', { text: ' \n\t ' }, 'no_text'],
    ['an attachment and no text', { attachments: [{}], text: '' }, 'attachment'],
  ])('%s', async (_what, message, code) => {
    expect(await accept({ message })).toEqual([{ status: 'skipped', code }]);
    expect(await chats()).toEqual([]);
  });

  test('are counted on their account', async () => {
    await accept({ message: { attachments: [1] } }, { message: { text: '' } });
    await accept({ message: { text: ' ' } });
    const [account] = await store.read.accounts.list(1);
    expect(account).toMatchObject({ skippedAttachment: 1, skippedNoText: 2 });
  });

  test('emoji alone are text', async () => {
    expect(await accept({ message: { text: '👍' } })).toEqual([{ status: 'accepted' }]);
  });
});

describe('chats', () => {
  test('are found again by their source’s id or by our number', async () => {
    await accept({});
    const [chat] = await chats();
    await accept({}, { chat: { chat_id: String(chat?.id) } });
    expect((await log()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test.each(['99999999', 'nonsense', '-1', '1e3', '9'.repeat(20)])(
    'an unknown chat_id %s is rejected, and the rest is taken',
    async (chat_id) => {
      const results = await accept({ chat: { chat_id } }, {});
      expect(results).toEqual([
        { status: 'rejected', code: 'unknown_chat' },
        { status: 'accepted' },
      ]);
      expect(await chats()).toHaveLength(1);
    },
  );

  test('a chat_id of another account or workspace is unknown', async () => {
    await accept({});
    const [chat] = await chats();
    const chat_id = String(chat?.id);
    const [other] = await accept({ account: '+4811111111', chat: { chat_id } });
    const [foreign] = await intake.accept(2, [inbound({ chat: { chat_id } })]);
    expect([other?.status, foreign?.status]).toEqual(['rejected', 'rejected']);
  });

  test('take the latest name and phone that their source gives', async () => {
    await accept({ chat: { full_name: 'John', phone: '' } });
    await accept({ chat: { full_name: 'John Doe', phone: '+972540000000' } });
    await accept({ chat: { full_name: '', phone: '' } });
    expect(await chats()).toMatchObject([{ fullName: 'John Doe', phone: '+972540000000' }]);
  });

  test('number their messages without gaps, whatever comes in between', async () => {
    await Promise.all([
      accept(to('x'), to('y'), id('dup')),
      accept(id('dup'), to('x', { text: '' }), to('x')),
      accept({ chat: { chat_id: '7' } }, to('x'), to('y')),
    ]);
    for (const { id: chatId, lastSeq } of await chats()) {
      const range = { chatId, fromSeq: 1, direction: null, limit: 100 };
      const seqs = (await store.read.messages.range(range)).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: lastSeq }, (_, i) => i + 1));
    }
  });
});

describe('lanes', () => {
  const lane = async (webhookId: number) => {
    const [chat] = await chats();
    return store.read.lanes.get(webhookId, chat?.id as number);
  };

  test('open for every webhook that wants the message, and only for those', async () => {
    const all = await addWebhook(store, { granularityHours: 0 });
    const hourly = await addWebhook(store, { filters: { direction: 'received' } });
    const sentOnly = await addWebhook(store, { filters: { direction: 'sent' } });
    const groups = await addWebhook(store, { filters: { chat_type: 'group' } });
    const foreign = await addWebhook(store, { workspaceId: 2 });
    await accept({});
    expect(await lane(all.id)).toMatchObject({ nextSeq: 1, openedAt: 1000, dueAt: 1000 });
    expect(await lane(hourly.id)).toMatchObject({ dueAt: 1000 + HOUR });
    for (const { id } of [sentOnly, groups, foreign]) expect(await lane(id)).toBeNull();
    expect(woken).toEqual([
      new Map([
        [all.id, 1000],
        [hourly.id, 1000 + HOUR],
      ]),
    ]);
  });

  test('that are open stay as they are', async () => {
    const webhook = await addWebhook(store);
    await accept({});
    clock.advance(HOUR / 2);
    await accept({});
    expect(await lane(webhook.id)).toMatchObject({
      nextSeq: 1,
      openedAt: 1000,
      dueAt: 1000 + HOUR,
    });
  });

  test('open, frozen, for a webhook that is switched off, which is not woken', async () => {
    const webhook = await addWebhook(store, { enabled: false });
    await accept({});
    expect(await lane(webhook.id)).toMatchObject({ nextSeq: 1 });
    expect(woken).toEqual([]);
  });

  test('follow a webhook’s changes at once', async () => {
    const webhook = await addWebhook(store, { filters: { direction: 'sent' } });
    await accept({});
    expect(await lane(webhook.id)).toBeNull();
    await store.transaction((tx) => tx.webhooks.change(webhook, { filters: {} }));
    await accept({});
    expect(await lane(webhook.id)).toMatchObject({ nextSeq: 2 });
    await store.transaction((tx) => tx.webhooks.remove(webhook));
    await store.transaction((tx) => tx.actions.add(webhook.id, { kind: 'remove' }));
    await carryOut(store, webhook.id, 0);
    await accept({});
    expect(await lane(webhook.id)).toBeNull();
  });

  test('are not opened by duplicates and messages passed by', async () => {
    const webhook = await addWebhook(store);
    await accept(id('a'));
    const laneThere = await lane(webhook.id);
    await store.transaction((tx) =>
      tx.lanes.remove({ webhookId: webhook.id, chatId: laneThere?.chatId as number }),
    );
    await accept(id('a'), { message: { text: '' } });
    expect(await lane(webhook.id)).toBeNull();
  });
});

describe('when the store fails', () => {
  test('a poison request sinks alone, leaving nothing behind', async () => {
    const poison = inbound(to('poison'));
    poison.message.timestamp = Symbol('no number') as never;
    const results = await Promise.allSettled([
      accept(to('x')),
      intake.accept(1, [inbound(to('half')), poison]),
      accept(to('y')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await chats()).map(({ sourceId }) => sourceId).sort()).toEqual(['x', 'y']);
  });

  test('everyone is told that nothing was taken, and the same call works later', async () => {
    const { transaction } = store;
    store.transaction = () => Promise.reject(new StoreUnavailableError('disk full'));
    const results = await Promise.allSettled([accept(id('a')), accept(id('b'))]);
    for (const result of results) {
      expect(result).toMatchObject({ reason: expect.any(StoreUnavailableError) });
    }
    store.transaction = transaction;
    expect(await accept(id('a'))).toEqual([{ status: 'accepted' }]);
  });

  test('callers beyond what may wait are asked to come back', async () => {
    const many = Array(10_000).fill(inbound());
    const taken = [intake.accept(1, many), intake.accept(1, many)];
    await expect(intake.accept(1, [inbound()])).rejects.toThrow(IntakeOverloadedError);
    expect(await intake.accept(2, [inbound()])).toEqual([{ status: 'accepted' }]);
    await Promise.all(taken);
    expect(await accept({})).toEqual([{ status: 'accepted' }]);
  });

  test('one that brings more than may wait is taken where nothing else waits', async () => {
    const contact = { kind: 'contact' as const, account: '+972550000000', aliases: [] };
    const outcomes = await intake.take(1, Array(20_001).fill(contact));
    expect(outcomes).toHaveLength(20_001);
  });
});
