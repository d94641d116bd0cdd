import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { WebhookDisabledError } from '../../src/core/errors.ts';
import type { Webhook } from '../../src/store/rows.ts';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { hasValidSignature } from '../../src/wire/signature.ts';
import { GRANULARITIES } from '../../src/wire/webhook.ts';
import type { MessageGiven } from '../support/messages.ts';
import { failure, OK, type Received, TIMEOUT } from '../support/receiver.ts';
import { World } from '../support/world.ts';
import { fewestBundles } from './fewest-bundles.ts';

const HOUR = 3_600_000;
const CHATS = 3;
/** The brute-force search is for histories of this length. */
const MESSAGES_PER_CHAT = 12;

const setting = fc.record({
  granularity_hours: fc.constantFrom(...GRANULARITIES),
  direction: fc.constantFrom('received' as const, 'sent' as const, undefined),
});
export type Setting = typeof setting extends fc.Arbitrary<infer Value> ? Value : never;
export const settings = fc.array(setting, { minLength: 1, maxLength: 3, size: 'max' });

const aMessage = fc.record({
  chat: fc.nat({ max: CHATS - 1 }),
  direction: fc.constantFrom('received' as const, 'sent' as const),
});
/** The next thing happens after so many turns of the event loop; null: when nothing moves any more. */
const then = fc.oneof(fc.constant(null), fc.nat({ max: 12 }));
const which = fc.nat({ max: 2 });
const MINUTE = 60_000;
const spans = [1, 1000, MINUTE, HOUR / 2, HOUR - 1, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 30 * HOUR];

const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      messages: fc.array(aMessage, { minLength: 1, maxLength: 3 }),
      then,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(fc.constantFrom(...spans), fc.nat({ max: 8 * HOUR })),
      then,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('receiver' as const),
      which,
      answer: fc.constantFrom(
        OK,
        OK,
        failure(500),
        failure(429, { 'retry-after': '7200' }),
        TIMEOUT,
        'hold' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      answer: fc.constantFrom(OK, OK, TIMEOUT),
      then,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('enable' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), which }) },
);
export type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;
/** Of the jitter, and of how long each call of the store takes. */
export const seed = fc.integer({ min: 1, max: 2 ** 31 - 2 });
export const actions = fc.array(action, { maxLength: 60, size: 'max' });

/** What should be, next to the world as it is. */
export class Model {
  readonly #world: World;
  readonly #webhooks: Webhook[] = [];
  /** Every message handed in, by chat, in order. */
  readonly #said: (MessageGiven & { text: string; direction: string })[][] = Array.from(
    { length: CHATS },
    () => [],
  );
  /** Requests that got no answer yet, as a caller remembers them. */
  #unanswered = new Set<MessageGiven[]>();
  #answers: Promise<unknown>[] = [];
  /** Deliveries answered with 200 whose outcome has been written down, by id. */
  readonly #done = new Set<string>();
  /** Webhooks whose bundles were closed by hand: those need more than the fewest. */
  readonly #flushed = new Set<number>();
  #looked = 0;
  /** How many requests there were when the present process began. */
  #bornAt = 0;

  private constructor(world: World) {
    this.#world = world;
  }

  static async create(settings: Setting[], seed: number): Promise<Model> {
    let state = seed;
    const random = () => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const delay = () => Math.max(0, Math.floor(random() * 6) - 3);
    const model = new Model(await World.create({ random, delay }));
    for (const [i, { granularity_hours, direction }] of settings.entries()) {
      const target_url = `https://receiver.example/${i}`;
      const filters = direction ? { direction } : {};
      model.#webhooks.push(
        await model.#world.createWebhook({ target_url, granularity_hours, filters }),
      );
    }
    return model;
  }

  async do(action: Action): Promise<void> {
    await this.#start(action);
    if ('then' in action && action.then !== null) {
      for (let turns = 0; turns < action.then; turns++) await turn();
      return;
    }
    await this.#settleDown();
    await this.#checkNow();
  }

  async #start(action: Action): Promise<void> {
    const { receiver, clock } = this.#world;
    switch (action.kind) {
      case 'arrive':
        return this.#arrive(action.messages);
      case 'wait':
        // Either every alarm is heard in its time, or the process is late for all of them.
        return action.then === null ? this.#world.advance(action.ms) : clock.advance(action.ms);
      case 'receiver':
        return receiver.answer(this.#webhookAt(action.which).targetUrl, action.answer);
      case 'release':
        return receiver.release(action.answer);
      case 'repeat':
        return this.#repeat(action.which);
      case 'crash':
        await this.#world.crash();
        return this.#comeBack();
      case 'restart':
        await this.#settleDown();
        receiver.release(TIMEOUT);
        await this.#world.stop();
        return this.#comeBack();
      case 'enable':
        return this.#enable(this.#webhookAt(action.which).id);
      case 'flush':
        return this.#flush(this.#webhookAt(action.which).id);
    }
  }

  /** The receivers are well again and people switch on what was switched off: all must come out. */
  async recover(): Promise<void> {
    for (const { targetUrl } of this.#webhooks) this.#world.receiver.answer(targetUrl, OK);
    this.#world.receiver.release(OK);
    await this.#settleDown();
    for (const { id } of this.#webhooks) await this.#enable(id);
    // The longest pauses, a webhook's and a lane's, and the longest window.
    for (let i = 0; i < 4; i++) await this.#world.advance(24 * HOUR);
    await this.#checkNow();
  }

  /** Once everything should be out. */
  async checkEverything(): Promise<void> {
    for (const webhook of this.#webhooks) {
      const status = await this.#world.webhooks.status(webhook);
      must(status.waiting === 0, `${status.waiting} messages are still waiting`);
      const deliveries = this.#deliveriesOf(webhook);
      for (const [chat, said] of this.#said.entries()) {
        const wanted = said.filter((message) => wants(webhook, message)).map(({ text }) => text);
        const mine = deliveries.filter(({ chatName }) => chatName === `chat ${chat}`);
        const got = mine.flatMap(({ texts }) => texts);
        must(equal(got, wanted), `chat ${chat}: wanted ${wanted}, got ${got}`);
        must(
          mine.every(({ answered }) => answered),
          'a delivery was never answered with 200',
        );
        await this.#checkBundles(webhook, chat, mine.length);
      }
    }
  }

  async close(): Promise<void> {
    await this.#world.crash();
  }

  #arrive(messages: { chat: number; direction: 'received' | 'sent' }[]): void {
    const request: MessageGiven[] = [];
    for (const { chat, direction } of messages) {
      const said = this.#said[chat] ?? [];
      if (said.length >= MESSAGES_PER_CHAT) continue;
      const text = `${chat}.${said.length}`;
      const given = {
        text,
        direction,
        chat: { id: `chat-${chat}`, full_name: `chat ${chat}` },
        message: { message_id: `native-${text}`, direction, text },
      };
      said.push(given);
      request.push(given);
    }
    if (request.length > 0) this.#hand(request);
  }

  #hand(request: MessageGiven[]): void {
    this.#unanswered.add(request);
    this.#answers.push(
      this.#world.accept(...request).then(
        () => this.#unanswered.delete(request),
        () => {},
      ),
    );
  }

  /** A caller hands in again what it handed in before. */
  #repeat(which: number): void {
    const all = this.#said.flat();
    const again = all[which % Math.max(1, all.length)];
    if (again) this.#answers.push(this.#world.accept(again).catch(() => {}));
  }

  /** After a restart callers hand in again what was never answered. */
  async #comeBack(): Promise<void> {
    this.#bornAt = this.#world.receiver.requests.length;
    await this.#world.boot();
    const again = this.#unanswered;
    this.#unanswered = new Set();
    this.#answers = [];
    for (const request of again) this.#hand(request);
  }

  async #settleDown(): Promise<void> {
    await this.#world.idle();
    await Promise.all(this.#answers);
    this.#answers = [];
    await this.#world.idle();
  }

  async #enable(id: number): Promise<void> {
    // Or it might be switched off between the look and the deed.
    await this.#settleDown();
    const { enabled, targetUrl } = await this.#world.webhook(id);
    if (!enabled) this.#world.receiver.forgive(targetUrl);
    await this.#world.webhooks.edit(this.#world.workspaceId, id, { enabled: true });
  }

  async #flush(id: number): Promise<void> {
    this.#flushed.add(id);
    try {
      await this.#world.webhooks.flush(this.#world.workspaceId, id);
    } catch (error) {
      if (!(error instanceof WebhookDisabledError)) throw error;
    }
  }

  #webhookAt(which: number): Webhook {
    return this.#webhooks[which % this.#webhooks.length] as Webhook;
  }

  /** What must hold at every moment at which nothing moves. */
  async #checkNow(): Promise<void> {
    const { requests, faults } = this.#world.receiver;
    must(faults.length === 0, faults.join('; '));
    for (const request of requests.slice(this.#looked)) {
      must(!this.#done.has(request.id), `${request.id} was sent again after its 200`);
    }
    this.#looked = requests.length;
    // A 200 that a process took to its grave may come to be repeated.
    for (const { ok, id } of requests.slice(this.#bornAt)) if (ok) this.#done.add(id);
    for (const webhook of this.#webhooks) await this.#checkInTime(webhook);
  }

  /** While the receiver is well, no message waits past its window. */
  async #checkInTime({ id }: Webhook): Promise<void> {
    const { store, clock, receiver } = this.#world;
    const webhook = await this.#world.webhook(id);
    const { health, enabled, targetUrl, granularityHours } = webhook;
    if (!enabled || health.consecutiveErrors > 0 || !receiver.isHealthy(targetUrl)) return;
    const sent = new Set(this.#deliveriesOf(webhook).flatMap(({ texts }) => texts));
    const chats = await store.read.chats.list(this.#world.workspaceId, { limit: CHATS });
    for (const { id: chatId } of chats) {
      const lane = await store.read.lanes.get(webhook.id, chatId);
      if (lane && lane.attempts > 0) continue;
      for (const { text, receivedAt, direction } of await this.#log(chatId)) {
        if (!wants(webhook, { direction }) || sent.has(text)) continue;
        const latest = receivedAt + granularityHours * HOUR;
        must(latest > clock.now(), `${text} is late by ${clock.now() - latest} ms`);
      }
    }
  }

  /** Never more bundles than the times of arrival make necessary. */
  async #checkBundles(webhook: Webhook, chat: number, bundles: number): Promise<void> {
    if (webhook.granularityHours === 0 || this.#flushed.has(webhook.id)) return;
    const { store, workspaceId } = this.#world;
    const chats = await store.read.chats.list(workspaceId, { limit: CHATS });
    const known = chats.find(({ fullName }) => fullName === `chat ${chat}`);
    const log = known ? await this.#log(known.id) : [];
    const times = log.filter((message) => wants(webhook, message)).map((m) => m.receivedAt);
    const fewest = fewestBundles(times, webhook.granularityHours * HOUR);
    must(bundles === fewest, `${bundles} bundles where ${fewest} would do: ${times}`);
  }

  #log(chatId: number) {
    const range = { chatId, fromSeq: 1, direction: null, limit: 100 };
    return this.#world.store.read.messages.range(range);
  }

  /** What the webhook's receiver makes of its requests: repeats by id folded, in order of arrival. */
  #deliveriesOf(webhook: Webhook) {
    const byId = new Map<string, { texts: string[]; chatName: string; answered: boolean }>();
    for (const request of this.#world.receiver.requests) {
      if (request.url !== webhook.targetUrl) continue;
      const { texts, chatName } = read(webhook, request);
      const known = byId.get(request.id);
      must(
        !known || equal(known.texts, texts),
        `${request.id} carried ${known?.texts}, now ${texts}`,
      );
      byId.set(request.id, { texts, chatName, answered: known?.answered || request.ok === true });
    }
    return [...byId.values()];
  }
}

function read(webhook: Webhook, { headers, body }: Received) {
  must(hasValidSignature(webhook.secret, headers, body), 'the signature is not valid');
  const json = JSON.parse(body);
  if (webhook.granularityHours === 0) {
    const { message, chat } = singlePayloadSchema.parse(json);
    return { texts: [message.text], chatName: chat.full_name };
  }
  const { messages, chat } = bundlePayloadSchema.parse(json);
  return { texts: messages.map(({ text }) => text), chatName: chat.full_name };
}

const wants = ({ filters }: Webhook, { direction }: { direction: string }) =>
  filters.direction === undefined || filters.direction === direction;

const equal = (a: string[], b: string[]) => JSON.stringify(a) === JSON.stringify(b);

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
