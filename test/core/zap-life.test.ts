import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ManagedByZapError, NotSubscribedError } from '../../src/core/errors.ts';
import { gapOf, gatheredForZap, isZapGone } from '../../src/core/zap-life.ts';
import type { Webhook } from '../../src/store/rows.ts';
import type { NewWebhookInput } from '../../src/wire/webhook.ts';
import { failure, OK } from '../support/receiver.ts';
import { World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST = 'https://hooks.zapier.example/1';
/** Zapier has the answer to its subscription by then. */
const SETTLED = 3000;
const SECOND = 'https://hooks.zapier.example/2';

describe('the gap left out when a webhook is switched on again', () => {
  const off = { enabled: false, disabledAt: HOUR, disabledPosition: 7 };
  const on = { enabled: true, disabledReason: null, disabledAt: null, disabledPosition: null };

  test.each<[string, Parameters<typeof gapOf>[0], number, ReturnType<typeof gapOf>]>([
    ['none of one that is on', on, HOUR, null],
    ['none after errors, however long', { ...off, disabledReason: 'errors' }, 99 * HOUR, null],
    [
      'none of a Zap that was off for less than 15 minutes',
      { ...off, disabledReason: 'unsubscribed' },
      HOUR + 15 * MINUTE - 1,
      null,
    ],
    [
      'all that came while a Zap was off for 15 minutes or more',
      { ...off, disabledReason: 'unsubscribed' },
      HOUR + 15 * MINUTE,
      { after: 7, upTo: 9 },
    ],
    [
      'all that came while its owner had it off',
      { ...off, disabledReason: 'owner' },
      2 * HOUR,
      { after: 7, upTo: 9 },
    ],
    [
      'none where the clock went back meanwhile',
      { ...off, disabledReason: 'unsubscribed' },
      0,
      null,
    ],
  ])('is %s', (_what, webhook, now, gap) => {
    expect(gapOf(webhook, now, 9)).toEqual(gap);
  });
});

describe('that a Zap is gone', () => {
  const zap = { source: 'zapier' as const, subscribedAt: HOUR };

  test.each([
    ['410, a minute after it subscribed', zap, 410, HOUR + MINUTE, true],
    ['no 410 before, when Zapier may not know of it yet', zap, 410, HOUR + MINUTE - 1, false],
    ['no other answer', zap, 404, 9 * HOUR, false],
    ['no missing answer', zap, undefined, 9 * HOUR, false],
    [
      'no 410 of a webhook made by hand',
      { ...zap, source: 'manual' as const },
      410,
      9 * HOUR,
      false,
    ],
  ])('is said by %s', (_what, webhook, status, startedAt, gone) => {
    expect(isZapGone(webhook, status, startedAt)).toBe(gone);
  });
});

describe('a Zap', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create();
  });
  afterEach(async () => {
    expect(world.receiver.faults).toEqual([]);
    await world.stop();
  });

  /** Subscribes, and lets Zapier take note of it. */
  const subscribe = async (given: Partial<NewWebhookInput> = {}) => {
    const zap = { source: 'zapier' as const, zap_id: '7', target_url: FIRST };
    const webhook = await world.createWebhook({ ...zap, ...given });
    await world.advance(SETTLED);
    return webhook;
  };
  /** Unsubscribes: from the subscription in force, unless another is given. */
  const switchOff = async ({ id }: Webhook, subscription?: string) => {
    const inForce = (await world.webhook(id)).subscription;
    return world.webhooks.unsubscribe(world.workspaceId, id, subscription ?? inForce);
  };
  const send = (...texts: string[]) =>
    world.accept(...texts.map((text) => ({ message: { text } })));
  const textsAt = (url: string): string[] =>
    world.receiver.requests
      .filter((request) => request.url === url && request.ok)
      .flatMap(({ body }) => {
        const { message, messages = [message] } = JSON.parse(body);
        return messages.map(({ text }: { text: string }) => text);
      });

  test('that is switched off and on keeps its webhook, its secret and what was gathered', async () => {
    const made = await subscribe({ granularity_hours: 1 });
    await send('before');
    await world.advance(10 * MINUTE);
    await switchOff(made);
    await send('in between');
    await world.advance(10 * MINUTE);
    const again = await subscribe({ granularity_hours: 6, target_url: SECOND });
    expect(again).toMatchObject({
      id: made.id,
      secret: made.secret,
      enabled: true,
      granularityHours: 6,
      targetUrl: SECOND,
    });
    await send('after');
    await world.advance(6 * HOUR);
    expect(textsAt(FIRST)).toEqual([]);
    expect(textsAt(SECOND)).toEqual(['before', 'in between', 'after']);
    expect(world.receiver.requests).toHaveLength(1);
  });

  test.each([0, 1] as const)(
    'that was off twice leaves out both gaps (granularity %i)',
    async (hours) => {
      world.receiver.answer(FIRST, failure());
      const made = await subscribe({ granularity_hours: hours });
      await send('first', 'second');
      await world.idle();
      await switchOff(made);
      await world.advance(HOUR);
      await send('left out');
      await world.advance(1);
      await subscribe({ granularity_hours: hours });
      await send('third');
      await world.idle();
      await switchOff(made);
      await world.advance(1);
      await send('left out too');
      await world.advance(HOUR);
      await subscribe({ granularity_hours: hours, target_url: SECOND });
      await send('fourth', 'fifth');
      await world.advance(HOUR + 2 * MINUTE);
      expect(textsAt(SECOND)).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
      const { waiting } = await world.webhooks.status(await world.webhook(made.id));
      expect(waiting).toBe(0);
      expect(await world.store.read.lanes.firstPosition(made.id)).toBeNull();
    },
  );

  test('tells with how many messages it will go on, off for short or for long', async () => {
    const made = await subscribe({ granularity_hours: 1 });
    await send('before');
    await switchOff(made);
    await send('in between');
    const gathered = async () =>
      gatheredForZap(world.store.read, await world.webhook(made.id), world.clock.now(), 10);
    expect(await gathered()).toBe(2);
    await world.advance(15 * MINUTE);
    expect(await gathered()).toBe(1);
    await subscribe({ granularity_hours: 1 });
    const { waiting } = await world.webhooks.status(await world.webhook(made.id));
    expect(waiting).toBe(1);
  });

  test('that was off for long is not sent chats that were written in only meanwhile', async () => {
    const made = await subscribe();
    await switchOff(made);
    await world.advance(HOUR);
    await send('left out');
    await world.advance(1);
    await subscribe();
    await world.idle();
    expect(textsAt(FIRST)).toEqual([]);
    await send('now');
    await world.idle();
    expect(textsAt(FIRST)).toEqual(['now']);
  });

  test('whose webhook was switched off by errors catches up on everything', async () => {
    world.receiver.answer(FIRST, failure());
    const made = await subscribe();
    await send('first');
    await world.advance(24 * HOUR);
    expect(await world.webhook(made.id)).toMatchObject({ disabledReason: 'errors' });
    await send('second');
    await world.advance(HOUR);
    await switchOff(made);
    world.receiver.answer(FIRST, OK);
    await world.advance(MINUTE);
    const { health } = await subscribe();
    expect(health.consecutiveErrors).toBe(0);
    await world.idle();
    expect(textsAt(FIRST)).toEqual(['first', 'second']);
  });

  test('that answers 410 is off: nothing is tried again until it subscribes', async () => {
    world.receiver.answer(FIRST, failure(410));
    const made = await subscribe();
    await world.advance(MINUTE);
    await send('first');
    await world.idle();
    const dormant = await world.webhook(made.id);
    expect(dormant).toMatchObject({ enabled: false, disabledReason: 'unsubscribed' });
    expect(dormant.health.consecutiveErrors).toBe(0);
    const [last] = await world.store.read.history.activities(made.id);
    expect(last).toMatchObject({ action: 'disabled', facts: { kind: 'zap_gone' } });
    await world.advance(HOUR);
    expect(world.receiver.requests).toHaveLength(1);
    await subscribe({ target_url: SECOND });
    await world.idle();
    expect(textsAt(SECOND)).toEqual(['first']);
  });

  test('is not switched off by a 410 that its former address gives late', async () => {
    world.receiver.answer(FIRST, 'hold');
    const made = await subscribe();
    await send('first');
    await world.idle();
    await switchOff(made);
    await subscribe({ target_url: SECOND });
    world.receiver.release(failure(410));
    await world.advance(MINUTE);
    expect(await world.webhook(made.id)).toMatchObject({ enabled: true, targetUrl: SECOND });
    expect(textsAt(SECOND)).toEqual(['first']);
  });

  test('is not switched off by an unsubscription that comes late', async () => {
    const made = await subscribe();
    const again = await subscribe({ target_url: SECOND });
    expect(again.subscription).not.toBe(made.subscription);
    expect(await switchOff(made, made.subscription)).toMatchObject({ enabled: true });
    await send('first');
    await world.idle();
    expect(textsAt(SECOND)).toEqual(['first']);
    expect(await switchOff(made, again.subscription)).toMatchObject({ enabled: false });
  });

  test('whose answer to subscribe got lost has one webhook all the same', async () => {
    await subscribe();
    await subscribe();
    await subscribe({ target_url: SECOND });
    await send('first');
    await world.idle();
    expect(world.receiver.requests.map(({ url }) => url)).toEqual([SECOND]);
  });

  test('has a webhook for each of its triggers, one of them on, and another Zap has its own', async () => {
    const ids = [
      await subscribe({ granularity_hours: 0 }),
      await subscribe({ granularity_hours: 1 }),
      await subscribe({ granularity_hours: 24 }),
      await subscribe({ zap_id: '8' }),
      await world.createWebhook({ target_url: FIRST }),
    ].map(({ id }) => id);
    expect(ids).toEqual([1, 2, 2, 3, 4]);
    expect((await world.webhook(1)).disabledReason).toBe('unsubscribed');
  });

  test('that does not say who it is has a webhook of its own each time', async () => {
    const { zapId, id } = await world.createWebhook({ source: 'zapier', target_url: FIRST });
    expect(zapId).toBeNull();
    expect((await world.createWebhook({ source: 'zapier', target_url: FIRST })).id).not.toBe(id);
  });

  test.each([
    [{ target_url: SECOND }, 'target_url'],
    [{ granularity_hours: 6 as const }, 'granularity_hours'],
    [{ filters: { direction: 'sent' as const } }, 'filters'],
  ])('is the one to change %j of its webhook', async (edit, field) => {
    const { id } = await subscribe();
    const refused = world.webhooks.edit(world.workspaceId, id, edit);
    await expect(refused).rejects.toThrow(ManagedByZapError);
    await expect(refused).rejects.toMatchObject({ field });
  });

  test('leaves its webhook’s name and switch to the owner', async () => {
    const { id } = await subscribe();
    const edit = { name: 'To the sheet', target_url: FIRST, enabled: false };
    expect(await world.webhooks.edit(world.workspaceId, id, edit)).toMatchObject({
      name: 'To the sheet',
      disabledReason: 'owner',
    });
    await world.webhooks.edit(world.workspaceId, id, { enabled: true });
    await switchOff(await world.webhook(id));
    await expect(world.webhooks.edit(world.workspaceId, id, { enabled: true })).rejects.toThrow(
      'switch it on in Zapier',
    );
  });

  test('cannot unsubscribe from a webhook made by hand', async () => {
    const made = await world.createWebhook();
    await expect(switchOff(made)).rejects.toThrow(NotSubscribedError);
  });

  test.each([800, 3_600_000, 48 * HOUR])(
    'loses nothing that comes after it is on again when the clock steps back by %i ms',
    async (back) => {
      const made = await subscribe();
      await switchOff(made);
      await send('left out');
      await world.advance(2 * HOUR);
      await subscribe();
      // Messages come in at the earlier time, and the clock has gone on before anyone looks.
      world.clock.set(world.clock.now() - back);
      await send('after');
      world.clock.advance(500);
      await send('and later');
      await world.advance(MINUTE);
      expect(textsAt(FIRST)).toEqual(['after', 'and later']);
    },
  );

  test('keeps what it had gathered when the clock stepped back before it was switched off', async () => {
    const made = await subscribe({ granularity_hours: 1 });
    await send('gathered');
    world.clock.set(world.clock.now() - 2 * HOUR);
    await switchOff(made);
    await send('left out');
    await world.advance(HOUR);
    await subscribe({ granularity_hours: 1 });
    await world.advance(4 * HOUR);
    expect(textsAt(FIRST)).toEqual(['gathered']);
  });

  test('sends a sealed bundle whole, whatever gaps and clocks say', async () => {
    world.receiver.answer(FIRST, failure());
    const made = await subscribe({ granularity_hours: 1 });
    await send('a');
    await world.advance(30 * MINUTE);
    await send('b');
    await world.advance(40 * MINUTE);
    world.clock.set(world.clock.now() - 50 * MINUTE);
    await switchOff(made);
    await world.advance(30 * MINUTE);
    world.receiver.answer(FIRST, OK);
    world.receiver.forgive(FIRST);
    await subscribe({ granularity_hours: 1 });
    await world.advance(3 * HOUR);
    expect(textsAt(FIRST)).toEqual(['a', 'b']);
    const ids = world.receiver.requests.filter(({ ok }) => ok).map(({ id }) => id);
    expect(ids).toHaveLength(1);
  });

  test('gets its first delivery only when it has had time to note its subscription', async () => {
    const made = await subscribe({ granularity_hours: 0 });
    await switchOff(made);
    await send('waiting');
    await world.createWebhook({ source: 'zapier', zap_id: '7', target_url: FIRST });
    await world.advance(SETTLED - 1);
    expect(textsAt(FIRST)).toEqual([]);
    await world.advance(1);
    expect(textsAt(FIRST)).toEqual(['waiting']);
  });

  test('that answers 410 right after it subscribed is asked again', async () => {
    world.receiver.answer(FIRST, failure(410));
    const made = await subscribe();
    await send('first');
    await world.idle();
    expect((await world.webhook(made.id)).enabled).toBe(true);
    world.receiver.answer(FIRST, OK);
    await world.advance(10_000);
    expect(textsAt(FIRST)).toEqual(['first']);
  });

  test('is not switched off by a late 410 even where its address stays the same', async () => {
    const made = await subscribe();
    await world.advance(HOUR);
    world.receiver.answer(FIRST, 'hold');
    await send('first');
    await world.idle();
    await switchOff(made);
    await subscribe();
    world.receiver.answer(FIRST, OK);
    world.receiver.release(failure(410));
    await world.idle();
    world.receiver.faults.length = 0;
    await world.advance(MINUTE);
    world.receiver.faults.length = 0;
    expect((await world.webhook(made.id)).enabled).toBe(true);
    expect(textsAt(FIRST)).toEqual(['first']);
  });

  test('that changed its trigger gets nothing by the one it had, though it never unsubscribed', async () => {
    await subscribe({ granularity_hours: 0 });
    await subscribe({ granularity_hours: 1, target_url: SECOND });
    await send('hello');
    await world.advance(HOUR);
    expect([textsAt(FIRST), textsAt(SECOND)]).toEqual([[], ['hello']]);
  });

  test('leaves the name that its owner gave the webhook', async () => {
    const { id } = await subscribe();
    await world.webhooks.edit(world.workspaceId, id, { name: 'To the sheet' });
    await subscribe();
    expect((await world.webhook(id)).name).toBe('To the sheet');
  });

  test('cannot end the subscription of another Zap', async () => {
    const made = await subscribe();
    expect(await switchOff(made, 'sub_of-another-server')).toMatchObject({ enabled: true });
  });

  test('gets, in order and once, whatever did not come during a gap', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'message' as const }),
      fc.record({ kind: fc.constant('off' as const), minutes: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
      fc.constant({ kind: 'crash' as const }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(0 as const, 1 as const),
        async (steps, hours) => {
          const own = await World.create();
          const zap = { source: 'zapier' as const, zap_id: '7', target_url: FIRST };
          const { id } = await own.createWebhook({ ...zap, granularity_hours: hours });
          const wanted: string[] = [];
          let n = 0;
          const say = async () => {
            n += 1;
            await own.accept({ message: { text: `${n}`, message_id: `m${n}` } });
            return `${n}`;
          };
          for (const one of steps) {
            if (one.kind === 'message') wanted.push(await say());
            else if (one.kind === 'pass') await own.advance(one.minutes * MINUTE);
            else if (one.kind === 'crash') {
              await own.idle();
              await own.crash();
              await own.boot();
            } else {
              await own.idle();
              const { subscription } = await own.webhook(id);
              await own.webhooks.unsubscribe(own.workspaceId, id, subscription);
              await own.advance(1);
              const between = await say();
              if (one.minutes < 15) wanted.push(between);
              await own.advance(one.minutes * MINUTE);
              await own.createWebhook({ ...zap, granularity_hours: hours });
            }
          }
          await own.advance(2 * HOUR);
          const got = own.receiver.requests.flatMap(({ body }) => {
            const { message, messages = [message] } = JSON.parse(body);
            return messages.map(({ text }: { text: string }) => text);
          });
          expect(got).toEqual(wanted);
          await own.stop();
        },
      ),
      { numRuns: 60 },
    );
  });
});
