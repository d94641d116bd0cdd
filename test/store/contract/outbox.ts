import { expect, test } from '@jest/globals';
import type { NewEmail } from '../../../src/store/everyday/outbox.ts';
import type { Email } from '../../../src/store/rows.ts';
import type { Repositories, Store } from '../../../src/store/store.ts';
import { anEmail } from '../../support/messages.ts';
import { emptyStore, type StoreKind } from '../../support/stores.ts';

export function outbox(kind: StoreKind): void {
  const add = async (store: Store, given: Partial<NewEmail> = {}): Promise<Email> => {
    const { workspaceId, webhookId, messageId, createdAt, facts } = anEmail(given);
    const email = { workspaceId, webhookId, messageId, createdAt, facts };
    await store.transaction((tx) => tx.outbox.add(email));
    return (await store.read.outbox.ofWebhook(webhookId))[0] as Email;
  };
  const change = <Result>(store: Store, work: (tx: Repositories['outbox']) => Promise<Result>) =>
    store.transaction((tx) => work(tx.outbox));
  const statesOf = async (store: Store, webhookId = 1) =>
    (await store.read.outbox.ofWebhook(webhookId)).map(({ state }) => state);

  test('an e-mail waits, is due at once and comes back as it was put in', async () => {
    const store = await emptyStore(kind);
    const email = await add(store);
    expect(email).toEqual(anEmail({ id: email.id, messageId: email.messageId }));
    expect(await store.read.outbox.due(999, 10_000, 10)).toEqual([]);
    expect(await store.read.outbox.due(1000, 10_000, 10)).toEqual([email]);
  });

  test('no two have the same Message-ID', async () => {
    const store = await emptyStore(kind);
    const { messageId } = await add(store);
    await expect(add(store, { messageId })).rejects.toThrow();
  });

  test('those due are told the longest due first, as many as are asked for', async () => {
    const store = await emptyStore(kind);
    const late = await add(store, { createdAt: 2000, webhookId: 1 });
    const early = await add(store, { createdAt: 1500, webhookId: 2 });
    expect(await store.read.outbox.due(2000, 10_000, 10)).toEqual([early, late]);
    expect(await store.read.outbox.due(2000, 10_000, 1)).toEqual([early]);
    expect(await store.read.outbox.nextDue()).toBe(1500);
  });

  test('one that seems due later than can be counts as due', async () => {
    const store = await emptyStore(kind);
    const email = await add(store, { createdAt: 9000 });
    expect(await store.read.outbox.due(1000, 9000, 10)).toEqual([]);
    expect(await store.read.outbox.due(1000, 8999, 10)).toEqual([email]);
  });

  test('a postponed one counts its failure, and is unsent where there is a reason', async () => {
    const store = await emptyStore(kind);
    const { id } = await add(store);
    await change(store, (tx) => tx.postpone(id, 5000, null));
    expect(await store.read.outbox.ofWebhook(1)).toMatchObject([
      { state: 'waiting', reason: null, attempts: 1, dueAt: 5000 },
    ]);
    await change(store, (tx) => tx.postpone(id, 6000, 'no_owner_email'));
    expect(await store.read.outbox.ofWebhook(1)).toMatchObject([
      { state: 'unsent', reason: 'no_owner_email', attempts: 2, dueAt: 6000 },
    ]);
    expect(await store.read.outbox.nextDue()).toBe(6000);
    expect(await store.read.outbox.due(6000, 9000, 10)).toHaveLength(1);
  });

  test('all that wait can be left unsent, and all that are open be hastened', async () => {
    const store = await emptyStore(kind);
    const { id } = await add(store);
    await add(store, { webhookId: 2 });
    await change(store, (tx) => tx.giveUp(id));
    await change(store, (tx) => tx.leaveUnsent('smtp_not_configured'));
    await change(store, (tx) => tx.hasten(7000));
    expect(await store.read.outbox.ofWebhook(1)).toMatchObject([{ state: 'given_up' }]);
    expect(await store.read.outbox.ofWebhook(2)).toMatchObject([
      { state: 'unsent', reason: 'smtp_not_configured', attempts: 0, dueAt: 7000 },
    ]);
  });

  test.each<[Email['state'], (tx: Repositories['outbox'], id: number) => Promise<void>]>([
    ['sent', (tx, id) => tx.sent(id, 1234)],
    ['given_up', (tx, id) => tx.giveUp(id)],
    ['cancelled', (tx) => tx.cancel(1)],
  ])('one that is %s is never due again and stays so', async (state, end) => {
    const store = await emptyStore(kind);
    const { id } = await add(store);
    await change(store, (tx) => end(tx, id));
    await change(store, (tx) => tx.postpone(id, 0, null));
    await change(store, (tx) => tx.leaveUnsent('smtp_not_configured'));
    await change(store, (tx) => tx.hasten(0));
    await change(store, (tx) => tx.giveUp(id));
    await change(store, (tx) => tx.cancel(1));
    expect(await statesOf(store)).toEqual([state]);
    expect(await store.read.outbox.nextDue()).toBeNull();
    expect(await store.read.outbox.due(9000, 9000, 10)).toEqual([]);
  });

  test('one that was cancelled while it was handed in has been sent all the same', async () => {
    const store = await emptyStore(kind);
    const { id } = await add(store);
    await change(store, (tx) => tx.cancel(1));
    await change(store, (tx) => tx.sent(id, 1234));
    expect(await store.read.outbox.ofWebhook(1)).toMatchObject([{ state: 'sent', sentAt: 1234 }]);
  });

  test('cancelling and clearing touch one webhook only', async () => {
    const store = await emptyStore(kind);
    await add(store);
    await add(store, { webhookId: 2 });
    await change(store, (tx) => tx.cancel(1));
    expect([await statesOf(store, 1), await statesOf(store, 2)]).toEqual([
      ['cancelled'],
      ['waiting'],
    ]);
    await change(store, (tx) => tx.clear(2));
    expect([await statesOf(store, 1), await statesOf(store, 2)]).toEqual([['cancelled'], []]);
  });

  test('the open ones since a time are counted, and those of nobody whose address is known', async () => {
    const store = await emptyStore(kind);
    const [known, unknown] = await store.transaction(async (tx) => [
      await tx.workspaces.create({ name: 'A', ownerName: '', ownerEmail: 'a@acme.example' }),
      await tx.workspaces.create({ name: 'B', ownerName: '', ownerEmail: '' }),
    ]);
    await add(store, { workspaceId: known?.id as number });
    await add(store, { workspaceId: unknown?.id as number });
    await add(store, { workspaceId: unknown?.id as number, createdAt: 500 });
    const { id } = await add(store, { workspaceId: unknown?.id as number });
    await change(store, (tx) => tx.giveUp(id));
    expect(await store.read.outbox.open(999)).toEqual({ all: 2, ownerless: 1 });
  });

  test('old ones are forgotten, whatever became of them', async () => {
    const store = await emptyStore(kind);
    await add(store, { createdAt: 999 });
    const kept = await add(store, { createdAt: 1000 });
    await change(store, (tx) => tx.forget(1000));
    expect(await store.read.outbox.ofWebhook(1)).toEqual([kept]);
  });
}
