import type { Store } from '../../src/store/store.ts';
import { addWebhook, appendAll, received, sent } from './chat-log.ts';
import { aLane, anEmail, arrival } from './messages.ts';

const HOUR = 3_600_000;

/** Writes something of everything into an empty store, and deletes the last of what is numbered for good. */
export async function fill(store: Store): Promise<void> {
  const write = store.transaction.bind(store);
  for (const name of ['Acme', 'Zażółć “Sp. z o.o.”\t\\N\n']) {
    const { id } = await write((tx) =>
      tx.workspaces.create({ name, ownerName: 'Jane', ownerEmail: 'jane@acme.example' }),
    );
    await write(async (tx) => {
      const key = { workspaceId: id, hint: `pakiet_${id}`, createdAt: id, label: 'of tests' };
      await tx.workspaces.addKey({ ...key, hash: `hash ${id}`, lastUsedAt: id === 1 ? 5 : null });
      await tx.signIns.setPassword(id, 'scrypt$…');
      await tx.signIns.setLink(id, `link ${id}`, 9);
      await tx.signIns.addSession({ hash: `session ${id}`, workspaceId: id, seenAt: 7 });
      await tx.sources.create({
        ...{ id: `src_${id}`, workspaceId: id, kind: 'waha', name: 'Ana', createdAt: id },
        secrets: { hmac_key: 'SECRET-KEY' },
        formerSecrets: [{ secrets: { hmac_key: 'FORMER' }, until: 9 }],
      });
      await tx.sources.heard([{ sourceId: `src_${id}`, at: 8, taken: 3, dropped: { group: 2 } }]);
    });
  }
  await write((tx) => tx.sources.refused('src_1', { at: 9, code: 'bad_signature' }));
  await fillChats(store);
  await fillWebhooks(store);
}

async function fillChats(store: Store): Promise<void> {
  for (const workspaceId of [1, 2]) {
    for (const id of ['john', 'ana', '120363@g.us', 'removed']) {
      const chat = { id, full_name: `${id} 👍`, is_group: id.includes('@g') };
      const account = `+97255000000${workspaceId}`;
      const entries = [received(1000, `one\r\n\\.`), sent(2000, 'two'), received(3 * HOUR, '3')];
      await appendAll(
        store,
        entries.map((entry) => ({ ...entry, account, chat })),
        workspaceId,
      );
    }
  }
  const skipped = arrival({ account: '+972550000001' }, { skip: 'attachment', receivedAt: 4000 });
  const named = (id: string) =>
    arrival(
      { account: '+972550000001', chat: { id, full_name: '', phone: '' } },
      { aliases: id === 'lid' ? ['lid:1@lid'] : [`phone:+48111111111`], receivedAt: 5000 },
    );
  await store.transaction((tx) => tx.messages.append([skipped, named('lid'), named('phone')]));
  await store.transaction((tx) =>
    tx.people.learn([
      // By this two chats are one.
      {
        workspaceId: 1,
        at: 6000,
        item: {
          ...{ kind: 'contact', account: '+972550000001', fullName: 'Ewa' },
          aliases: ['lid:1@lid', 'phone:+48111111111'],
        },
      },
      {
        workspaceId: 1,
        at: 6000,
        item: {
          ...{ kind: 'contact', account: '+972550000001', fullName: 'Not met yet' },
          aliases: ['user:US.1'],
        },
      },
      {
        workspaceId: 1,
        at: 6000,
        item: {
          ...{ kind: 'account', account: '+972550000001' },
          ...{ fullName: 'Of a source', email: 'a@b.example' },
        },
      },
    ]),
  );
  const newest = { ...received(7000), chat: { id: 'newest' } };
  const { chat: last } = await appendAll(store, [newest], 2);
  const chats = (await store.read.chats.after(1, 0, 100)).map(({ chat }) => chat);
  await store.transaction(async (tx) => {
    await tx.chats.edit(1, chats[0]?.id as number, { fullName: 'Given', responsibleName: 'Bo' });
    // One that waits to be removed, and the newest of all, which is gone with its messages.
    await tx.chats.detach(chats.find(({ sourceId }) => sourceId === 'removed')?.id as number);
    await tx.messages.removeOfChat(last.id, 100);
    await tx.chats.remove(last.id);
  });
}

async function fillWebhooks(store: Store): Promise<void> {
  const chats = (await store.read.chats.after(1, 0, 100)).map(({ chat }) => chat);
  const full = await addWebhook(store, {
    ...{ name: 'CRM', granularityHours: 12, source: 'zapier', zapId: '42', subscription: 'sub_1' },
    ...{ filters: { direction: 'sent', chats: ['10000001'] }, subscribedAt: 3, createdAt: 4 },
    ...{ enabled: false, disabledReason: 'errors', disabledAt: 5, disabledPosition: 4 },
    ...{ flushedAt: 6, gaps: [{ after: 1, upTo: 2 }], concurrency: 3, rate: 7 },
    ...{ formerSecrets: [{ secret: 'whsec_Zm9ybWVy', until: 9 }], lastSuccessAt: 10 },
    health: { consecutiveErrors: 3, lastErrorAt: 7, pausedUntil: 8 },
  });
  const plain = await addWebhook(store);
  const gone = await addWebhook(store, { workspaceId: 2 });
  const seal = { lastSeq: 2, shape: 'bundle' as const, direction: 'sent' as const };
  const blame = { attempts: 2, since: 5, last: 9 };
  const error = { code: 'timeout', seconds: 10 } as const;
  await store.transaction(async (tx) => {
    for (const [i, { id: chatId }] of chats.entries()) {
      const lane = aLane({ webhookId: plain.id, chatId, openedAt: 1000 + i, dueAt: HOUR + i });
      await tx.lanes.put(i % 2 ? { ...lane, nextSeq: 2, attempts: 3, seal, blame, error } : lane);
      await tx.lanes.put({ ...lane, webhookId: full.id, dueAt: 10 });
      const parked = { webhookId: plain.id, chatId, firstSeq: 1, lastSeq: 1, parkedAt: i };
      await tx.parked.add({ ...parked, shape: 'single', direction: null, attempts: 8, error });
    }
    await tx.parked.remove(chats.length);
    for (const { id: webhookId } of [full, plain]) {
      await tx.actions.add(webhookId, { kind: 'replay', from: 5 });
      const { workspaceId, messageId, createdAt, facts } = anEmail();
      await tx.outbox.add({ workspaceId, webhookId, messageId, createdAt, facts });
      const day = { webhookId, succeeded: 2, failed: 3, messages: 4 };
      await tx.counters.add([
        { ...day, day: 1 },
        { ...day, day: 2 },
      ]);
    }
    await tx.actions.advance(1, chats[0]?.id as number);
    await tx.outbox.postpone(1, 5000, 'no_owner_email');
    // More than the rings hold.
    await tx.history.add({
      requests: Array.from({ length: 130 }, (_, n) => ({
        ...{ webhookId: plain.id, chatId: n % 2 ? n : null, kind: 'delivery' as const },
        ...{ at: new Date(n).toISOString(), duration_ms: n },
        request: { method: 'POST' as const, url: 'https://r.example/', headers: {}, body: '👍' },
        response: { status: 200, headers: { c: ['d', 'e'] }, body: 'ok' },
        error: null,
      })),
      activities: Array.from({ length: 13 }, (_, n) => ({
        ...{ webhookId: plain.id, chatId: n % 2 ? n : null, at: n, action: 'sent' as const },
        facts: { kind: 'sent' as const, messages: n, chatName: 'J “JD” D', ms: 7 },
      })),
    });
    await tx.webhooks.remove(gone);
  });
}
