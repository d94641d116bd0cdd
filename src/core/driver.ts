import type { Lane, Webhook } from '../store/rows.ts';
import type { DueLane, Repositories, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { wantsChat } from './filters.ts';
import { type Delivery, findHeads, type Head, single } from './head.ts';
import { restsUntil } from './health.ts';
import { carryOutChunk } from './lane-actions.ts';
import { evenlyDueAfter, opensAt, spacingMs } from './pace.ts';
import type { Site } from './render.ts';
import type { Next, Settled } from './settle.ts';
import type { Tenure } from './tenure.ts';
import { writeDown } from './write-down.ts';

/**
 * Heads looked up together. Of singles few at first, and twice as many each time that there were more: where
 * the first requests fail the rest was looked up for nothing. Bundles may be a megabyte each: of those so many
 * that they take so much at most.
 */
const SINGLES_AHEAD = { first: 10, most: 64 };
const BUNDLES_AHEAD = { first: 10, least: 4, most: 64, characters: 4_000_000 };
/**
 * A chat in which many messages wait goes on with the next one at once, for so many messages and so long.
 * Then it is the turn of those that are due longer; and names are read anew.
 */
const IN_A_ROW = 64;
const IN_A_ROW_MS = 1000;

/**
 * Drives one webhook: knows what is under way in it, looks up the next heads of its lanes and says which
 * delivery may start. A lane is *busy* from the moment its head is looked up until the outcome has been
 * committed; that keeps the order within a chat, and lets chats run side by side.
 */
export class Driver {
  readonly webhookId: number;
  /** In which it works, and whatever it begins is to end. */
  readonly tenure: Tenure;
  /** Null until first loaded, and again once the webhook is gone. */
  webhook: Webhook | null = null;
  /** The settings have changed and must be read again. */
  stale = true;
  inFlight = 0;
  /** Its last request was answered well. */
  isProven = false;
  /** When the next request is due at an even pace. */
  #evenlyDueAt = 0;
  #unsettledFailures = 0;
  #filling = false;
  #wokenMeanwhile = false;
  /** The store may hold something due that is not known here. */
  #mayHaveMore = true;
  /** As of when it is known what is due, and whether it is known as well what falls due next. */
  #lookedAt = 0;
  #knowsNext = false;
  /** Something is asked of the lanes, which is done before anything else is sent. */
  #asked = false;
  #queue: Delivery[] = [];
  #singlesAhead = SINGLES_AHEAD.first;
  #bundlesAhead = BUNDLES_AHEAD.first;
  /** How often the queue has been dropped. */
  #drops = 0;
  /** Chats whose lanes are busy, and how often what is due had been looked up when their outcome came. */
  readonly #busy = new Map<number, number>();
  #looks = 0;

  constructor(webhookId: number, tenure: Tenure) {
    this.webhookId = webhookId;
    this.tenure = tenure;
  }

  /** The next delivery that may start at `now`. */
  take(now: number): Delivery | undefined {
    if (!this.#mayStart(now) || this.#paceOpensAt(now) > now) return undefined;
    return this.#queue.shift();
  }

  #mayStart(now: number): boolean {
    if (this.stale || this.#asked || !this.webhook?.enabled) return false;
    if (this.#unsettledFailures > 0) return false;
    return restsUntil(this.webhook.health, now) <= now && !this.#isFull();
  }

  /** When the webhook's rate allows the next start. */
  #paceOpensAt(now: number): number {
    return this.webhook ? opensAt(this.#evenlyDueAt, spacingMs(this.webhook), now) : now;
  }

  started(now: number): void {
    this.inFlight += 1;
    const spacing = this.webhook ? spacingMs(this.webhook) : 0;
    this.#evenlyDueAt = evenlyDueAfter(this.#evenlyDueAt, spacing, now);
  }

  ended({ lane }: Delivery, ok: boolean): void {
    this.inFlight -= 1;
    this.isProven = ok;
    this.#busy.set(lane.chatId, this.#looks);
    if (!ok) this.#unsettledFailures += 1;
  }

  /** What becomes of the request is somebody else's to find out. */
  abandoned(delivery: Delivery): void {
    this.inFlight -= 1;
    this.#release([delivery]);
  }

  /** The outcome is committed; or not (null), since the webhook is somebody else's by now. */
  settled(delivery: Delivery, ok: boolean, settled: Settled | null, site: Site, now: number): void {
    if (!ok) this.#unsettledFailures -= 1;
    const { webhook = null, next = null } = settled ?? {};
    this.webhook = webhook;
    const isWell = webhook?.enabled && webhook.health.consecutiveErrors === 0;
    if (!isWell) this.#dropQueue();
    else if (next && !this.stale && !this.#asked && goesOnAtOnce(webhook, delivery, next, now)) {
      this.#queue.push(deliveryBehind(site, webhook, delivery, next));
      return;
    }
    // A look that passed this lane by, since it was busy, may have missed what came behind its outcome.
    const isMissed = this.#busy.get(delivery.lane.chatId) !== this.#looks;
    this.#busy.delete(delivery.lane.chatId);
    if (settled?.mayHaveMore || isMissed) this.mayHaveMore();
  }

  /** What is due is to be looked up in the store. */
  mayHaveMore(): void {
    this.#mayHaveMore = true;
  }

  /** The webhook's settings were changed: what was looked up by the old ones is looked up again. */
  changed(): void {
    this.stale = true;
    this.#dropQueue();
    this.mayHaveMore();
    this.woken();
  }

  woken(): void {
    this.#wokenMeanwhile = true;
  }

  /** The webhook has been deleted and nothing of it is under way. */
  isGone(): boolean {
    return this.webhook === null && !this.stale && !this.#filling && this.#busy.size === 0;
  }

  #dropQueue(): void {
    this.#drops += 1;
    this.#singlesAhead = SINGLES_AHEAD.first;
    this.#release(this.#queue);
    this.#queue = [];
    // Those of lanes that are being looked up just now are dropped, too.
    this.mayHaveMore();
  }

  /**
   * What is to be done where nothing may start at `now`: look up the next heads, or come again at that time,
   * or (null) nothing, since it is being done, or an outcome comes first.
   */
  waitsFor(now: number): 'look' | number | null {
    if (this.#filling) return null;
    // Something waits: for its turn, which an outcome brings, or for its pace, which only time does.
    if (this.#queue.length > 0) return this.#mayStart(now) ? this.#paceOpensAt(now) : null;
    return !this.stale && !this.#asked && this.#isFull() ? null : 'look';
  }

  /** As many are under way as may be. */
  #isFull(): boolean {
    if (!this.webhook) return false;
    const { health, concurrency } = this.webhook;
    return this.inFlight >= (health.consecutiveErrors > 0 ? 1 : concurrency);
  }

  /**
   * Looks up the next heads, where none could start.
   * @returns `again` if there may be more to start now; else when to look again, in Unix milliseconds,
   * or null where nothing is known to fall due
   */
  async fill(site: Site, clock: Clock): Promise<'again' | number | null> {
    this.#filling = true;
    this.#wokenMeanwhile = false;
    try {
      const next = await this.#fill(this.tenure.store, site, clock);
      if (!this.#wokenMeanwhile) return next;
      // What was found out is not handed on, so it is not known.
      this.#knowsNext = false;
      return 'again';
    } finally {
      this.#filling = false;
    }
  }

  async #fill(store: Store, site: Site, clock: Clock): Promise<'again' | number | null> {
    const now = clock.now();
    if (this.stale) await this.#reload(store);
    if (this.stale) return 'again';
    if (this.#asked) return this.#carryOut(store, clock);
    const { webhook } = this;
    if (!webhook?.enabled) return null;
    const rest = restsUntil(webhook.health, now);
    if (rest > now) return rest;
    if (!this.#mayStart(now)) return null;

    if (!this.#mayHaveMore) return this.#nextDue(store.read, webhook);
    const drops = this.#drops;
    this.#mayHaveMore = false;
    this.#knowsNext = false;
    this.#lookedAt = now;
    this.#looks += 1;
    const due = await this.#dueLanes(store.read, webhook, now);
    if (due.length === 0) return 'again';
    for (const { lane } of due) this.#busy.set(lane.chatId, 0);
    try {
      const heads = await findHeads(store.read, site, webhook, due, clock);
      const found = due.map((lane, i) => ({ due: lane, head: heads[i] as Head }));
      const { deliveries, released, isOutdated } = await writeDown(
        ...[store, site, webhook, found, clock],
      );
      this.#release(released);
      if (isOutdated) this.changed();
      this.#bundlesAhead = bundlesAhead(deliveries) ?? this.#bundlesAhead;
      // A change or a failure meanwhile meant these too: they are looked up again when it is their time.
      if (drops === this.#drops) this.#queue.push(...deliveries);
      else this.#release(deliveries);
    } catch (error) {
      this.#release(due);
      throw error;
    }
    return 'again';
  }

  /** When the next lane falls due after what is known; null where that has been asked for already. */
  async #nextDue(read: Repositories, webhook: Webhook): Promise<number | null> {
    if (this.#knowsNext) return null;
    const next = await read.lanes.nextDue(webhook.id, this.#lookedAt);
    this.#knowsNext = true;
    return next;
  }

  /** Waits until nothing is under way: what it changes is then nobody else's. */
  async #carryOut(store: Store, clock: Clock): Promise<'again' | null> {
    if (this.#busy.size > 0) return null;
    // Of one that is gone nobody opens lanes any more.
    const scope = this.webhook ? { alone: this.webhook.workspaceId } : { among: [] };
    this.#asked = await store.transaction(async (tx) => {
      const webhook = (await tx.webhooks.byIds([this.webhookId])).get(this.webhookId) ?? null;
      return carryOutChunk(tx, this.webhookId, webhook, clock.now());
    }, scope);
    return 'again';
  }

  /** It stays stale until it is read, so that nothing starts meanwhile, and no lane goes on by itself. */
  async #reload(store: Store): Promise<void> {
    const known = this.webhook;
    const drops = this.#drops;
    const asked = (await store.read.actions.pending(this.webhookId)).length > 0;
    const found = await store.read.webhooks.byIds([this.webhookId]);
    // What an outcome or a change has brought meanwhile may be newer than what was read.
    if (this.webhook !== known || this.#drops !== drops) return;
    this.#asked = asked;
    this.webhook = found.get(this.webhookId) ?? null;
    this.stale = false;
  }

  async #dueLanes(read: Repositories, webhook: Webhook, now: number): Promise<DueLane[]> {
    const probe = webhook.health.consecutiveErrors > 0;
    const isOfSingles = webhook.granularityHours === 0;
    const many = isOfSingles ? this.#singlesAhead : this.#bundlesAhead;
    const wanted = probe ? 1 : many;
    // As of before the read: a lane settled meanwhile may have been read as it was before.
    const busy = new Set(this.#busy.keys());
    try {
      const lanes = await read.lanes.due(webhook.id, now, wanted, probe, busy);
      if (lanes.length < wanted) return lanes;
      this.mayHaveMore();
      if (isOfSingles && !probe)
        this.#singlesAhead = Math.min(SINGLES_AHEAD.most, 2 * this.#singlesAhead);
      return lanes;
    } catch (error) {
      this.mayHaveMore();
      throw error;
    }
  }

  /** Their lanes are to be looked up again. */
  #release(all: readonly { lane: Lane }[]): void {
    for (const { lane } of all) this.#busy.delete(lane.chatId);
    if (all.length > 0) this.mayHaveMore();
  }
}

/** How many to look up next time, going by the largest of these; null where there are none. */
function bundlesAhead(deliveries: readonly Delivery[]): number | null {
  if (deliveries.length === 0) return null;
  const largest = Math.max(...deliveries.map(({ body }) => body.length));
  const { least, most, characters } = BUNDLES_AHEAD;
  return Math.max(least, Math.min(most, Math.floor(characters / largest)));
}

function goesOnAtOnce(
  webhook: Webhook,
  { chat, account, nth, foundAt }: Delivery,
  { lane }: Next,
  now: number,
): boolean {
  if (webhook.granularityHours !== 0 || lane.dueAt > now) return false;
  if (nth + 1 >= IN_A_ROW || Math.abs(now - foundAt) >= IN_A_ROW_MS) return false;
  return wantsChat(webhook.filters, chat, account);
}

function deliveryBehind(
  site: Site,
  webhook: Webhook,
  { chat, account, foundAt, nth }: Delivery,
  { lane, message, ahead }: Next,
): Delivery {
  const direction = webhook.filters.direction ?? null;
  const context = { site, webhook, direction, chat, account };
  return single(context, lane, message, { foundAt, nth: nth + 1, ahead });
}
