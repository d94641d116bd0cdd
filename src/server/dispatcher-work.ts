import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import { Dispatcher } from '../core/dispatcher.ts';
import { parseNetwork } from '../core/egress-guard.ts';
import { type Lease, TimedLease, UNENDING } from '../core/lease.ts';
import { Mailer } from '../core/mailer.ts';
import { Retention } from '../core/retention.ts';
import { Sender } from '../core/sender.ts';
import { ShardHolder } from '../core/shard-holder.ts';
import { SharedClock } from '../core/shared-clock.ts';
import { smtpPost } from '../core/smtp.ts';
import { openStore } from '../store/open.ts';
import { ALL_SHARDS } from '../store/shards.ts';
import { isShared, type SharedStore, type Store } from '../store/store.ts';
import type { DispatcherSettings } from './dispatcher-thread.ts';
import { DeliveryMetrics } from './metrics/delivery-metrics.ts';
import { watchThread } from './metrics/thread-metrics.ts';

/** How long a dispatcher that dies keeps its shards from the others. */
export const LEASE_MS = 30_000;
/** News of what is to be delivered may get lost between programs: so it is looked for every so often. */
export const LOOK_EVERY_MS = 10_000;

/** All that delivers, as its thread runs it. */
export interface DispatcherWork {
  wake(due: Map<number, number>): void;
  changed(webhookId: number): void;
  /** Resolves when what was under way has ended and is written down. */
  stop(): Promise<void>;
}

/** Starts it. @throws {StoreError} */
export async function startWork(
  settings: DispatcherSettings,
  registry: Registry,
  clock: Clock,
  log: Logger,
): Promise<DispatcherWork> {
  const opened = await openStore(settings.store);
  return isShared(opened)
    ? startAmongOthers(opened, settings, registry, clock, log)
    : startAlone(opened, settings, registry, clock, log);
}

/** One program has the store: it delivers everything. */
async function startAlone(
  opened: Store,
  settings: DispatcherSettings,
  registry: Registry,
  clock: Clock,
  log: Logger,
): Promise<DispatcherWork> {
  const store = watchThread(registry, 'dispatcher')(opened);
  const switchedOff = () => housekeeping.woken();
  const { dispatcher, sender } = theDispatcher({
    store,
    settings,
    registry,
    clock,
    log,
    switchedOff,
  });
  const changed = (id: number) => dispatcher.changed(id);
  const housekeeping = new Housekeeping({ store, settings, clock, log, changed });
  await housekeeping.start();
  await dispatcher.start(ALL_SHARDS);
  return {
    wake: (due) => dispatcher.wake(due),
    changed,
    stop: async () => {
      await dispatcher.stop();
      await housekeeping.stop();
      await sender.close();
      await store.close();
    },
  };
}

/** Several programs share the store: it delivers what is in the shards that it holds. */
async function startAmongOthers(
  opened: SharedStore,
  settings: DispatcherSettings,
  registry: Registry,
  ownClock: Clock,
  log: Logger,
): Promise<DispatcherWork> {
  const clock = await SharedClock.start(ownClock, () => opened.now());
  const watched = watchThread(registry, 'dispatcher');
  const store = watched(opened.under(NO_LEASE));
  const lease = new TimedLease(settings.leaseMs ?? LEASE_MS, () => dispatcher.lapse());
  const { dispatcher, sender } = theDispatcher({
    ...{ store, settings, registry, clock, log, lease },
    switchedOff: () => opened.signals.tell('mail'),
  });
  const changed = (webhookId: number) => opened.signals.changed(webhookId);
  const housekeeping = new Housekeeping({ store, settings, clock, log, changed });
  const holder = new ShardHolder({
    ...{ leases: opened.leases, lease, clock, log },
    freed: () => opened.signals.tell('shards'),
    holder: {
      take: async (shards) => {
        await dispatcher.take(shards);
        if (shards.includes(ITS_SHARD)) await housekeeping.start();
      },
      release: async (shards) => {
        if (shards.includes(ITS_SHARD)) await housekeeping.stop();
        await dispatcher.release(shards);
      },
      begin: (id) => {
        const its = watched(opened.under(id));
        housekeeping.begin(its);
        dispatcher.begin(its);
      },
      resume: () => dispatcher.resume(),
    },
  });
  const look = () => {
    housekeeping.woken();
    dispatcher.look().catch((error) => log.error({ err: error }, 'looking for work failed'));
  };
  const missed = () => {
    dispatcher.allChanged();
    look();
    holder.look();
  };
  await opened.signals.listen((news) => {
    if (news.due) dispatcher.wake(news.due);
    for (const webhookId of news.changed ?? []) dispatcher.changed(webhookId);
    if (news.shards) holder.look();
    if (news.mail) housekeeping.woken();
  }, missed);
  await holder.start();
  let cancel = () => {};
  const lookNowAndThen = () => {
    cancel = clock.alarm(clock.now() + LOOK_EVERY_MS, () => {
      look();
      lookNowAndThen();
    });
  };
  lookNowAndThen();
  return {
    wake: (due) => {
      dispatcher.wake(due);
      const others = [...due].filter(([webhookId]) => !dispatcher.drives(webhookId));
      if (others.length > 0) opened.signals.wake(new Map(others));
    },
    changed: (webhookId) => dispatcher.changed(webhookId),
    stop: async () => {
      cancel();
      await dispatcher.stop();
      await housekeeping.stop();
      await holder.stop();
      clock.stop();
      await sender.close();
      await store.close();
    },
  };
}

interface Given {
  store: Store;
  settings: DispatcherSettings;
  clock: Clock;
  log: Logger;
}

function theDispatcher({
  settings,
  registry,
  lease = UNENDING,
  ...given
}: Given & { registry: Registry; lease?: Lease; switchedOff: () => void }) {
  const networks = settings.allowNetworks.map(parseNetwork);
  const sender = new Sender(networks, undefined, () => lease.holds());
  const deliveries = new DeliveryMetrics(registry, (): number => dispatcher.inFlight);
  const ended: DeliveryMetrics['ended'] = (one) => deliveries.ended(one);
  const { site } = settings;
  const dispatcher: Dispatcher = new Dispatcher({ ...given, lease, sender, site, ended });
  return { dispatcher, sender };
}

/** A number that no lease ever has. */
const NO_LEASE = 0;

/** Whoever holds this shard keeps house for all. */
const ITS_SHARD = 0;

/** What is done once, however many dispatchers there are: e-mails, and sweeping what is old. */
class Housekeeping {
  readonly #options: Given & { changed: (webhookId: number) => void };
  #store: Store;
  #running: { mailer: Mailer; retention: Retention } | null = null;

  constructor(options: Given & { changed: (webhookId: number) => void }) {
    this.#options = options;
    this.#store = options.store;
  }

  /** It was another's house until now: what is still under way in it cannot be written down any more. */
  begin(store: Store): void {
    void this.stop();
    this.#store = store;
  }

  async start(): Promise<void> {
    await this.stop();
    const store = this.#store;
    const { settings, clock, log, changed } = this.#options;
    const { smtp, site, retentionDays } = settings;
    const post = smtp && smtpPost(smtp);
    const mailer = new Mailer({ store, clock, post, site, retentionDays, log });
    const onError = (error: unknown) => log.error({ err: error }, 'sweeping old messages failed');
    const retention = new Retention({ store, clock, retentionDays, changed, onError });
    this.#running = { mailer, retention };
    await mailer.start();
    retention.start();
  }

  /** Something may have been added to the outbox. */
  woken(): void {
    this.#running?.mailer.wake();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (!running) return;
    await running.retention.stop();
    await running.mailer.stop();
  }
}
