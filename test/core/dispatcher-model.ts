import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { WebhookDisabledError } from '../../src/core/errors.ts';
import type { Webhook } from '../../src/store/rows.ts';
import type { Alias, CanonicalItem } from '../../src/wire/canonical.ts';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { hasValidSignature } from '../../src/wire/signature.ts';
import { GRANULARITIES } from '../../src/wire/webhook.ts';
import { inbound } from '../support/messages.ts';
import { failure, OK, type Received, TIMEOUT } from '../support/receiver.ts';
import type { StoreKind } from '../support/stores.ts';
import { World } from '../support/world.ts';
import { fewestBundles } from './fewest-bundles.ts';

const HOUR = 3_600_000;
const MESSAGES_PER_NAME = 10;
/** The brute-force search is for histories of this length. */
const SEARCHED_AT_MOST = 12;

/**
 * Names that people go by: some may turn out to be the same person's, but never across accounts, where the
 * same names are other people's.
 */
const NAMES = [
  { account: '+972550000001', phone: '+48100000001', lid: '1@lid' },
  { account: '+972550000001', phone: '+48100000002', lid: '2@lid' },
  { account: '+972550000001', phone: '+48100000003', lid: '3@lid' },
  { account: '+972550000001', phone: '+48100000004', lid: '4@lid' },
  { account: '+972550000002', phone: '+48100000001', lid: '1@lid' },
  { account: '+972550000002', phone: '+48100000002', lid: '2@lid' },
] as const;
const aName = fc.nat({ max: NAMES.length - 1 });
const sameAccount = (a: number, b: number) => NAMES[a]?.account === NAMES[b]?.account;

const setting = fc.record({
  granularity_hours: fc.constantFrom(...GRANULARITIES),
  direction: fc.constantFrom('received' as const, 'sent' as const, undefined),
});
export type Setting = typeof setting extends fc.Arbitrary<infer Value> ? Value : never;
export const settings = fc.array(setting, { minLength: 1, maxLength: 3, size: 'max' });

const aMessage = fc.record({
  name: aName,
  /** Handed in natively, by an id of the caller's with a phone number; or by a source, with aliases. */
  by: fc.constantFrom('caller' as const, 'source' as const, 'source with lid' as const),
  /** Another name that the message shows to be the same person's. */
  also: fc.option(aName, { freq: 12 }),
  direction: fc.constantFrom('received' as const, 'sent' as const),
});
type AMessage = typeof aMessage extends fc.Arbitrary<infer Value> ? Value : never;
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
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('join' as const), name: aName, also: aName, then }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('name' as const), which, pick: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('widen' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      which,
      ago: fc.constantFrom(...spans),
      then,
    }),
  },
);
export type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;
/** Of the jitter, and of how long each call of the store takes. */
export const seed = fc.integer({ min: 1, max: 2 ** 31 - 2 });
export const actions = fc.array(action, { maxLength: 60, size: 'max' });

/** One message as it was handed in. */
interface Said {
  text: string;
  name: number;
  direction: 'received' | 'sent';
  item: CanonicalItem;
  /** Those handed in before of whom it was known by then that they are of the same person. */
  behind: string[];
  /** The webhooks whose filters it passes. */
  wantedBy: Set<number>;
}

/** What should be, next to the world as it is. */
export class Model {
  readonly #world: World;
  readonly #webhooks: Webhook[] = [];
  /** Every message handed in, in order. */
  readonly #said = new Map<string, Said>();
  /** By name, another name of the same person; itself for one of each person's. */
  readonly #sameAs = NAMES.map((_, name) => name);
  /** By webhook that is to have some chats only, the names that they have. */
  readonly #named = new Map<number, Set<number>>();
  /** Webhooks that had such a filter at some time. */
  readonly #everNamed = new Set<number>();
  /** Webhooks that were asked to deliver something again. */
  readonly #replayed = new Set<number>();
  /** Requests that got no answer yet, as a caller remembers them. */
  #unanswered = new Set<CanonicalItem[]>();
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

  static async create(settings: Setting[], seed: number, kind?: StoreKind): Promise<Model> {
    let state = seed;
    const random = () => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const delay = () => Math.max(0, Math.floor(random() * 6) - 3);
    const model = new Model(await World.create({ random, delay, ...(kind && { kind }) }));
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
      case 'join':
        return this.#join(action.name, action.also);
      case 'name':
        return this.#name(this.#webhookAt(action.which), action.pick);
      case 'widen':
        return this.#widen(this.#webhookAt(action.which));
      case 'replay':
        return this.#replay(this.#webhookAt(action.which).id, action.ago);
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
      const status = await this.#world.webhooks.status(await this.#world.webhook(webhook.id));
      must(status.waiting === 0, `${status.waiting} messages are still waiting`);
      const deliveries = this.#deliveriesOf(webhook);
      // What is to be delivered again is cut anew.
      const isCutAnew = this.#replayed.has(webhook.id);
      // One under way in a chat that was filtered out meanwhile may have gone with its process.
      const isWanted = (text: string) => this.#said.get(text)?.wantedBy.has(webhook.id);
      must(
        isCutAnew || deliveries.every(({ answered, texts }) => answered || !texts.some(isWanted)),
        'a delivery was never answered with 200',
      );
      this.#checkCompleteness(webhook);
      this.#checkOrder(webhook);
      await this.#checkBundles(webhook, deliveries);
    }
    await this.#checkConversations();
  }

  /** Nothing is lost, nothing doubled, nothing of one account told as another's. */
  #checkCompleteness(webhook: Webhook): void {
    const deliveries = this.#deliveriesOf(webhook).filter(({ answered }) => answered);
    const got = deliveries.flatMap(({ texts }) => texts);
    const mayRepeat = this.#replayed.has(webhook.id);
    must(mayRepeat || new Set(got).size === got.length, `doubled: ${got}`);
    for (const said of this.#said.values()) {
      const wanted = said.wantedBy.has(webhook.id);
      must(!wanted || got.includes(said.text), `${said.text} was lost, got ${got}`);
      if (wanted || this.#everNamed.has(webhook.id)) continue;
      must(!got.includes(said.text), `${said.text} was not wanted`);
    }
    for (const { texts, account } of deliveries) {
      for (const text of texts) {
        const { name } = this.#said.get(text) as Said;
        must(NAMES[name]?.account === account, `${text} is told of ${account}`);
      }
    }
  }

  /** Each message comes after all that had come of the same person before, as far as that was known. */
  #checkOrder(webhook: Webhook): void {
    const requests = this.#requestsOf(webhook).map((request) => ({
      id: request.id,
      ...read(webhook, request),
    }));
    const first = new Map<string, number>();
    const last = new Map<string, number>();
    for (const [at, { texts }] of requests.entries()) {
      for (const text of texts) {
        if (!first.has(text)) first.set(text, at);
        last.set(text, at);
      }
    }
    // What is delivered again is in order by itself.
    const isReplayed = this.#replayed.has(webhook.id);
    const starts = isReplayed ? last : first;
    for (const { text, behind, wantedBy } of this.#said.values()) {
      // A filter edited during a replay lets go of what was still to be repeated, but not of what was tried.
      if (isReplayed && !wantedBy.has(webhook.id)) continue;
      const its = requests[last.get(text) ?? -1];
      for (const earlier of its ? behind : []) {
        const end = last.get(earlier);
        if (end === undefined) continue;
        const { id, texts } = requests[end] as (typeof requests)[number];
        const isBehind =
          id === its?.id
            ? texts.indexOf(earlier) < texts.indexOf(text)
            : end < (starts.get(text) as number);
        must(isBehind, `${text} came before ${earlier}`);
      }
    }
  }

  /** All that a person said is one conversation, in order of arrival; it can be paged both ways. */
  async #checkConversations(): Promise<void> {
    const { store, workspaceId } = this.#world;
    const chats = await store.read.chats.list(workspaceId, { limit: 100 });
    const shown = new Set<string>();
    for (const { id } of chats) {
      const together = await store.read.chats.together(workspaceId, id);
      const all = await store.read.messages.conversation(together, { limit: 1000 });
      const texts = all.map(({ text }) => text);
      const name = this.#said.get(texts[0] ?? '')?.name;
      const said = [...this.#said.values()].filter((one) => this.#isSame(one.name, name ?? -1));
      const wanted = said.map(({ text }) => text);
      must(equal(texts, wanted), `the conversation is ${texts}, not ${wanted}`);
      const middle = all[Math.floor(all.length / 2)]?.position ?? 0;
      const before = await store.read.messages.conversation(together, { before: middle, limit: 3 });
      const after = await store.read.messages.conversation(together, { after: middle, limit: 3 });
      const [earlier, later] = [
        all.filter((m) => m.position < middle),
        all.filter((m) => m.position > middle),
      ];
      must(equal(before.map(textOf), earlier.slice(-3).map(textOf)), 'the page before is another');
      must(equal(after.map(textOf), later.slice(0, 3).map(textOf)), 'the page after is another');
      for (const text of texts) shown.add(text);
    }
    must(shown.size === this.#said.size, 'a conversation is missing');
  }

  async close(): Promise<void> {
    await this.#world.crash();
  }

  #arrive(messages: AMessage[]): void {
    const request = messages.flatMap((message) => this.#say(message) ?? []);
    if (request.length > 0) this.#hand(request);
  }

  #say({ name, by, also, direction }: AMessage): CanonicalItem | null {
    const before = [...this.#said.values()];
    const count = before.filter((said) => said.name === name).length;
    if (count >= MESSAGES_PER_NAME) return null;
    const text = `${name}.${count}`;
    const { account, phone, lid } = NAMES[name] as (typeof NAMES)[number];
    const aliases: Alias[] = by === 'caller' ? [] : [`phone:${phone}`];
    if (by === 'source with lid') aliases.push(`lid:${lid}`);
    if (also !== null && sameAccount(name, also)) {
      aliases.push(`phone:${NAMES[also]?.phone}`);
      this.#unite(name, also);
    }
    const item: CanonicalItem = {
      kind: 'message',
      message: inbound({
        account,
        chat:
          by === 'caller' ? { id: `caller-${phone}`, phone } : { id: `source-${phone}`, phone: '' },
        message: { message_id: `native-${text}`, direction, text },
      }),
      aliases,
    };
    const behind = before.filter((said) => this.#isSame(said.name, name)).map(textOf);
    const wantedBy = new Set(
      this.#webhooks
        .filter((webhook) => wants(webhook, { direction }) && this.#isNamed(webhook.id, name))
        .map(({ id }) => id),
    );
    this.#said.set(text, { text, name, direction, item, behind, wantedBy });
    return item;
  }

  #isSame = (a: number, b: number) => this.#sameAs[a] === this.#sameAs[b];

  #isNamed(webhookId: number, name: number): boolean {
    const named = this.#named.get(webhookId);
    return !named || [...named].some((one) => this.#isSame(one, name));
  }

  #unite(name: number, also: number): void {
    const [kept, gone] = [this.#sameAs[name], this.#sameAs[also]];
    for (const [i, one] of this.#sameAs.entries()) {
      if (one === gone) this.#sameAs[i] = kept as number;
    }
  }

  #join(name: number, also: number): void {
    const [one, other] = [NAMES[name], NAMES[also]];
    if (!one || !other || name === also || !sameAccount(name, also)) return;
    this.#unite(name, also);
    const aliases: Alias[] = [`phone:${one.phone}`, `phone:${other.phone}`];
    this.#hand([{ kind: 'contact', account: one.account, aliases }]);
  }

  /** The webhook is to have some of the chats only that there are now, each by any of its numbers. */
  async #name(webhook: Webhook, pick: number): Promise<void> {
    await this.#settleDown();
    const { store, workspaceId, webhooks } = this.#world;
    const survivors = await store.read.chats.list(workspaceId, { limit: 100 });
    if (survivors.length === 0) return;
    const chats: string[] = [];
    const names = new Set<number>();
    for (const [i, { id }] of survivors.entries()) {
      if (i !== pick % survivors.length && (pick >> i) % 2 === 0) continue;
      const together = await store.read.chats.together(workspaceId, id);
      chats.push(String(together[pick % together.length]));
      for (const { text } of await this.#log(id)) names.add((this.#said.get(text) as Said).name);
    }
    await webhooks.edit(workspaceId, webhook.id, { filters: { ...webhook.filters, chats } });
    this.#named.set(webhook.id, names);
    this.#everNamed.add(webhook.id);
    // What was still waiting in other chats is not delivered any more.
    for (const { name, wantedBy } of this.#said.values()) {
      if (!this.#isNamed(webhook.id, name)) wantedBy.delete(webhook.id);
    }
  }

  async #widen(webhook: Webhook): Promise<void> {
    await this.#settleDown();
    const { webhooks, workspaceId } = this.#world;
    await webhooks.edit(workspaceId, webhook.id, { filters: webhook.filters });
    this.#named.delete(webhook.id);
  }

  async #replay(id: number, ago: number): Promise<void> {
    const { redelivery, workspaceId, clock } = this.#world;
    this.#replayed.add(id);
    try {
      await redelivery.replay(workspaceId, id, clock.now() - ago);
    } catch (error) {
      if (!(error instanceof WebhookDisabledError)) throw error;
    }
  }

  #hand(request: CanonicalItem[]): void {
    this.#unanswered.add(request);
    this.#answers.push(
      this.#world.intake.take(this.#world.workspaceId, request).then(
        () => this.#unanswered.delete(request),
        () => {},
      ),
    );
  }

  /** A caller hands in again what it handed in before. */
  #repeat(which: number): void {
    const all = [...this.#said.values()];
    const again = all[which % Math.max(1, all.length)];
    const { intake, workspaceId } = this.#world;
    if (again) this.#answers.push(intake.take(workspaceId, [again.item]).catch(() => {}));
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
    const replayed = new Set(
      this.#webhooks.filter(({ id }) => this.#replayed.has(id)).map(({ targetUrl }) => targetUrl),
    );
    const asked = requests.filter(({ url }) => replayed.has(url)).map(({ id }) => id);
    const wrong = faults.filter(
      (fault) => !asked.some((id) => fault === `${id} again after its 200`),
    );
    must(wrong.length === 0, wrong.join('; '));
    for (const request of requests.slice(this.#looked)) {
      if (replayed.has(request.url)) continue;
      must(!this.#done.has(request.id), `${request.id} was sent again after its 200`);
    }
    this.#looked = requests.length;
    // A 200 that a process took to its grave may come to be repeated.
    for (const { ok, id } of requests.slice(this.#bornAt)) if (ok) this.#done.add(id);
    for (const webhook of this.#webhooks) await this.#checkInTime(webhook);
  }

  /** While the receiver is well, no message waits past its window. */
  async #checkInTime({ id }: Webhook): Promise<void> {
    const { store, clock, receiver, workspaceId } = this.#world;
    const webhook = await this.#world.webhook(id);
    const { health, enabled, targetUrl, granularityHours } = webhook;
    if (!enabled || health.consecutiveErrors > 0 || !receiver.isHealthy(targetUrl)) return;
    const sent = new Set(this.#deliveriesOf(webhook).flatMap(({ texts }) => texts));
    const waits = ({ text, wantedBy }: Said) => wantedBy.has(id) && !sent.has(text);
    if (![...this.#said.values()].some(waits)) return;
    for (const { id: survivor } of await store.read.chats.list(workspaceId, { limit: 100 })) {
      const together = await store.read.chats.together(workspaceId, survivor);
      const lanes = await Promise.all(together.map((chat) => store.read.lanes.get(id, chat)));
      if (lanes.some((lane) => lane && lane.attempts > 0)) continue;
      for (const { text, receivedAt, chatId } of await this.#log(...together)) {
        if (!waits(this.#said.get(text) as Said)) continue;
        // A redirect waits for no window.
        const latest = receivedAt + (chatId === survivor ? granularityHours * HOUR : 0);
        must(latest > clock.now(), `${text} is late by ${clock.now() - latest} ms`);
      }
    }
  }

  /** Never more bundles than the times of arrival make necessary. */
  async #checkBundles(webhook: Webhook, deliveries: { chatId: string }[]): Promise<void> {
    const { id, granularityHours } = webhook;
    const isAsked = [this.#flushed, this.#replayed, this.#everNamed].some((set) => set.has(id));
    if (granularityHours === 0 || isAsked) return;
    for (const { chat } of await this.#world.store.read.chats.after(
      this.#world.workspaceId,
      0,
      100,
    )) {
      const log = (await this.#log(chat.id)).filter((message) => wants(webhook, message));
      if (log.length > SEARCHED_AT_MOST) continue;
      const times = log.map(({ receivedAt }) => receivedAt);
      const fewest = fewestBundles(times, granularityHours * HOUR);
      const bundles = deliveries.filter(({ chatId }) => chatId === String(chat.id)).length;
      must(bundles === fewest, `${bundles} bundles where ${fewest} would do: ${times}`);
    }
  }

  #log(...chatIds: number[]) {
    return this.#world.store.read.messages.conversation(chatIds, { limit: 1000 });
  }

  #requestsOf({ targetUrl }: Webhook): Received[] {
    return this.#world.receiver.requests.filter(({ url }) => url === targetUrl);
  }

  /** What the webhook's receiver makes of its requests: repeats by id folded, in order of arrival. */
  #deliveriesOf(webhook: Webhook) {
    const byId = new Map<string, Carried & { answered: boolean }>();
    for (const request of this.#requestsOf(webhook)) {
      const carried = read(webhook, request);
      const known = byId.get(request.id);
      must(
        !known || equal(known.texts, carried.texts),
        `${request.id} carried ${known?.texts}, now ${carried.texts}`,
      );
      byId.set(request.id, { ...carried, answered: known?.answered || request.ok === true });
    }
    return [...byId.values()];
  }
}

type Carried = { texts: string[]; chatId: string; account: string };
const carriedBy = new WeakMap<Received, Carried>();

function read(webhook: Webhook, request: Received): Carried {
  const known = carriedBy.get(request);
  const carried = known ?? judged(webhook, request);
  carriedBy.set(request, carried);
  return carried;
}

function judged(webhook: Webhook, { headers, body }: Received): Carried {
  must(hasValidSignature(webhook.secret, headers, body), 'the signature is not valid');
  const json = JSON.parse(body);
  const { whatsapp_account, chat, ...rest } =
    webhook.granularityHours === 0
      ? singlePayloadSchema.parse(json)
      : bundlePayloadSchema.parse(json);
  const messages = 'message' in rest ? [rest.message] : rest.messages;
  return { texts: messages.map(textOf), chatId: chat.chat_id, account: whatsapp_account.phone };
}

const textOf = ({ text }: { text: string }) => text;

const wants = ({ filters }: Webhook, { direction }: { direction: string }) =>
  filters.direction === undefined || filters.direction === direction;

const equal = (a: string[], b: string[]) => JSON.stringify(a) === JSON.stringify(b);

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
