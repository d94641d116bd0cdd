import { expect, test } from '@jest/globals';
import type { Webhook } from '../../../src/store/rows.ts';
import { addWebhook } from '../../support/chat-log.ts';
import { aWebhook } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

export function webhooks(kind: StoreKind): void {
  const full: Partial<Webhook> = {
    name: 'CRM',
    targetUrl: 'https://receiver.example/ł',
    granularityHours: 12,
    filters: { direction: 'sent', chats: ['10000001'], whatsapp_accounts: ['+48'] },
    source: 'zapier',
    zapId: '42',
    subscription: 'sub_1',
    subscribedAt: 3,
    createdAt: 1_614_183_929_123,
    enabled: false,
    disabledReason: 'errors',
    disabledAt: 5,
    flushedAt: 6,
    disabledPosition: 4,
    gaps: [{ after: 1, upTo: 2 }],
    concurrency: 3,
    rate: 7,
    formerSecrets: [{ secret: 'whsec_Zm9ybWVy', until: 9 }],
    lastSuccessAt: 10,
    health: { consecutiveErrors: 3, lastErrorAt: 7, pausedUntil: 8 },
  };

  test('come back as they were stored', async () => {
    const store = await emptyStore(kind);
    for (const given of [{}, full]) {
      const webhook = await addWebhook(store, given);
      expect(webhook).toEqual({ ...aWebhook(given), id: webhook.id });
      expect(await store.read.webhooks.get(1, webhook.id)).toEqual(webhook);
    }
  });

  test('are found by their ids and listed by workspace', async () => {
    const store = await emptyStore(kind);
    const [a, b] = [await addWebhook(store), await addWebhook(store, { workspaceId: 2 })];
    const { webhooks: read } = store.read;
    expect(await read.byIds([a.id, b.id, 999])).toEqual(
      new Map([
        [a.id, a],
        [b.id, b],
      ]),
    );
    expect(await read.byIds([])).toEqual(new Map());
    expect(await read.list(1)).toEqual([a]);
    expect(await read.get(2, a.id)).toBeNull();
  });

  test('change in what is given and in nothing else', async () => {
    const store = await emptyStore(kind);
    const webhook = await addWebhook(store);
    const { id: _id, workspaceId: _w, createdAt: _c, source: _s, zapId: _z, ...change } = full;
    const fields = Object.entries(change) as [keyof Webhook, never][];
    let expected = webhook;
    for (const [field, value] of fields) {
      expected = { ...expected, [field]: value };
      const answer = await store.transaction((tx) =>
        tx.webhooks.change(expected, { [field]: value }),
      );
      expect(answer).toEqual(expected);
      expect(await store.read.webhooks.get(1, webhook.id)).toEqual(expected);
    }
    const back = { disabledReason: null, disabledAt: null, flushedAt: null, enabled: true };
    await store.transaction((tx) => tx.webhooks.change(expected, back));
    expect(await store.read.webhooks.get(1, webhook.id)).toEqual({ ...expected, ...back });
  });

  test('remember their health', async () => {
    const store = await emptyStore(kind);
    const { id } = await addWebhook(store);
    const health = { consecutiveErrors: 9, lastErrorAt: 1, pausedUntil: 2 };
    const learnt = { health, lastSuccessAt: 5 };
    await store.transaction((tx) => tx.webhooks.saveHealth({ id, ...learnt }));
    expect(await store.read.webhooks.get(1, id)).toMatchObject(learnt);
  });

  test('of a Zap are found by it and what it triggers on, the latest first', async () => {
    const store = await emptyStore(kind);
    const zap = { source: 'zapier', zapId: '42' } as const;
    await addWebhook(store, { ...zap, granularityHours: 0 });
    const single = await addWebhook(store, { ...zap, granularityHours: 0 });
    const bundle = await addWebhook(store, { ...zap, granularityHours: 24 });
    await addWebhook(store, { zapId: '42' });
    await addWebhook(store, { ...zap, zapId: '43' });
    const { webhooks: read } = store.read;
    expect(await read.ofZap(1, '42', 'single')).toEqual(single);
    expect(await read.ofZap(1, '42', 'bundle')).toEqual(bundle);
    expect(await read.ofZap(1, '43', 'single')).toBeNull();
    expect(await read.ofZap(2, '42', 'single')).toBeNull();
  });

  test('whose Zap has been off since before a time are told', async () => {
    const store = await emptyStore(kind);
    const off = { enabled: false, disabledReason: 'unsubscribed', disabledAt: 10 } as const;
    const webhook = await addWebhook(store, off);
    await addWebhook(store, { ...off, disabledReason: 'owner' });
    await addWebhook(store, { ...off, disabledAt: 11 });
    expect(await store.read.webhooks.unsubscribedBefore(11)).toEqual([webhook]);
  });

  test('dated in the future are dated anew: errors, pauses and flushes', async () => {
    const store = await emptyStore(kind);
    const health = { consecutiveErrors: 2, lastErrorAt: 5000, pausedUntil: 9000 };
    const ahead = await addWebhook(store, { health, flushedAt: 1001 });
    const failedJustNow = { health: { ...health, lastErrorAt: 1000 }, flushedAt: 1000 };
    const present = await addWebhook(store, failedJustNow);
    await store.transaction((tx) => tx.webhooks.redate(1000));
    expect(await store.read.webhooks.get(1, ahead.id)).toMatchObject({
      health: { consecutiveErrors: 2, lastErrorAt: 999, pausedUntil: 1000 },
      flushedAt: 1000,
    });
    expect(await store.read.webhooks.get(1, present.id)).toMatchObject(failedJustNow);
  });

  test('are gone once removed, and their ids are not given again', async () => {
    const store = await emptyStore(kind);
    const webhook = await addWebhook(store);
    await store.transaction((tx) => tx.webhooks.remove(webhook));
    expect(await store.read.webhooks.get(1, webhook.id)).toBeNull();
    expect((await addWebhook(store)).id).toBeGreaterThan(webhook.id);
  });
}
