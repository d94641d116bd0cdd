import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import type { Clock } from '../../src/core/clock.ts';
import { Dispatcher } from '../../src/core/dispatcher.ts';
import { Intake } from '../../src/core/intake.ts';
import { Redelivery } from '../../src/core/redelivery.ts';
import { WebhookActions } from '../../src/core/webhooks.ts';
import type { Webhook } from '../../src/store/rows.ts';
import { ALL_SHARDS } from '../../src/store/shards.ts';
import type { Repositories, Store } from '../../src/store/store.ts';
import { type NewWebhookInput, newWebhookSchema } from '../../src/wire/webhook.ts';
import { ManualClock } from './manual-clock.ts';
import { inbound, type MessageGiven } from './messages.ts';
import { Receiver } from './receiver.ts';
import { SQLITE, type StoreKind, type StorePlace } from './stores.ts';

export const SITE = { publicUrl: 'https://pakiet.test', productName: 'Pakiet' };

/** Bundles that are rendered one after the other, each in a turn of its own, are not quiet. */
const QUIET_TURNS = 12;
const ALARMS_AT_MOST = 20_000;

/** What lives and dies with one process. */
interface Process {
  store: Store;
  dispatcher: Dispatcher;
  intake: Intake;
  webhooks: WebhookActions;
  redelivery: Redelivery;
  alive: boolean;
  /** Calls of the store under way. */
  busy: number;
  /** Calls of the store so far. */
  calls: number;
}

/** The whole core over a real store, with a clock and a receiver in the test's hands. */
export class World {
  readonly clock = new ManualClock();
  readonly receiver = new Receiver(() => this.clock.now());
  workspaceId = 0;
  readonly #place: StorePlace;
  readonly #random: () => number;
  readonly #delay: () => number;
  #process: Process | null = null;

  private constructor(place: StorePlace, random: () => number, delay: () => number) {
    this.#place = place;
    this.#random = random;
    this.#delay = delay;
  }

  static async create({
    random = () => 0.5,
    delay = () => 0,
    kind = SQLITE,
  }: {
    /** For the jitter of pauses. */
    random?: () => number;
    /** Turns of the event loop that a call of the store takes longer. */
    delay?: () => number;
    kind?: StoreKind;
  } = {}): Promise<World> {
    const world = new World(kind.place(), random, delay);
    await world.boot();
    const { id } = await world.store.transaction((tx) =>
      tx.workspaces.create({ name: 'Acme', ownerName: 'Olga', ownerEmail: 'olga@acme.example' }),
    );
    world.workspaceId = id;
    return world;
  }

  get #running(): Process {
    if (!this.#process) throw new Error('The process is not running');
    return this.#process;
  }

  get store(): Store {
    return this.#running.store;
  }
  get intake(): Intake {
    return this.#running.intake;
  }
  get webhooks(): WebhookActions {
    return this.#running.webhooks;
  }
  get redelivery(): Redelivery {
    return this.#running.redelivery;
  }
  get dispatcher(): Dispatcher {
    return this.#running.dispatcher;
  }

  async boot(): Promise<void> {
    const process = { alive: true, busy: 0, calls: 0 } as Process;
    const store = watched(await this.#place.open(), process, this.#delay);
    process.store = store;
    const clock: Clock = {
      now: () => this.clock.now(),
      alarm: (at, ring) => {
        if (!process.alive) return () => {};
        return this.clock.alarm(at, () => process.alive && ring());
      },
    };
    const sender = this.receiver.sender(() => !process.alive);
    const log = pino({ level: 'silent' });
    const options = { store, clock, sender, site: SITE, log, random: this.#random };
    process.dispatcher = new Dispatcher(options);
    const changed = (id: number) => process.dispatcher.changed(id);
    const wake = (due: Map<number, number>) => process.dispatcher.wake(due);
    process.intake = new Intake({ store, clock, wake, changed });
    process.webhooks = new WebhookActions({ store, clock, sender, changed });
    process.redelivery = new Redelivery({ store, clock, sender, changed, site: SITE });
    this.#process = process;
    await process.dispatcher.start(ALL_SHARDS);
  }

  /** The process dies where it stands: open transactions roll back, requests are never heard of. */
  async crash(): Promise<void> {
    const process = this.#running;
    process.alive = false;
    this.#process = null;
    this.receiver.forgetHeld();
    await process.store.close();
  }

  /** The process ends as on SIGTERM. */
  async stop(): Promise<void> {
    const process = this.#running;
    await process.dispatcher.stop();
    process.alive = false;
    this.#process = null;
    await process.store.close();
  }

  /** Waits until nothing moves any more but for the clock or the receiver. */
  async idle(): Promise<void> {
    let done = -1;
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      await turn();
      const { busy, calls } = this.#running;
      const sofar = calls + this.receiver.requests.length;
      quiet = busy === 0 && sofar === done ? quiet + 1 : 0;
      done = sofar;
    }
  }

  /** Lets time pass, alarm by alarm, each one's work done before the next rings. */
  async advance(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.idle();
    for (let rung = 0; ; rung++) {
      if (rung > ALARMS_AT_MOST) throw new Error('Alarms without end: something polls');
      const next = this.clock.nextAlarm();
      if (next === null || next > until) break;
      this.clock.set(Math.max(next, this.clock.now()));
      await this.idle();
    }
    this.clock.set(until);
    await this.idle();
  }

  createWebhook(given: Partial<NewWebhookInput> = {}): Promise<Webhook> {
    const input = {
      target_url: 'https://receiver.example/',
      granularity_hours: 0 as const,
      ...given,
    };
    return this.webhooks.create(this.workspaceId, newWebhookSchema.parse(input));
  }

  /** Takes messages in, as one request. */
  accept(...given: MessageGiven[]) {
    return this.intake.accept(this.workspaceId, given.map(inbound));
  }

  /** The webhook as it is stored now. */
  async webhook(id: number): Promise<Webhook> {
    return (await this.store.read.webhooks.get(this.workspaceId, id)) as Webhook;
  }
}

/**
 * The store with its calls counted, and each taking as many turns of the event loop more as `delay` says:
 * as if other threads wrote in between.
 */
function watched(
  store: Store,
  process: Pick<Process, 'busy' | 'calls'>,
  delay: () => number,
): Store {
  const slowly = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    process.busy += 1;
    process.calls += 1;
    try {
      for (let turns = delay(); turns > 0; turns--) await turn();
      const result = await work();
      for (let turns = delay(); turns > 0; turns--) await turn();
      return result;
    } finally {
      process.busy -= 1;
    }
  };
  const slow = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => slowly(() => method.apply(target, args));
      },
    });
  const read = Object.fromEntries(
    Object.entries(store.read).map(([name, part]) => [name, slow(part as object)]),
  ) as unknown as Repositories;
  return {
    read,
    close: () => store.close(),
    transaction: (work, scope) =>
      slowly(() => store.transaction((tx) => slowly(() => work(tx)), scope)),
  };
}
