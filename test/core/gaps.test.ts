import { expect, test } from '@jest/globals';
import { failure, OK } from '../support/receiver.ts';
import { World } from '../support/world.ts';

// What came while a Zap was off is not for it, and stays so where a delivery that lies over it fails.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const target_url = 'https://hooks.zapier.example/1';

/** A Zap that is switched on and off. */
async function aZap(granularity_hours: 0 | 1) {
  const world = await World.create();
  const zap = { source: 'zapier', zap_id: '7', target_url, granularity_hours } as const;
  const subscribe = () => world.createWebhook(zap);
  const switchOn = async () => {
    const { id } = await subscribe();
    await world.advance(3000);
    return id;
  };
  const id = await switchOn();
  const switchOff = async () => {
    const { subscription } = await world.webhook(id);
    await world.webhooks.unsubscribe(world.workspaceId, id, subscription);
  };
  const say = (text: string) => world.accept({ message: { text } });
  const got = () =>
    world.receiver.requests.map(({ id, body, ok }) => {
      const { message, messages = [message] } = JSON.parse(body);
      return { id, ok, texts: messages.map(({ text }: { text: string }) => text).join() };
    });
  return { world, id, subscribe, switchOn, switchOff, say, got };
}

/** A bundle that lies over what is left out, and has failed. */
async function aFailedBundle() {
  const zap = await aZap(1);
  const { world, switchOn, switchOff, say } = zap;
  await say('one');
  await world.advance(MINUTE);
  await switchOff();
  await say('left out');
  await world.advance(20 * MINUTE);
  await switchOn();
  await say('two');
  world.receiver.answer(target_url, failure());
  await world.advance(40 * MINUTE);
  return zap;
}

test('a single that fails behind what is left out is sent again itself', async () => {
  const { world, subscribe, switchOff, say, got } = await aZap(0);
  world.receiver.answer(target_url, 'hold');
  await say('one');
  await world.idle();
  await switchOff();
  await say('left out');
  world.receiver.release(OK);
  await world.idle();
  await world.advance(HOUR);
  world.receiver.answer(target_url, failure());
  await subscribe();
  // Before anyone has looked where the lane stands.
  await say('two');
  await world.advance(3000);
  world.receiver.answer(target_url, OK);
  await world.advance(HOUR);
  expect(got().map(({ texts, ok }) => `${texts} ${ok}`)).toEqual([
    'one true',
    'two false',
    'two true',
  ]);
  await world.stop();
});

test('a bundle over what is left out is the same each time it is sent', async () => {
  const { world, got } = await aFailedBundle();
  world.receiver.answer(target_url, OK);
  await world.advance(HOUR);
  expect(got().length).toBeGreaterThan(2);
  expect(new Set(got().map(({ id, texts }) => `${id} ${texts}`)).size).toBe(1);
  expect(got().at(-1)).toMatchObject({ texts: 'one,two', ok: true });
  await world.stop();
});

test('a bundle that was set aside leaves out the same when it is sent by hand, however late', async () => {
  const { world, id, switchOn, switchOff, got } = await aFailedBundle();
  const { store, workspaceId, webhooks, redelivery } = world;
  const [lane] = await store.read.lanes.page(id, 0, 10);
  expect(await redelivery.park(workspaceId, id, Number(lane?.chatId))).toBe(true);
  world.receiver.answer(target_url, OK);
  await webhooks.edit(workspaceId, id, { enabled: true });
  await world.advance(HOUR);
  // No lane has to pass the gap any more when the Zap is switched off and on again.
  await switchOff();
  await world.advance(HOUR);
  await switchOn();
  const [parked] = await store.read.parked.list(id, 10);
  await redelivery.resend(workspaceId, id, Number(parked?.id));
  expect(new Set(got().map(({ id, texts }) => `${id} ${texts}`)).size).toBe(1);
  expect(got().at(-1)).toMatchObject({ texts: 'one,two', ok: true });
  await world.stop();
});
