import { beforeEach, describe, expect, test } from '@jest/globals';
import { activitySentence } from '../../src/core/activity-sentence.ts';
import { InvalidTargetUrlError, WebhookDisabledError } from '../../src/core/errors.ts';
import { HEALTHY } from '../../src/core/health.ts';
import { WebhookActions, type WebhookEdit } from '../../src/core/webhooks.ts';
import type { Webhook } from '../../src/store/rows.ts';
import type { Store } from '../../src/store/store.ts';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';
import { hasValidSignature } from '../../src/wire/signature.ts';
import { newWebhookSchema } from '../../src/wire/webhook.ts';
import { carryOut } from '../support/carry-out.ts';
import { appendAll, received } from '../support/chat-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aLane } from '../support/messages.ts';
import { failure, Receiver } from '../support/receiver.ts';
import { emptyStore } from '../support/stores.ts';

const HOUR = 3_600_000;
const URL = 'https://receiver.example/hook';

let store: Store;
let clock: ManualClock;
let receiver: Receiver;
let actions: WebhookActions;
let changed: number[];

beforeEach(async () => {
  store = await emptyStore();
  clock = new ManualClock(100 * HOUR);
  receiver = new Receiver(() => clock.now());
  changed = [];
  const tell = (id: number) => changed.push(id);
  actions = new WebhookActions({ store, clock, sender: receiver.sender(), changed: tell });
});

const create = (given: object = {}) =>
  actions.create(1, newWebhookSchema.parse({ target_url: URL, granularity_hours: 6, ...given }));

const stored = async (id: number) => (await store.read.webhooks.get(1, id)) as Webhook;
const activity = async (id: number) =>
  (await store.read.history.activities(id)).map(
    ({ action, facts }) => `${action}: ${activitySentence(facts, 'en')}`,
  );

/** A chat with messages, and the webhook's lane in it. */
async function laneOf({ id }: Webhook, given: object = {}) {
  const { chat } = await appendAll(store, [received(99 * HOUR), received(99.5 * HOUR)]);
  const lane = aLane({
    webhookId: id,
    chatId: chat.id,
    openedAt: 99 * HOUR,
    dueAt: 105 * HOUR,
    ...given,
  });
  await store.transaction(async (tx) => {
    await tx.lanes.open([lane]);
    await tx.lanes.save(lane);
  });
  const now = async () => {
    await carryOut(store, id, clock.now());
    return store.read.lanes.get(id, chat.id);
  };
  return { lane, now };
}

const sealed = { attempts: 2, seal: { lastSeq: 1, shape: 'bundle', direction: null } };

async function fail(webhook: Webhook, change: object) {
  const health = { consecutiveErrors: 4, lastErrorAt: 1, pausedUntil: 200 * HOUR };
  return store.transaction((tx) => tx.webhooks.change(webhook, { health, ...change }));
}

describe('creating', () => {
  test('gives a secret, starts healthy and tells the dispatcher', async () => {
    const webhook = await create({ name: 'CRM', filters: { direction: 'sent' } });
    expect(webhook.secret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(await stored(webhook.id)).toEqual(webhook);
    expect(webhook).toMatchObject({ enabled: true, health: HEALTHY, createdAt: 100 * HOUR });
    expect(changed).toEqual([webhook.id]);
    expect((await create()).secret).not.toBe(webhook.secret);
  });

  test.each([
    ['not a url', 'is not a URL'],
    ['', 'is not a URL'],
    ['//receiver.example', 'is not a URL'],
    ['ftp://receiver.example/', 'Only http and https'],
    ['javascript:alert(1)', 'Only http and https'],
    ['https://user:secret@receiver.example/', 'user name or password'],
  ])('refuses %j', async (target_url, why) => {
    await expect(create({ target_url })).rejects.toThrow(InvalidTargetUrlError);
    await expect(create({ target_url })).rejects.toThrow(why);
  });
});

describe('editing', () => {
  test('changes what is given and notes it, and nothing where nothing changes', async () => {
    const { id } = await create();
    const edit: WebhookEdit = { name: 'CRM', filters: { direction: 'sent' } };
    await actions.edit(1, id, edit);
    await actions.edit(1, id, edit);
    expect(await stored(id)).toMatchObject({ name: 'CRM', filters: { direction: 'sent' } });
    expect(await activity(id)).toEqual(['edited: Changed filters, name']);
  });

  test('refuses a URL that is none, and knows no webhook of another workspace', async () => {
    const { id } = await create();
    await expect(actions.edit(1, id, { target_url: 'nonsense' })).rejects.toThrow(
      InvalidTargetUrlError,
    );
    expect(await actions.edit(2, id, { name: 'stolen' })).toBeNull();
    expect(await actions.edit(1, 999, { name: 'nobody' })).toBeNull();
    expect((await stored(id)).name).toBe('');
  });

  test('a new URL clears the errors and ends the pauses', async () => {
    const webhook = await create();
    await fail(webhook, {});
    const { now } = await laneOf(webhook, sealed);
    await actions.edit(1, webhook.id, { target_url: 'https://new.example/' });
    expect((await stored(webhook.id)).health).toEqual(HEALTHY);
    expect(await now()).toMatchObject({ dueAt: 100 * HOUR, seal: sealed.seal });
  });

  test('a new name clears nothing', async () => {
    const webhook = await create();
    await fail(webhook, {});
    await actions.edit(1, webhook.id, { name: 'new', target_url: URL });
    expect((await stored(webhook.id)).health.consecutiveErrors).toBe(4);
  });

  test('a new granularity dates the open bundles anew, not those being retried', async () => {
    const webhook = await create();
    const open = await laneOf(webhook);
    await actions.edit(1, webhook.id, { granularity_hours: 24 });
    expect(await open.now()).toMatchObject({ dueAt: 123 * HOUR });
    await store.transaction((tx) => tx.lanes.save({ ...open.lane, ...(sealed as object) }));
    await actions.edit(1, webhook.id, { granularity_hours: 1 });
    expect(await open.now()).toMatchObject({ dueAt: 105 * HOUR });
  });

  test('leaving "don’t aggregate" keeps heads that may be under way as single messages', async () => {
    const webhook = await create({ granularity_hours: 0 });
    const { lane, now } = await laneOf(webhook, { dueAt: 99 * HOUR });
    await actions.edit(1, webhook.id, { granularity_hours: 24 });
    const seal = { lastSeq: lane.nextSeq, shape: 'single', direction: null };
    expect(await now()).toEqual({ ...lane, seal });
  });

  test('a new granularity does not hold back what was flushed', async () => {
    const webhook = await create();
    const { now } = await laneOf(webhook);
    await actions.flush(1, webhook.id);
    await actions.edit(1, webhook.id, { granularity_hours: 24 });
    expect((await now())?.dueAt).toBeLessThanOrEqual(100 * HOUR);
  });
});

describe('switching off and on', () => {
  test('off keeps the lanes; on after the owner’s own switch starts from now', async () => {
    const webhook = await create();
    const { now, lane } = await laneOf(webhook);
    await actions.edit(1, webhook.id, { enabled: false });
    expect(await stored(webhook.id)).toMatchObject({
      enabled: false,
      disabledReason: 'owner',
      disabledAt: 100 * HOUR,
    });
    expect(await now()).toEqual(lane);
    await actions.edit(1, webhook.id, { enabled: true });
    expect(await now()).toBeNull();
    expect(await stored(webhook.id)).toEqual(webhook);
    expect(await activity(webhook.id)).toEqual([
      'enabled: Switched on, starting from now; 2 messages that waited will not be sent',
      'disabled: Switched off by hand',
    ]);
  });

  test('on after errors goes on where it stopped, at once and with a clear count', async () => {
    const webhook = await create();
    const off = { enabled: false, disabledReason: 'errors', disabledAt: 1 };
    await fail(webhook, off);
    const { now } = await laneOf(webhook, sealed);
    await actions.edit(1, webhook.id, { enabled: true });
    expect(await now()).toMatchObject({ nextSeq: 1, dueAt: 100 * HOUR });
    expect((await stored(webhook.id)).health).toEqual(HEALTHY);
    expect(await activity(webhook.id)).toEqual(['enabled: Switched on, going on where it stopped']);
  });

  test('while it pauses goes on at once, its lanes’ pauses begin anew, and nobody says it was off', async () => {
    const webhook = await create();
    await fail(webhook, {});
    const blame = { attempts: 5, since: 1, last: 2 };
    const { lane, now } = await laneOf(webhook, { ...sealed, blame });
    await actions.enable(1, webhook.id, 'where_it_stopped');
    expect(await now()).toEqual({ ...lane, dueAt: 100 * HOUR, attempts: 0 });
    expect((await stored(webhook.id)).health).toEqual(HEALTHY);
    expect(await activity(webhook.id)).toEqual(['enabled: Tried again at once']);
  });

  test('switching on what is on changes nothing', async () => {
    const webhook = await create();
    await fail(webhook, {});
    await actions.edit(1, webhook.id, { enabled: true });
    expect((await stored(webhook.id)).health.consecutiveErrors).toBe(4);
    expect(await activity(webhook.id)).toEqual([]);
  });
});

describe('flushing', () => {
  test('makes open bundles due now and says how many', async () => {
    const webhook = await create();
    const { now } = await laneOf(webhook);
    expect(await actions.flush(1, webhook.id)).toBe(1);
    expect(await now()).toMatchObject({ dueAt: 100 * HOUR });
    expect(await actions.flush(1, webhook.id)).toBe(0);
  });

  test('leaves what is being retried its pause', async () => {
    const webhook = await create();
    const { now } = await laneOf(webhook, sealed);
    expect(await actions.flush(1, webhook.id)).toBe(0);
    expect(await now()).toMatchObject({ dueAt: 105 * HOUR });
  });

  test('is refused where the webhook is off, and null where there is none', async () => {
    const { id } = await create({ enabled: false });
    await expect(actions.flush(1, id)).rejects.toThrow(WebhookDisabledError);
    expect(await actions.flush(1, 999)).toBeNull();
  });
});

describe('removing', () => {
  test('takes lanes and logs along', async () => {
    const webhook = await create();
    const { now } = await laneOf(webhook);
    await actions.test(1, webhook.id);
    expect(await actions.remove(1, webhook.id)).toBe(true);
    expect(await now()).toBeNull();
    expect(await activity(webhook.id)).toEqual([]);
    expect(await store.read.history.requests(webhook.id)).toEqual([]);
    expect(await actions.remove(1, webhook.id)).toBe(false);
  });
});

describe('a test', () => {
  test.each([
    [0, singleSample],
    [6, bundleSample],
  ])('of a webhook for %i hours sends the sample, signed, and logs it', async (hours, sample) => {
    const { id, secret } = await create({ granularity_hours: hours });
    const tried = await actions.test(1, id);
    const [request] = receiver.requests;
    expect(JSON.parse(request?.body as string)).toEqual(sample);
    expect(hasValidSignature(secret, request?.headers as object, request?.body as string)).toBe(
      true,
    );
    expect(await store.read.history.requests(id)).toEqual([tried?.logged]);
    expect(tried?.logged).toMatchObject({ kind: 'test', response: { status: 200 }, error: null });
    expect(tried?.error).toBeNull();
    expect(await activity(id)).toEqual(['test: Test sent']);
  });

  test('that fails neither counts nor clears errors', async () => {
    const webhook = await create();
    await fail(webhook, {});
    await actions.test(1, webhook.id);
    receiver.answer(URL, failure(500));
    expect(await actions.test(1, webhook.id)).toMatchObject({ error: { code: 'status_500' } });
    expect((await stored(webhook.id)).health.consecutiveErrors).toBe(4);
    expect((await activity(webhook.id))[0]).toBe(
      'test: Test failed: The receiver answered 500; only 200 is success',
    );
  });

  test('of a webhook that is not there is null', async () => {
    expect(await actions.test(1, 999)).toBeNull();
  });
});

describe('the status', () => {
  test('counts what waits, and says when something is next attempted', async () => {
    const webhook = await create();
    expect(await actions.status(webhook)).toEqual({ waiting: 0, nextAttemptAt: null });
    await laneOf(webhook);
    expect(await actions.status(webhook)).toEqual({ waiting: 2, nextAttemptAt: 105 * HOUR });
    const paused = { ...HEALTHY, pausedUntil: 107 * HOUR };
    expect(await actions.status({ ...webhook, health: paused })).toMatchObject({
      nextAttemptAt: 107 * HOUR,
    });
    expect(await actions.status({ ...webhook, enabled: false })).toEqual({
      waiting: 2,
      nextAttemptAt: null,
    });
  });
});
