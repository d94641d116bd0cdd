import type { Logger } from 'pino';
import { compressAhead, isLarge } from '../store/compressed.ts';
import { LeaseLostError } from '../store/errors.ts';
import type { Webhook } from '../store/rows.ts';
import { shardOf } from '../store/shards.ts';
import type { Store } from '../store/store.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { Clock } from './clock.ts';
import { Driver } from './driver.ts';
import type { Delivery } from './head.ts';
import { LONGEST_JITTERED_PAUSE_MS } from './health.ts';
import { type Lease, UNENDING } from './lease.ts';
import { fairShare } from './pace.ts';
import type { Site } from './render.ts';
import { Schedule } from './schedule.ts';
import type { Sender } from './sender.ts';
import type { Attempted, Settled } from './settle.ts';
import { type Tenure, tenureOf } from './tenure.ts';
import { Turns } from './turns.ts';

/** Requests under way together over all webhooks. Beyond it each may still have its fair share. */
export const GLOBAL_CONCURRENCY = 500;
const STORE_RETRY_MS = 1000;
/** A clock that went back by less is only being trimmed. */
const CLOCK_SLACK_MS = 1000;

export interface DispatcherOptions {
  store: Store;
  clock: Clock;
  sender: Sender;
  site: Site;
  log: Logger;
  /** How long it has the shards that it holds. */
  lease?: Lease;
  /** Told after the commit that errors have switched a webhook off. */
  switchedOff?: () => void;
  /** Told of every request that has ended, before it is written down. */
  ended?: (ended: Pick<Attempted, 'delivery' | 'attempt' | 'outcome'>) => void;
  /** Between 0 and 1, for the jitter of pauses. */
  random?: () => number;
}

/**
 * Sends what the lanes hold.
 *
 * Each webhook has a driver, and each driver is in one of three places: *ready* (it may have something
 * to start now), *scheduled* (its next lane falls due, or its pause ends, at a known time), or at rest
 * until something wakes it: a message that came in, a changed setting, an outcome that was committed.
 * Nothing is polled. Turning the wheel (`#pump`) takes the ready drivers in turn (see turns.ts), one delivery
 * each, so that a webhook with a million messages waiting does not keep one with a single message from its
 * turn, nor a hundred that fail those that work.
 * What was asked of a webhook's lanes comes before its deliveries (see lane-actions.ts).
 *
 * A delivery goes: head looked up (a bundle's end is committed first) → request → outcome committed,
 * together with the outcomes that came in meanwhile → lane free for its next head. No transaction is open
 * during a request. If the process dies in between, the next one finds the lane where the last commit
 * left it and sends the same head again, under the same id: that is the one kind of repeat there is.
 *
 * What a restart must not forget (cursors, seals, error counts, pauses) is in the store; what it may
 * (sockets, slots, queues of heads) is here.
 *
 * It drives the webhooks of the shards that it holds, and no others. Where many programs share the store
 * its hold ends with a lease: nothing starts that might outlast it, and what is written down after it was
 * lost is refused by the store (see shard-holder.ts).
 */
export class Dispatcher {
  readonly #options: Required<DispatcherOptions>;
  readonly #drivers = new Map<number, Driver>();
  readonly #ready = new Turns<Driver>(() => this.#pump());
  readonly #blocked = new Set<Driver>();
  readonly #schedule: Schedule<Driver>;
  readonly #running = new Map<Promise<void>, Driver | null>();
  readonly #shards = new Set<number>();
  #tenure: Tenure;
  #inFlight = 0;
  /** Webhooks that have requests under way. */
  #active = 0;
  #pumping = false;
  #stopping = false;
  #lastNow: number;

  constructor(options: DispatcherOptions) {
    this.#options = {
      ...{ random: Math.random, switchedOff: () => {}, ended: () => {}, lease: UNENDING },
      ...options,
    };
    const { store, clock, random } = this.#options;
    this.#tenure = tenureOf(store, random);
    this.#lastNow = clock.now();
    this.#schedule = new Schedule(clock, (drivers) => {
      for (const driver of drivers) this.#lookAt(driver);
      this.#pump();
    });
  }

  /** How many requests are under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes up the work that the store holds for these shards. */
  async start(shards: readonly number[]): Promise<void> {
    await this.#redate(LONGEST_JITTERED_PAUSE_MS);
    await this.take(shards);
  }

  /** Holds these shards too, from now on. */
  async take(shards: readonly number[]): Promise<void> {
    for (const shard of shards) this.#shards.add(shard);
    await this.look(shards);
  }

  /** Learns anew when the webhooks of these shards are due: news of them may have been lost. */
  async look(shards: readonly number[] = [...this.#shards]): Promise<void> {
    if (shards.length === 0) return;
    const { read } = this.#options.store;
    for (const id of await read.actions.webhookIds()) this.#lookAt(this.#driver(id), true);
    const schedule = await read.lanes.schedule(shards);
    this.wake(schedule.map(({ webhookId, dueAt }) => [webhookId, dueAt] as const));
  }

  /** Holds these shards no more; resolves when what was under way in them is written down. */
  async release(shards: readonly number[]): Promise<void> {
    const retired = this.#retire(shards);
    const isRetired = ([, driver]: [unknown, Driver | null]) => driver && retired.has(driver);
    for (;;) {
      const under = [...this.#running].filter(isRetired).map(([work]) => work);
      if (under.length === 0) return;
      await Promise.allSettled(under);
    }
  }

  /** The lease is over: what is under way is given up. It may yet be renewed. */
  lapse(): void {
    this.#options.sender.abandon();
  }

  /**
   * The lease was lost, and another one begins, under which nothing is held yet: what was held before may be
   * somebody else's by now.
   * @param store writes under the new lease
   */
  begin(store: Store): void {
    this.#retire([...this.#shards]);
    this.lapse();
    this.#tenure = tenureOf(store, this.#options.random);
  }

  /** The lease is long enough again. */
  resume(): void {
    for (const driver of this.#blocked) this.#ready.add(driver);
    this.#blocked.clear();
    this.#pump();
  }

  #retire(shards: readonly number[]): Set<Driver> {
    const retired = new Set<Driver>();
    for (const shard of shards) this.#shards.delete(shard);
    for (const driver of this.#drivers.values()) {
      if (this.drives(driver.webhookId)) continue;
      retired.add(driver);
      this.#drivers.delete(driver.webhookId);
      this.#ready.delete(driver);
      this.#blocked.delete(driver);
    }
    return retired;
  }

  /** Whether it holds the webhook's shard. */
  drives(webhookId: number): boolean {
    return this.#shards.has(shardOf(webhookId));
  }

  /** Messages came in: these webhooks have something due by then. */
  wake(due: Iterable<readonly [webhookId: number, dueAt: number]>): void {
    const now = this.#options.clock.now();
    for (const [webhookId, dueAt] of due) {
      const driver = this.#driver(webhookId);
      if (!driver) continue;
      if (dueAt <= now) this.#lookAt(driver);
      else this.#schedule.add(driver, dueAt);
    }
    this.#pump();
  }

  /** The webhook's settings or lanes were changed by hand, or it is gone. */
  changed(webhookId: number): void {
    this.#lookAt(this.#driver(webhookId), true);
    this.#pump();
  }

  /** Which webhooks were changed is not known: any of them may have been. */
  allChanged(): void {
    for (const driver of this.#drivers.values()) driver.changed();
  }

  /** Starts nothing more; resolves when what is under way has ended and is written down. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#schedule.stop();
    while (this.#running.size > 0) await Promise.allSettled(this.#running.keys());
  }

  /** Undefined for a webhook of a shard that somebody else holds. */
  #driver(webhookId: number): Driver | undefined {
    if (!this.drives(webhookId)) return undefined;
    let driver = this.#drivers.get(webhookId);
    if (!driver) {
      driver = new Driver(webhookId, this.#tenure);
      this.#drivers.set(webhookId, driver);
    }
    return driver;
  }

  /** It may have something due that it does not know of. @param changed or its settings are others */
  #lookAt(driver: Driver | undefined, changed = false): void {
    if (changed) driver?.changed();
    else driver?.mayHaveMore();
    this.#markReady(driver);
  }

  #markReady(driver: Driver | undefined): void {
    if (!driver || this.#drivers.get(driver.webhookId) !== driver) return;
    driver.woken();
    this.#blocked.delete(driver);
    this.#ready.add(driver);
  }

  #pump(): void {
    if (this.#pumping || this.#stopping) return;
    this.#pumping = true;
    const now = this.#noticeClock();
    do {
      for (let driver = this.#ready.take(); driver; driver = this.#ready.take()) {
        if (this.#hasRoomFor(driver)) this.#giveTurn(driver, now);
        else this.#blocked.add(driver);
      }
    } while (this.#letOneIn());
    this.#pumping = false;
  }

  #giveTurn(driver: Driver, now: number): void {
    const delivery = driver.take(now);
    if (delivery) {
      this.#track(this.#deliver(driver, delivery), driver);
      this.#ready.add(driver);
      return;
    }
    const next = driver.waitsFor(now);
    if (next === 'look') this.#track(this.#fill(driver), driver);
    else if (next !== null) this.#schedule.add(driver, next);
  }

  /**
   * There may be room again: for the driver that has waited longest, if for any. (One that has less under way
   * than others do was marked ready by its own outcome.)
   */
  #letOneIn(): boolean {
    const [first] = this.#blocked;
    if (!first || !this.#hasRoomFor(first)) return false;
    this.#blocked.delete(first);
    this.#ready.add(first);
    return true;
  }

  /** Once there is no room for all, each webhook may have its fair share: nobody's receivers starve others. */
  #hasRoomFor(driver: Driver): boolean {
    if (!this.#options.lease.mayStart()) return false;
    if (this.#inFlight < GLOBAL_CONCURRENCY) return true;
    const active = this.#active + (driver.inFlight > 0 ? 0 : 1);
    return driver.inFlight < fairShare(GLOBAL_CONCURRENCY, active);
  }

  #track(work: Promise<void>, driver: Driver | null = null): void {
    const seenThrough = async () => {
      try {
        await work;
      } catch (error) {
        this.#options.log.error({ err: error }, 'dispatching failed');
      } finally {
        this.#running.delete(tracked);
      }
    };
    const tracked = seenThrough();
    this.#running.set(tracked, driver);
  }

  async #fill(driver: Driver): Promise<void> {
    const { site, clock, log } = this.#options;
    let next: 'again' | number | null;
    try {
      next = await driver.fill(site, clock);
    } catch (error) {
      next = clock.now() + STORE_RETRY_MS;
      // It is somebody else's now.
      if (error instanceof LeaseLostError) next = null;
      else log.error({ err: error, webhook: driver.webhookId }, 'looking up deliveries failed');
    }
    if (this.#drivers.get(driver.webhookId) !== driver) return;
    if (next === 'again') this.#markReady(driver);
    else if (driver.isGone()) this.#drivers.delete(driver.webhookId);
    else if (next !== null) this.#schedule.add(driver, next);
    this.#pump();
  }

  async #deliver(driver: Driver, delivery: Delivery): Promise<void> {
    const { log, clock, site, ended, switchedOff } = this.#options;
    const webhook = driver.webhook as Webhook;
    const startedAt = clock.now();
    this.#began(driver, startedAt);
    const attempted = await attemptDelivery(this.#options, webhook, delivery, startedAt);
    this.#ended(driver, delivery, attempted);
    if (!attempted) return;

    const { attempt, logged } = attempted;
    ended(attempted);
    if (attempt.error) {
      const { code } = attempt.error;
      log.info({ webhook: webhook.id, delivery: delivery.id, code }, 'delivery failed');
    }
    if (isLarge(logged)) await compressAhead(logged);
    const settled = await this.#writeDown(driver.tenure, attempted);
    driver.settled(delivery, attempt.ok, settled, site, clock.now());
    if (settled?.webhook?.disabledReason === 'errors' && webhook.enabled) {
      log.warn({ webhook: webhook.id }, 'webhook switched off after errors');
      switchedOff();
    }
    this.#markReady(driver);
    this.#pump();
  }

  #began(driver: Driver, now: number): void {
    if (driver.inFlight === 0) this.#active += 1;
    driver.started(now);
    this.#inFlight += 1;
  }

  #ended(driver: Driver, delivery: Delivery, attempted: Attempted | null): void {
    this.#inFlight -= 1;
    if (attempted) driver.ended(delivery, attempted.attempt.ok);
    else driver.abandoned(delivery);
    if (driver.inFlight === 0) this.#active -= 1;
    this.#markReady(driver);
    this.#pump();
  }

  /** An outcome must not be lost for want of a disk: tried until it is written, or the program ends. */
  async #writeDown({ settling }: Tenure, attempted: Attempted): Promise<Settled | null> {
    const { clock, log } = this.#options;
    for (;;) {
      try {
        return await settling.submit(attempted);
      } catch (error) {
        // The next holder finds the lane where it was, and sends the head again.
        if (error instanceof LeaseLostError) return null;
        if (this.#stopping) throw error;
        log.error({ err: error }, 'writing down an outcome failed; trying again');
        await this.#pause(clock);
      }
    }
  }

  #pause(clock: Clock): Promise<void> {
    return new Promise((wake) => {
      clock.alarm(clock.now() + STORE_RETRY_MS, wake);
    });
  }

  #noticeClock(): number {
    const now = this.#options.clock.now();
    if (now < this.#lastNow - CLOCK_SLACK_MS) this.#track(this.#redateInTheEnd());
    this.#lastNow = now;
    return now;
  }

  /** The clock is not noticed twice: what is dated in the future must be dated anew, however long it takes. */
  async #redateInTheEnd(): Promise<void> {
    const { clock, log } = this.#options;
    while (!this.#stopping) {
      try {
        return await this.#redate(0);
      } catch (error) {
        log.error({ err: error }, 'dating anew after the clock was set back failed; trying again');
        await this.#pause(clock);
      }
    }
  }

  /**
   * Brings what is dated in the future back to now, and learns anew when each webhook is due.
   * @param longestPauseMs pauses of lanes that would last longer end
   */
  async #redate(longestPauseMs: number): Promise<void> {
    const { clock } = this.#options;
    await this.#tenure.store.transaction(async (tx) => {
      const now = clock.now();
      await tx.webhooks.redate(now);
      await tx.lanes.redate(now, longestPauseMs);
    });
    this.allChanged();
    await this.look();
  }
}
