import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { countFigures } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { addWebhook, appendAll, received, sent } from '../../support/chat-log.ts';
import type { StoreKind, StorePlace } from '../../support/stores.ts';

export function figures(kind: StoreKind): void {
  let place: StorePlace;
  let store: Store;
  beforeEach(async () => {
    place = kind.place();
    store = await place.open();
  });
  afterEach(() => store.close());
  const count = async () => countFigures(await place.config());

  test('of an empty store are zero, and tell its size', async () => {
    expect(await count()).toMatchObject({
      waiting: { on: { messages: 0, lanes: 0 }, off: { messages: 0, lanes: 0 } },
      dueSince: { healthy: null, failing: null },
      webhooks: {},
      emails: {},
      parked: 0,
      bytes: { database: expect.any(Number) },
    });
  });

  test('count what waits, of webhooks that are on and off, choosy or not, and since when', async () => {
    const { chat } = await appendAll(store, [received(1), sent(2), received(3)]);
    const failing = { consecutiveErrors: 2, lastErrorAt: 1, pausedUntil: 2 };
    const webhooks = [
      await addWebhook(store),
      await addWebhook(store, { filters: { direction: 'sent' }, health: failing }),
      await addWebhook(store, { enabled: false, disabledReason: 'errors', disabledAt: 5 }),
      await addWebhook(store, { gaps: [{ after: 0, upTo: 1 }] }),
    ];
    await store.transaction((tx) =>
      tx.lanes.open(
        webhooks.map(({ id }, i) => {
          return { webhookId: id, chatId: chat.id, nextSeq: 1, openedAt: 1, dueAt: 10 + i };
        }),
      ),
    );
    expect(await count()).toMatchObject({
      waiting: { on: { messages: 3 + 1 + 2, lanes: 3 }, off: { messages: 3, lanes: 1 } },
      dueSince: { healthy: 10, failing: 11 },
      webhooks: { healthy: 2, failing: 1, errors: 1 },
    });
  });
}
