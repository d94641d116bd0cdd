import { describe, expect, test } from '@jest/globals';
import { BLAMELESS, blameAfter, mustPark } from '../../src/core/parking.ts';
import { failure, OK, TIMEOUT } from '../support/receiver.ts';
import { World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const URL = 'https://receiver.example/';

describe('blame', () => {
  /** Fails every 10 minutes, with or without a success of another delivery 1 minute after. */
  function after(failures: number, succeedsBetween: boolean, attempt = failure(500)) {
    let blame = BLAMELESS;
    let lastSuccessAt: number | null = null;
    for (let n = 0; n < failures; n += 1) {
      const at = n * 10 * MINUTE;
      blame = blameAfter(blame, attempt, at, lastSuccessAt);
      if (succeedsBetween) lastSuccessAt = at + MINUTE;
    }
    return mustPark(blame, lastSuccessAt, failures * 10 * MINUTE);
  }

  test.each([
    [7, true, failure(500), false],
    [8, true, failure(500), true],
    [8, true, failure(400), true],
    [8, true, failure(302), true],
    [99, true, failure(429), false],
    [99, true, failure(503), false],
    [99, true, TIMEOUT, false],
    [99, false, failure(500), false],
  ])('after %i failures (others succeed: %p) with %j parks: %p', (n, others, attempt, parks) => {
    expect(after(n, others, attempt)).toBe(parks);
  });

  test('is not enough within an hour', () => {
    const blame = { attempts: 7, since: 0, last: 30 * MINUTE };
    expect(mustPark(blame, 31 * MINUTE, HOUR - 1)).toBe(false);
    expect(mustPark(blame, 31 * MINUTE, HOUR)).toBe(true);
  });

  test('wants the success to be later than the failure', () => {
    const blame = { attempts: 7, since: 0, last: 2 * HOUR };
    expect(mustPark(blame, 2 * HOUR, 9 * HOUR)).toBe(false);
    expect(mustPark(blame, null, 9 * HOUR)).toBe(false);
  });
});

describe('a payload that its receiver never takes', () => {
  const poison = { chat: { id: 'poison' } };
  const healthy = { chat: { id: 'healthy' } };

  /** A receiver that fails whatever holds this text, and takes the rest. */
  async function choosy(hours: 0 | 1 = 0) {
    const world = await World.create();
    const webhook = await world.createWebhook({ granularity_hours: hours });
    world.receiver.answerBy(URL, (body) => (body.includes('POISON') ? failure(422) : OK));
    return { world, webhook };
  }

  const texts = (world: World) =>
    world.receiver.requests
      .filter(({ ok }) => ok)
      .flatMap(({ body }) => {
        const { message, messages = [message] } = JSON.parse(body);
        return messages.map(({ text }: { text: string }) => text);
      })
      .filter((text: string) => text !== 'fine');

  /** Lets days pass, another chat's message succeeding every so often. */
  async function pass(world: World, hours: number) {
    for (let minutes = 0; minutes < hours * 60; minutes += 10) {
      await world.accept({ ...healthy, message: { text: 'fine' } });
      await world.advance(10 * MINUTE);
    }
  }

  test.each([0, 1] as const)(
    'is set aside, and its chat goes on (granularity %i)',
    async (hours) => {
      const { world, webhook } = await choosy(hours);
      await world.accept({ ...poison, message: { text: 'POISON' } });
      await world.advance(hours * HOUR);
      await world.accept({ ...poison, message: { text: 'after' } });
      await pass(world, 40 + 40 * hours);
      const [parked, ...others] = await world.store.read.parked.list(webhook.id, 10);
      expect(others).toEqual([]);
      expect(parked).toMatchObject({ firstSeq: 1, lastSeq: 1, error: { code: 'status_422' } });
      expect(parked?.attempts).toBeGreaterThanOrEqual(8);
      expect(texts(world)).toEqual(['after']);
      expect((await world.webhook(webhook.id)).enabled).toBe(true);
      const activities = await world.store.read.history.activities(webhook.id);
      expect(activities.length).toBeGreaterThan(0);
      await world.stop();
    },
  );

  test('is set aside all the same when it was asked to go on at once, and by hand before it is tried', async () => {
    const { world, webhook } = await choosy();
    await world.accept({ ...poison, message: { text: 'POISON' } });
    const resume = () => world.webhooks.enable(world.workspaceId, webhook.id, 'where_it_stopped');
    await pass(world, 1);
    await resume();
    await pass(world, 40);
    const [parked] = await world.store.read.parked.list(webhook.id, 10);
    expect(parked?.attempts).toBeGreaterThanOrEqual(7);
    await world.accept({ ...poison, message: { text: 'POISON too' } });
    await world.advance(MINUTE);
    await resume();
    await world.redelivery.park(world.workspaceId, webhook.id, parked?.chatId as number);
    await world.idle();
    const [byHand] = await world.store.read.parked.list(webhook.id, 10);
    expect(byHand).toMatchObject({ firstSeq: 2, error: { code: 'status_422' } });
    expect(byHand?.attempts).toBeGreaterThan(0);
    await world.stop();
  });

  test('can be sent again, under the same id, once its receiver takes it', async () => {
    const { world, webhook } = await choosy();
    await world.accept({ ...poison, message: { text: 'POISON' } });
    await pass(world, 40);
    const { requests } = world.receiver;
    const id = requests.find(({ body }) => body.includes('POISON'))?.id;
    const [parked] = await world.store.read.parked.list(webhook.id, 10);
    const resend = () =>
      world.redelivery.resend(world.workspaceId, webhook.id, parked?.id as number);
    expect(await resend()).toMatchObject({
      logged: { response: { status: 422 } },
      error: { code: 'status_422' },
    });
    expect(await world.store.read.parked.list(webhook.id, 10)).toEqual([parked]);
    world.clock.advance(MINUTE);
    world.receiver.answer(URL, OK);
    expect(await resend()).toMatchObject({
      logged: { response: { status: 200 } },
      error: null,
    });
    expect(requests.at(-1)?.id).toBe(id);
    expect(await world.store.read.parked.list(webhook.id, 10)).toEqual([]);
    expect(await resend()).toBeNull();
    const { health, lastSuccessAt } = await world.webhook(webhook.id);
    expect(health.consecutiveErrors).toBe(0);
    expect(lastSuccessAt).toBe(world.clock.now());
    await world.stop();
  });

  test('can be set aside by hand while it fails, and discarded', async () => {
    const { world, webhook } = await choosy();
    await world.accept({ ...poison, message: { text: 'POISON' } }, poison, healthy);
    await world.advance(MINUTE);
    const [{ chatId } = { chatId: 0 }] = await world.store.read.lanes.page(webhook.id, 0, 1);
    const park = (chat: number) => world.redelivery.park(world.workspaceId, webhook.id, chat);
    expect(await park(chatId)).toBe(true);
    await world.advance(MINUTE);
    const [parked] = await world.store.read.parked.list(webhook.id, 10);
    expect(parked).toMatchObject({ chatId, firstSeq: 1 });
    expect(world.receiver.requests.at(-1)).toMatchObject({ ok: true });
    await expect(park(chatId)).rejects.toThrow('No delivery of this chat has failed');
    const discard = () =>
      world.redelivery.discard(world.workspaceId, webhook.id, parked?.id as number);
    expect([await discard(), await discard()]).toEqual([true, false]);
    expect(await world.store.read.parked.list(webhook.id, 10)).toEqual([]);
    await world.stop();
  });
});
