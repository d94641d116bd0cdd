import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isTooOld, nextLook, switchOffEmail } from '../../src/core/outbox.ts';
import { aWebhook } from '../support/messages.ts';
import { failure, OK } from '../support/receiver.ts';
import { World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const URL = 'https://receiver.example/';

describe('an e-mail that could not be sent', () => {
  test.each([
    [1, 0, MINUTE],
    [2, MINUTE, 5 * MINUTE],
    [3, HOUR, 15 * MINUTE],
    [4, HOUR, HOUR],
    [5, HOUR, 4 * HOUR],
    [6, HOUR, 4 * HOUR],
    [500, HOUR, 4 * HOUR],
    // What is left until it is given up may be less.
    [9, 70 * HOUR, 2 * HOUR],
    // A clock set back changes nothing about the pause.
    [1, -99 * HOUR, MINUTE],
  ])('for the %i. time, %i ms old, is looked at again after %i ms', (failures, age, pause) => {
    const now = 1000 * HOUR;
    expect(nextLook(now - age, failures, now) - now).toBe(pause);
  });

  test.each([
    [-HOUR, false],
    [0, false],
    [72 * HOUR - 1, false],
    [72 * HOUR, true],
    [999 * HOUR, true],
  ])('and is %i ms old is given up: %p', (age, givenUp) => {
    expect(isTooOld(5000, 5000 + age)).toBe(givenUp);
  });
});

test('an e-mail names the host and never the path, and has a Message-ID of its own', () => {
  const webhook = aWebhook({ targetUrl: 'https://crm.example:8443/hooks/TOKEN?key=KEY', name: '' });
  const lastError = { code: 'timeout', seconds: 10 } as const;
  const email = switchOffEmail(webhook, { at: 7, errors: 11, lastError });
  expect(email.facts).toEqual({
    name: '',
    host: 'crm.example:8443',
    source: 'manual',
    zapId: null,
    at: 7,
    errors: 11,
    lastError,
  });
  expect(email.messageId).toMatch(/^<[\w-]+@[\w.]+>$/);
  expect(switchOffEmail(webhook, { at: 7, errors: 11, lastError }).messageId).not.toBe(
    email.messageId,
  );
});

describe('the outbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create();
    world.receiver.answer(URL, failure());
  });
  afterEach(async () => {
    expect(world.receiver.faults).toEqual([]);
    await world.stop();
  });

  const emails = (id: number) => world.store.read.outbox.ofWebhook(id);
  const states = async (id: number) => (await emails(id)).map(({ state }) => state);
  const switchedOff = async (given: Parameters<World['createWebhook']>[0] = {}) => {
    const { id } = await world.createWebhook({ target_url: URL, ...given });
    await world.accept({}, { chat: { id: 'other@c.us' } });
    await world.advance(30 * HOUR);
    expect(await world.webhook(id)).toMatchObject({ enabled: false, disabledReason: 'errors' });
    return id;
  };

  test('gets one e-mail each time that errors switch a webhook off', async () => {
    const id = await switchedOff({ name: 'CRM' });
    const { disabledAt } = await world.webhook(id);
    expect(await emails(id)).toMatchObject([
      {
        workspaceId: world.workspaceId,
        state: 'waiting',
        createdAt: disabledAt,
        facts: { name: 'CRM', errors: 11, lastError: { code: 'status_500' }, at: disabledAt },
      },
    ]);
    await world.webhooks.edit(world.workspaceId, id, { enabled: true });
    await world.advance(99 * HOUR);
    const [second, first] = await emails(id);
    expect([second?.state, first?.state]).toEqual(['waiting', 'cancelled']);
    expect(second?.messageId).not.toBe(first?.messageId);
  });

  test('gets none when the owner, or an unsubscription, switches it off', async () => {
    world.receiver.answer(URL, OK);
    const { id } = await world.createWebhook({ source: 'zapier', zap_id: '7' });
    await world.webhooks.edit(world.workspaceId, id, { enabled: false });
    const { subscription } = await world.webhook(id);
    await world.webhooks.unsubscribe(world.workspaceId, id, subscription);
    expect(await emails(id)).toEqual([]);
  });

  test('gets none when Zapier answers 410', async () => {
    world.receiver.answer(URL, failure(410));
    const { id } = await world.createWebhook({ source: 'zapier', zap_id: '7' });
    await world.advance(MINUTE);
    await world.accept({});
    await world.idle();
    expect(await world.webhook(id)).toMatchObject({ disabledReason: 'unsubscribed' });
    expect(await emails(id)).toEqual([]);
  });

  test('drops it when the owner enables the webhook', async () => {
    const id = await switchedOff();
    await world.webhooks.edit(world.workspaceId, id, { enabled: true });
    expect(await states(id)).toEqual(['cancelled']);
  });

  test('drops it when the Zap subscribes again', async () => {
    const zap = { source: 'zapier', zap_id: '7' } as const;
    const id = await switchedOff(zap);
    const adopted = await world.createWebhook({ ...zap, target_url: 'https://hooks.example/new' });
    expect(adopted.id).toBe(id);
    expect(await states(id)).toEqual(['cancelled']);
  });

  test('drops it when the webhook is deleted', async () => {
    const id = await switchedOff();
    await world.webhooks.remove(world.workspaceId, id);
    await world.idle();
    expect(await emails(id)).toEqual([]);
  });

  test('keeps it when something else of the webhook is changed', async () => {
    const id = await switchedOff();
    await world.webhooks.edit(world.workspaceId, id, { name: 'New', target_url: `${URL}new` });
    expect(await states(id)).toEqual(['waiting']);
  });
});
