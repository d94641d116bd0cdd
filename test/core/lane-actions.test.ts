import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { forgetChat } from '../../src/core/forget-chat.ts';
import type { Webhook } from '../../src/store/rows.ts';
import { activityLog } from '../support/activity-log.ts';
import { carryOut } from '../support/carry-out.ts';
import { failure, OK } from '../support/receiver.ts';
import { World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const URL = 'https://receiver.example/';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  expect(world.receiver.faults).toEqual([]);
  await world.crash();
});

const say = (text: string, chat = 'chat') => ({ chat: { id: chat }, message: { text } });

/** The texts of each request that was taken. */
const taken = (): string[][] =>
  world.receiver.requests
    .filter(({ ok }) => ok)
    .map(({ body }) => {
      const { message, messages = [message] } = JSON.parse(body);
      return messages.map(({ text }: { text: string }) => text);
    });

const many = (count: number) => Array.from({ length: count }, (_, i) => say('hello', `chat-${i}`));

describe('what is asked of very many lanes', () => {
  test('is done in chunks, so that no transaction is long', async () => {
    const webhook = await world.createWebhook({ granularity_hours: 24 });
    await world.dispatcher.stop();
    await world.accept(...many(1200));
    expect(await world.webhooks.flush(world.workspaceId, webhook.id)).toBe(1200);
    expect(await carryOut(world.store, webhook.id, world.clock.now())).toBe(3);
    expect(await world.store.read.lanes.countOpen(webhook.id, world.clock.now())).toBe(0);
  });

  test('goes on after a crash where it was', async () => {
    const webhook = await world.createWebhook({ granularity_hours: 24 });
    await world.dispatcher.stop();
    await world.accept(...many(600));
    await world.webhooks.flush(world.workspaceId, webhook.id);
    await world.crash();
    await world.boot();
    await world.idle();
    expect(world.receiver.requests).toHaveLength(600);
  });

  test('is done for a webhook that is removed, too: nothing of it stays', async () => {
    const webhook = await world.createWebhook({ granularity_hours: 24 });
    await world.accept(...many(600));
    await world.webhooks.remove(world.workspaceId, webhook.id);
    await world.idle();
    expect(await world.store.read.lanes.page(webhook.id, 0, 1)).toEqual([]);
    expect(await world.store.read.actions.webhookIds()).toEqual([]);
  });

  test('waits for what is under way, which is not sent twice', async () => {
    const webhook = await world.createWebhook();
    world.receiver.answer(URL, 'hold');
    await world.accept(say('first'), say('second'));
    await world.idle();
    world.clock.advance(1);
    await world.redelivery.replay(world.workspaceId, webhook.id, 0);
    await world.idle();
    expect(world.receiver.requests).toHaveLength(1);
    world.receiver.answer(URL, OK);
    world.receiver.release(OK);
    await world.idle();
    // The first was under way, and is then sent again because someone asked for it.
    world.receiver.faults.length = 0;
    expect(taken()).toEqual([['first'], ['first'], ['second']]);
  });
});

describe('switched on again', () => {
  const off = (webhook: Webhook) =>
    world.webhooks.edit(world.workspaceId, webhook.id, { enabled: false });
  const on = (webhook: Webhook, from: 'where_it_stopped' | 'now') =>
    world.webhooks.enable(world.workspaceId, webhook.id, from);

  async function offForAnHour() {
    const webhook = await world.createWebhook({ granularity_hours: 6 });
    await world.accept(say('before'));
    await off(webhook);
    await world.advance(HOUR);
    await world.accept(say('meanwhile'), say('meanwhile', 'other'));
    await world.advance(1);
    return webhook;
  }

  test('where it stopped, it goes on with all that waited and came in', async () => {
    const webhook = await offForAnHour();
    await on(webhook, 'where_it_stopped');
    await world.accept(say('after'));
    await world.advance(8 * HOUR);
    expect(taken().sort()).toEqual([['before', 'meanwhile', 'after'], ['meanwhile']]);
  });

  test('from now, it delivers what comes from now on', async () => {
    const webhook = await offForAnHour();
    await on(webhook, 'now');
    await world.accept(say('after'));
    await world.advance(8 * HOUR);
    expect(taken()).toEqual([['after']]);
    expect(await activityLog(world.store, webhook.id)).toContain(
      'Switched on, starting from now; 3 messages that waited will not be sent',
    );
  });

  test('from now, after errors, it leaves even a sealed head behind', async () => {
    world.receiver.answer(URL, failure());
    const webhook = await world.createWebhook();
    await world.accept(say('failed'));
    await world.advance(24 * HOUR);
    expect((await world.webhook(webhook.id)).disabledReason).toBe('errors');
    world.receiver.answer(URL, OK);
    world.receiver.forgive(URL);
    await on(webhook, 'now');
    await world.accept(say('after'));
    await world.idle();
    expect(taken()).toEqual([['after']]);
  });

  test('while it pauses after errors, it goes on at once, or leaves out what waits', async () => {
    world.receiver.answer(URL, failure());
    const webhook = await world.createWebhook();
    await world.accept(say('first'));
    await world.advance(8 * HOUR);
    world.receiver.answer(URL, OK);
    world.receiver.forgive(URL);
    await on(webhook, 'where_it_stopped');
    await world.idle();
    expect(taken()).toEqual([['first']]);
    world.receiver.answer(URL, failure());
    await world.accept(say('second'));
    await world.advance(MINUTE);
    world.receiver.answer(URL, OK);
    world.receiver.forgive(URL);
    await on(webhook, 'now');
    await world.accept(say('third'));
    await world.idle();
    expect(taken()).toEqual([['first'], ['third']]);
  });
});

describe('replayed from a date', () => {
  test('singles come again in order, under the ids they had', async () => {
    const webhook = await world.createWebhook();
    await world.accept(say('too old'));
    await world.advance(HOUR);
    const from = world.clock.now();
    await world.accept(say('first'), say('second'), say('elsewhere', 'other'));
    await world.idle();
    const before = world.receiver.requests.slice(1);
    world.receiver.faults.length = 0;
    const dryRun = () => world.redelivery.countReplay(world.workspaceId, webhook.id, from);
    expect(await dryRun()).toBe(3);
    expect(world.receiver.requests).toHaveLength(4);
    expect(await world.redelivery.replay(world.workspaceId, webhook.id, from)).toBe(3);
    await world.idle();
    const after = world.receiver.requests.slice(4);
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(
      taken()
        .slice(4)
        .flat()
        .filter((text) => text !== 'elsewhere'),
    ).toEqual(['first', 'second']);
    world.receiver.faults.length = 0;
  });

  test.each([0, 1] as const)(
    'as many requests come as were said (granularity %i)',
    async (hours) => {
      const webhook = await world.createWebhook({ granularity_hours: hours });
      for (let n = 0; n < 30; n += 1) {
        await world.accept(say(`${n}`, `chat-${n % 4}`));
        await world.advance(n * MINUTE);
      }
      await world.advance(2 * HOUR);
      const before = world.receiver.requests.length;
      const said = await world.redelivery.replay(world.workspaceId, webhook.id, 0);
      await world.advance(2 * HOUR);
      expect(world.receiver.requests.length - before).toBe(said);
      world.receiver.faults.length = 0;
    },
  );

  test('what was sealed or set aside from there on is let go', async () => {
    world.receiver.answer(URL, failure(422));
    const webhook = await world.createWebhook();
    await world.accept(say('first'), say('second'));
    await world.advance(MINUTE);
    const [lane] = await world.store.read.lanes.page(webhook.id, 0, 1);
    await world.redelivery.park(world.workspaceId, webhook.id, lane?.chatId as number);
    await world.advance(MINUTE);
    expect(await world.store.read.parked.list(webhook.id, 9)).toHaveLength(1);
    world.receiver.answer(URL, OK);
    world.receiver.forgive(URL);
    await world.redelivery.replay(world.workspaceId, webhook.id, 0);
    await world.advance(HOUR);
    expect(taken()).toEqual([['first'], ['second']]);
    expect(await world.store.read.parked.list(webhook.id, 9)).toEqual([]);
  });

  test('what was set aside and does not come again whole stays set aside', async () => {
    world.receiver.answer(URL, failure(422));
    const webhook = await world.createWebhook({ granularity_hours: 1 });
    await world.accept(say('first'), say('second'));
    await world.advance(30 * MINUTE);
    const from = world.clock.now();
    await world.accept(say('third'));
    await world.advance(31 * MINUTE);
    const [lane] = await world.store.read.lanes.page(webhook.id, 0, 1);
    await world.redelivery.park(world.workspaceId, webhook.id, lane?.chatId as number);
    await world.advance(MINUTE);
    world.receiver.answer(URL, OK);
    world.receiver.forgive(URL);
    await world.webhooks.enable(world.workspaceId, webhook.id, 'where_it_stopped');
    await world.redelivery.replay(world.workspaceId, webhook.id, from);
    await world.advance(2 * HOUR);
    expect(taken()).toEqual([['third']]);
    expect(await world.store.read.parked.list(webhook.id, 9)).toHaveLength(1);
    const edit = { filters: { direction: 'sent' as const } };
    await world.webhooks.edit(world.workspaceId, webhook.id, edit);
    await world.redelivery.replay(world.workspaceId, webhook.id, 0);
    await world.idle();
    expect(await world.store.read.parked.list(webhook.id, 9)).toHaveLength(1);
  });

  test('is refused where the webhook is off: switched on, it might leave out what was to come', async () => {
    const webhook = await world.createWebhook({ enabled: false });
    await expect(world.redelivery.replay(world.workspaceId, webhook.id, 0)).rejects.toThrow(
      'enable it first',
    );
  });

  test('only what the filters want comes', async () => {
    const webhook = await world.createWebhook({ filters: { direction: 'sent' } });
    await world.accept(say('received'), {
      ...say('sent'),
      message: { text: 'sent', direction: 'sent' },
    });
    await world.idle();
    expect(await world.redelivery.countReplay(world.workspaceId, webhook.id, 0)).toBe(1);
    await world.webhooks.edit(world.workspaceId, webhook.id, { filters: { chat_type: 'group' } });
    expect(await world.redelivery.countReplay(world.workspaceId, webhook.id, 0)).toBe(0);
  });
});

describe('a chat that is forgotten', () => {
  const forget = async () => {
    const [found] = await world.store.read.chats.after(world.workspaceId, 0, 1);
    const changed = (id: number) => world.dispatcher.changed(id);
    const chatId = found?.chat.id as number;
    await forgetChat({ store: world.store, changed }, world.workspaceId, chatId);
    return chatId;
  };

  test('is sent no more, though its messages were looked up already', async () => {
    await world.createWebhook({ rate_per_second: 1 });
    await world.accept(...Array.from({ length: 20 }, (_, i) => say(`of ${i}`, `chat-${i}`)));
    await world.idle();
    const [{ chat } = { chat: null }] = await world.store.read.chats.after(
      world.workspaceId,
      10_000_019,
      1,
    );
    const changed = (id: number) => world.dispatcher.changed(id);
    await forgetChat({ store: world.store, changed }, world.workspaceId, chat?.id as number);
    await world.advance(MINUTE);
    expect(taken()).toHaveLength(19);
    expect(taken().flat()).not.toContain('of 19');
  });

  test('is found by nobody while it is being removed: what comes in begins another', async () => {
    await world.createWebhook();
    await world.accept(say('before'));
    await world.idle();
    const [found] = await world.store.read.chats.after(world.workspaceId, 0, 1);
    const chat_id = String(found?.chat.id);
    await world.store.transaction((tx) => tx.chats.detach(found?.chat.id as number));
    expect(await world.accept({ chat: { chat_id } })).toEqual([
      { status: 'rejected', code: 'unknown_chat' },
    ]);
    expect(await world.accept(say('after'))).toEqual([{ status: 'accepted' }]);
    await world.idle();
    expect(taken()).toEqual([['before'], ['after']]);
  });

  test('does not come back into the logs by a delivery that was under way', async () => {
    world.receiver.answer(URL, 'hold');
    const webhook = await world.createWebhook();
    await world.accept(say('my secret'));
    await world.idle();
    await forget();
    world.receiver.release(OK);
    await world.idle();
    const logs = [
      await world.store.read.history.requests(webhook.id),
      await world.store.read.history.activities(webhook.id),
    ];
    expect(JSON.stringify(logs)).not.toMatch(/my secret|John/);
  });
});

test('a secret signs for a day after each change, however often it is changed', async () => {
  const { id } = await world.createWebhook();
  await world.webhooks.rotateSecret(world.workspaceId, id);
  await world.advance(HOUR);
  await world.webhooks.rotateSecret(world.workspaceId, id);
  const signatures = async () => {
    await world.accept(say('hello'));
    await world.idle();
    return (world.receiver.requests.at(-1)?.headers['webhook-signature'] ?? '').split(' ').length;
  };
  expect(await signatures()).toBe(3);
  await world.advance(23 * HOUR);
  expect(await signatures()).toBe(2);
});

test('a changed secret signs beside the former one for a day, then alone', async () => {
  const { id } = await world.createWebhook();
  const [former, latest] = [
    await world.webhook(id),
    await world.webhooks.rotateSecret(world.workspaceId, id),
  ];
  expect(latest?.secret).not.toBe(former.secret);
  const signatures = async () => {
    await world.accept(say('hello'));
    await world.idle();
    return (world.receiver.requests.at(-1)?.headers['webhook-signature'] ?? '').split(' ').length;
  };
  expect(await signatures()).toBe(2);
  await world.advance(24 * HOUR - 1);
  expect(await signatures()).toBe(2);
  await world.advance(1);
  expect(await signatures()).toBe(1);
});
