import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { GLOBAL_CONCURRENCY } from '../../src/core/dispatcher.ts';
import { fairShare } from '../../src/core/pace.ts';
import { failure, OK, TIMEOUT } from '../support/receiver.ts';
import { World } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const URL = 'https://receiver.example/';

const to = (chat: number) => ({ chat: { id: `chat-${chat}` } });
const chats = (count: number) => Array.from({ length: count }, (_, i) => to(i));

describe('sending', () => {
  test('starts at most 10 requests of a webhook at once, in different chats', async () => {
    const world = await World.create();
    await world.createWebhook();
    world.receiver.answer(URL, 'hold');
    await world.accept(...chats(25), ...chats(25));
    await world.idle();
    expect(world.receiver.requests).toHaveLength(10);
    world.receiver.answer(URL, OK);
    world.receiver.release(OK);
    await world.idle();
    expect(world.receiver.requests).toHaveLength(50);
    expect(world.receiver.faults).toEqual([]);
    await world.stop();
  });

  test('one webhook waiting for its receiver does not hold up another', async () => {
    const world = await World.create();
    await world.createWebhook();
    await world.createWebhook({ target_url: 'https://other.example/' });
    world.receiver.answer(URL, 'hold');
    await world.accept(...chats(600));
    await world.idle();
    const { requests } = world.receiver;
    expect(requests.filter(({ url }) => url !== URL)).toHaveLength(600);
    await world.crash();
  });

  test('a webhook that works does not wait for many of which nothing good is known', async () => {
    const world = await World.create();
    await world.createWebhook();
    await world.accept(to(0));
    await world.idle();
    for (let i = 0; i < 50; i += 1) {
      await world.createWebhook({ target_url: `https://new-${i}.example/` });
      world.receiver.answer(`https://new-${i}.example/`, failure(500));
    }
    await world.accept(...chats(10));
    await world.idle();
    const urls = world.receiver.requests.slice(1).map(({ url }) => url);
    expect(urls.filter((url) => url === URL)).toHaveLength(10);
    expect(new Set(urls).size).toBe(51);
    // Before its last one no more than the first of the others had their turn.
    const before = new Set(urls.slice(0, urls.lastIndexOf(URL)));
    expect(before.size).toBeLessThanOrEqual(1 + 8);
    await world.stop();
  });

  test('webhooks that there is no room for take turns as room comes, until all is out', async () => {
    const world = await World.create();
    const urls = Array.from({ length: 60 }, (_, i) => `https://receiver-${i}.example/`);
    for (const target_url of urls) {
      await world.createWebhook({ target_url });
      world.receiver.answer(target_url, 'hold');
    }
    const { requests } = world.receiver;
    const countOf = (one: string) => requests.filter(({ url }) => url === one).length;
    await world.accept(...chats(12));
    await world.idle();
    const fair = fairShare(GLOBAL_CONCURRENCY, urls.length);
    expect(Math.min(...urls.map(countOf))).toBe(fair);
    expect(requests.length).toBeGreaterThanOrEqual(GLOBAL_CONCURRENCY);
    for (const url of urls) world.receiver.answer(url, OK);
    world.receiver.release(OK);
    await world.idle();
    expect(urls.map(countOf)).toEqual(urls.map(() => 12));
    await world.stop();
  });

  test('a chat of two accounts is two chats, each with its own bundle', async () => {
    const world = await World.create();
    await world.createWebhook({ granularity_hours: 1 });
    await world.accept({ account: '+4811111111' }, { account: '+4822222222' });
    await world.advance(HOUR);
    const bodies = world.receiver.requests.map(({ body }) => JSON.parse(body));
    expect(bodies.map((body) => body.whatsapp_account.phone).sort()).toEqual([
      '+4811111111',
      '+4822222222',
    ]);
    await world.stop();
  });

  test('hourly bundles after sixteen hours of outage are sixteen', async () => {
    const world = await World.create();
    await world.createWebhook({ granularity_hours: 1 });
    await world.dispatcher.stop();
    for (let hour = 0; hour < 16; hour++) {
      await world.accept(to(1), to(1));
      world.clock.advance(HOUR);
    }
    await world.stop();
    await world.boot();
    await world.idle();
    expect(world.receiver.requests).toHaveLength(16);
    await world.stop();
  });

  test('what comes as a bundle is being cut is the next bundle’s', async () => {
    const delays: number[] = [];
    const world = await World.create({ delay: () => delays.shift() ?? 0 });
    await world.createWebhook({ granularity_hours: 1 });
    await world.accept(to(1));
    await world.idle();
    // The lane falls due; before its messages are read, another comes.
    delays.push(0, 0, 20);
    world.clock.advance(HOUR);
    world.clock.advance(1);
    await world.accept(to(1));
    await world.advance(2 * HOUR);
    const sizes = world.receiver.requests.map(({ body }) => JSON.parse(body).messages.length);
    expect(sizes).toEqual([1, 1]);
    await world.stop();
  });

  test('what was received before a window closed is of its bundle, however late it is written down', async () => {
    const delays: number[] = [];
    const world = await World.create({ delay: () => delays.shift() ?? 0 });
    await world.createWebhook({ granularity_hours: 1 });
    await world.accept(to(1));
    await world.advance(HOUR - 1);
    // Its intake ends when the bundle has been cut and waits to be written down.
    delays.push(0, 0, 20);
    const late = world.accept(to(1));
    for (let turns = 0; turns < 5; turns++) await turn();
    world.clock.advance(1);
    await late;
    await world.advance(2 * HOUR);
    const sizes = world.receiver.requests.map(({ body }) => JSON.parse(body).messages.length);
    expect(sizes).toEqual([2]);
    await world.stop();
  });

  test('stopping lets what is under way end and starts nothing more', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    world.receiver.answer(URL, 'hold');
    await world.accept(to(1), to(1));
    await world.idle();
    let stopped = false;
    const stopping = world.dispatcher.stop().then(() => {
      stopped = true;
    });
    await world.idle();
    expect(stopped).toBe(false);
    world.receiver.release(OK);
    await stopping;
    expect(world.receiver.requests).toHaveLength(1);
    expect(await world.webhooks.status(await world.webhook(id))).toMatchObject({ waiting: 1 });
    await world.stop();
  });
});

describe('a failing receiver', () => {
  test('pauses the webhook, then gets one probe, then everything', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    const { receiver } = world;
    receiver.answer(URL, failure());
    await world.accept(...chats(30));
    await world.idle();
    // Those that were under way together are one error.
    expect(receiver.requests).toHaveLength(10);
    expect((await world.webhook(id)).health.consecutiveErrors).toBe(1);
    await world.advance(5 * SECOND - 1);
    expect(receiver.requests).toHaveLength(10);
    await world.advance(1);
    expect(receiver.requests).toHaveLength(11);
    expect((await world.webhook(id)).health.consecutiveErrors).toBe(2);
    receiver.answer(URL, 'hold');
    await world.advance(15 * SECOND);
    expect(receiver.requests).toHaveLength(12);
    receiver.answer(URL, OK);
    receiver.release(OK);
    await world.idle();
    expect(receiver.requests).toHaveLength(11 + 30);
    expect((await world.webhook(id)).health.consecutiveErrors).toBe(0);
    await world.stop();
  });

  test('is told from payloads that it refuses, although those come first after a start', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    await world.dispatcher.stop();
    const named = (name: string) => (_: unknown, i: number) => ({
      chat: { id: `${name}-${i}` },
      message: { text: name },
    });
    await world.accept(...Array.from({ length: 9 }, named('refused')));
    world.clock.advance(1);
    await world.accept(...Array.from({ length: 50 }, named('taken')));
    await world.stop();
    world.receiver.answerBy(URL, (body) => (body.includes('"refused"') ? failure(400) : OK));
    await world.boot();
    await world.advance(MINUTE);
    const taken = world.receiver.requests.filter(({ ok }) => ok);
    expect(taken).toHaveLength(50);
    expect((await world.webhook(id)).enabled).toBe(true);
    await world.stop();
  });

  test('is asked for the delivery with the fewest attempts, then the oldest', async () => {
    const world = await World.create();
    await world.createWebhook();
    const { receiver, clock } = world;
    receiver.answer(URL, failure());
    await world.accept({ ...to(1), message: { text: 'failed once' } });
    await world.idle();
    for (const text of ['older', 'newer']) {
      clock.advance(SECOND);
      await world.accept({ chat: { id: text }, message: { text } });
    }
    await world.advance(MINUTE);
    const texts = receiver.requests.map(({ body }) => JSON.parse(body).message.text);
    expect(texts.slice(0, 3)).toEqual(['failed once', 'older', 'newer']);
    await world.stop();
  });

  test('begins its pauses anew when it is asked to go on at once', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    world.receiver.answer(URL, TIMEOUT);
    await world.accept(to(1));
    await world.advance(15 * HOUR);
    const before = world.receiver.requests.length;
    await world.webhooks.enable(world.workspaceId, id, 'where_it_stopped');
    await world.idle();
    expect(world.receiver.requests).toHaveLength(before + 1);
    await world.advance(5 * SECOND);
    expect(world.receiver.requests).toHaveLength(before + 2);
    await world.advance(15 * SECOND);
    expect(world.receiver.requests).toHaveLength(before + 3);
    expect((await world.webhook(id)).health.consecutiveErrors).toBe(3);
    await world.stop();
  });

  test('is given up at the 11th error in a row, some sixteen hours on', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    world.receiver.answer(URL, TIMEOUT);
    const start = world.clock.now();
    await world.accept(to(1));
    await world.advance(15 * HOUR);
    expect((await world.webhook(id)).enabled).toBe(true);
    await world.advance(2 * HOUR);
    const webhook = await world.webhook(id);
    expect(webhook).toMatchObject({ enabled: false, disabledReason: 'errors' });
    expect(((webhook.disabledAt as number) - start) / HOUR).toBeCloseTo(15.86, 1);
    expect(world.receiver.requests).toHaveLength(11);
    await world.advance(100 * HOUR);
    expect(world.receiver.requests).toHaveLength(11);
    await world.stop();
  });

  test('gets every message once it is well and the webhook has been enabled again', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook({ granularity_hours: 6 });
    world.receiver.answer(URL, TIMEOUT);
    await world.accept(to(1));
    await world.advance(30 * HOUR);
    await world.accept(to(1), to(2));
    await world.advance(7 * HOUR);
    await world.accept(to(1));
    await world.advance(7 * HOUR);
    expect(world.receiver.requests).toHaveLength(11);
    world.receiver.answer(URL, OK);
    await world.webhooks.edit(world.workspaceId, id, { enabled: true });
    await world.idle();
    expect(world.receiver.requests).toHaveLength(11 + 4);
    await world.stop();
  });

  test('asking to be left alone for an hour is left alone for an hour', async () => {
    const world = await World.create();
    await world.createWebhook();
    world.receiver.answer(URL, failure(503, { 'retry-after': '3600' }));
    await world.accept(to(1));
    await world.advance(HOUR - 1);
    expect(world.receiver.requests).toHaveLength(1);
    await world.advance(1);
    expect(world.receiver.requests).toHaveLength(2);
    await world.stop();
  });

  test('failing while the next heads are being looked up does not leave them lying', async () => {
    const delays: number[] = [];
    const world = await World.create({ delay: () => delays.shift() ?? 0 });
    await world.createWebhook({ granularity_hours: 1 });
    const { receiver, clock } = world;
    receiver.answer(URL, 'hold');
    await world.accept(to(1));
    await world.advance(HOUR / 2);
    await world.accept(to(2));
    await world.advance(HOUR / 2);
    expect(receiver.requests).toHaveLength(1);
    delays.push(30);
    clock.advance(HOUR / 2);
    receiver.release(TIMEOUT);
    receiver.answer(URL, OK);
    await world.advance(MINUTE);
    expect(receiver.requests.filter(({ ok }) => ok)).toHaveLength(2);
    await world.stop();
  });
});

describe('by hand', () => {
  test('switching off stops at once, and switching on starts from then', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook({ granularity_hours: 1 });
    const edit = (enabled: boolean) => world.webhooks.edit(world.workspaceId, id, { enabled });
    await world.accept({ ...to(1), message: { text: 'before' } });
    await edit(false);
    await world.accept({ ...to(1), message: { text: 'meanwhile' } });
    await world.advance(2 * HOUR);
    await edit(true);
    await world.accept({ ...to(1), message: { text: 'after' } });
    await world.advance(2 * HOUR);
    const [request, ...more] = world.receiver.requests;
    expect(more).toEqual([]);
    expect(JSON.parse(request?.body as string).messages).toMatchObject([{ text: 'after' }]);
    await world.stop();
  });

  test('what is under way when everything is dropped does not move the new lane', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    const edit = (enabled: boolean) => world.webhooks.edit(world.workspaceId, id, { enabled });
    world.receiver.answer(URL, 'hold');
    await world.accept({ ...to(1), message: { text: 'before' } });
    await world.idle();
    await edit(false);
    await edit(true);
    await world.accept({ ...to(1), message: { text: 'after' } });
    await world.idle();
    world.receiver.release(OK);
    await world.idle();
    world.receiver.release(OK);
    await world.idle();
    const texts = world.receiver.requests.map(({ body }) => JSON.parse(body).message.text);
    expect(texts).toEqual(['before', 'after']);
    await world.stop();
  });

  test('flushing sends the open bundles now', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook({ granularity_hours: 24 });
    await world.accept(to(1), to(1), to(2));
    expect(await world.webhooks.flush(world.workspaceId, id)).toBe(2);
    await world.idle();
    expect(world.receiver.requests).toHaveLength(2);
    await world.stop();
  });

  test('a message that comes while its lane is being closed for want of a match is not lost', async () => {
    const delays: number[] = [];
    const world = await World.create({ delay: () => delays.shift() ?? 0 });
    const { id } = await world.createWebhook({ granularity_hours: 1 });
    await world.accept({ message: { direction: 'received' } });
    const filters = { direction: 'sent' as const };
    await world.webhooks.edit(world.workspaceId, id, { filters });
    await world.idle();
    // The lane falls due; between the look at it and its closing a message comes that does match.
    delays.push(0, 0, 0, 0, 0, 0, 20);
    world.clock.advance(HOUR);
    await world.accept({ message: { direction: 'sent', text: 'just in time' } });
    await world.advance(2 * HOUR);
    const bodies = world.receiver.requests.map(({ body }) => JSON.parse(body));
    expect(bodies).toMatchObject([{ messages: [{ text: 'just in time' }] }]);
    await world.stop();
  });

  test('editing as a paced message is being written down holds up none of those behind it', async () => {
    const paced = 'https://hooks.zapier.com/hooks/1';
    const texts = [...'abcdef'];
    for (let turns = 0; turns < 24; turns++) {
      let delay = 0;
      const world = await World.create({ delay: () => delay });
      const { id } = await world.createWebhook({ target_url: paced });
      world.receiver.answer(paced, 'hold');
      await world.accept(...texts.map((text) => ({ message: { text } })));
      await world.idle();
      for (let i = 0; i < 3; i++) {
        world.receiver.release(OK);
        await world.idle();
      }
      delay = 2;
      const edited = world.webhooks.edit(world.workspaceId, id, { name: 'Another' });
      for (let i = 0; i < turns; i++) await turn();
      world.receiver.answer(paced, OK);
      world.receiver.release(OK);
      await edited;
      await world.advance(HOUR);
      const got = world.receiver.requests.map(({ body }) => JSON.parse(body).message.text);
      expect({ turns, got }).toEqual({ turns, got: texts });
      await world.stop();
    }
  });

  test('deleting a webhook ends it, with a request under way', async () => {
    const world = await World.create();
    const { id } = await world.createWebhook();
    world.receiver.answer(URL, 'hold');
    await world.accept(to(1), to(1));
    await world.idle();
    expect(await world.webhooks.remove(world.workspaceId, id)).toBe(true);
    world.receiver.release(OK);
    await world.advance(HOUR);
    expect(world.receiver.requests).toHaveLength(1);
    await world.stop();
  });
});

test('a clock set back dates the open windows anew', async () => {
  const world = await World.create();
  await world.createWebhook({ granularity_hours: 1 });
  await world.accept(to(1));
  world.clock.set(world.clock.now() - 24 * HOUR);
  await world.accept(to(2));
  await world.advance(HOUR);
  expect(world.receiver.requests).toHaveLength(2);
  await world.stop();
});

test('a clock set back a little leaves none of those lying that came before', async () => {
  const world = await World.create();
  await world.createWebhook();
  world.receiver.answer(URL, 'hold');
  await world.accept(...chats(20));
  await world.idle();
  expect(world.receiver.requests).toHaveLength(10);
  world.clock.set(world.clock.now() - 5);
  world.receiver.answer(URL, OK);
  world.receiver.release(OK);
  await world.advance(SECOND);
  expect(world.receiver.requests).toHaveLength(20);
  await world.stop();
});

test('a clock set back far does not have a failing receiver asked without pause', async () => {
  const world = await World.create();
  const { id } = await world.createWebhook();
  world.receiver.answer(URL, failure());
  await world.accept(to(1));
  await world.idle();
  world.clock.set(world.clock.now() - 48 * HOUR);
  await world.accept(to(2), to(3), to(4));
  await world.advance(MINUTE);
  const { consecutiveErrors } = (await world.webhook(id)).health;
  expect(consecutiveErrors).toBeGreaterThan(1);
  expect(world.receiver.requests).toHaveLength(consecutiveErrors);
  await world.stop();
});

test('a store that cannot be read for a while is asked again', async () => {
  const world = await World.create();
  const { id } = await world.createWebhook();
  const { webhooks } = world.store.read;
  const byIds = webhooks.byIds;
  let failures = 1;
  webhooks.byIds = (ids) => {
    if (failures-- > 0) return Promise.reject(new Error('disk I/O error'));
    return byIds.call(webhooks, ids);
  };
  world.dispatcher.changed(id);
  await world.accept(to(1));
  await world.advance(MINUTE);
  expect(failures).toBeLessThan(0);
  expect(world.receiver.requests).toHaveLength(1);
  await world.stop();
});
