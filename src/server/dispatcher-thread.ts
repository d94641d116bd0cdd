import { once } from 'node:events';
import {
  MessageChannel,
  type MessagePort,
  parentPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import { Dispatcher } from '../core/dispatcher.ts';
import { parseNetwork } from '../core/egress-guard.ts';
import { Mailer } from '../core/mailer.ts';
import type { Site } from '../core/render.ts';
import { Retention } from '../core/retention.ts';
import { Sender } from '../core/sender.ts';
import { type SmtpSettings, smtpPost } from '../core/smtp.ts';
import { openStore, type StoreConfig } from '../store/open.ts';
import { ALL_SHARDS } from '../store/shards.ts';
import { DeliveryMetrics } from './metrics/delivery-metrics.ts';
import { type PostedMetrics, posted } from './metrics/posted-metrics.ts';
import { watchThread } from './metrics/thread-metrics.ts';

// The dispatcher has a thread of its own, so that intake and delivery do not wait for each other. The
// two share the database and its write mutex; what passes between them is only who to look at.

/** What the thread is started with. */
export interface DispatcherSettings {
  store: StoreConfig;
  site: Site;
  /** As in PAKIET_ALLOW_NETWORKS; parsed again on the thread's side. */
  allowNetworks: string[];
  retentionDays: number;
  /** Null where e-mail is not to be sent. */
  smtp: SmtpSettings | null;
  logLevel: string;
}

type ToThread =
  | { kind: 'wake'; due: Map<number, number> }
  | { kind: 'changed'; webhookId: number }
  | { kind: 'metrics'; answerTo: MessagePort }
  | { kind: 'stop' };

/** The dispatcher as the main thread sees it. */
export interface DispatcherThread {
  wake(due: Map<number, number>): void;
  changed(webhookId: number): void;
  /** What the thread has counted. */
  metrics(): Promise<PostedMetrics>;
  /** Resolves when what was under way has ended and is written down. */
  stop(): Promise<void>;
}

/**
 * Starts the dispatcher's thread and resolves when it is at work.
 * @param entry module that calls {@link runDispatcher}
 * @param onDeath called if the thread ends unasked: messages must not be taken with no one to deliver them
 */
export async function startDispatcher(
  entry: URL,
  settings: DispatcherSettings,
  onDeath: (error: unknown) => void,
): Promise<DispatcherThread> {
  const worker = new Worker(entry, { workerData: settings });
  let stopping = false;
  const post = (message: ToThread) => worker.postMessage(message);
  await once(worker, 'message');
  worker.on('error', onDeath);
  const ended = once(worker, 'exit').then(([code]) => {
    if (!stopping) onDeath(new Error(`The dispatcher's thread ended with code ${code}`));
  });
  return {
    wake: (due) => post({ kind: 'wake', due }),
    changed: (webhookId) => post({ kind: 'changed', webhookId }),
    metrics: async () => {
      const { port1: port, port2: answerTo } = new MessageChannel();
      worker.postMessage({ kind: 'metrics', answerTo } satisfies ToThread, [answerTo]);
      const [metrics] = await once(port, 'message');
      port.close();
      return metrics as PostedMetrics;
    },
    stop: async () => {
      stopping = true;
      post({ kind: 'stop' });
      await ended;
    },
  };
}

/** The thread's own side. */
export async function runDispatcher(clock: Clock): Promise<void> {
  const port = parentPort as MessagePort;
  const settings = workerData as DispatcherSettings;
  const log = pino({ level: settings.logLevel }, pino.destination({ fd: 1, sync: true }));
  const { site, retentionDays, smtp } = settings;
  const registry = new Registry();
  const opened = await openStore(settings.store);
  const store = watchThread(registry, 'dispatcher', opened);
  const sender = new Sender(settings.allowNetworks.map(parseNetwork));
  const post = smtp && smtpPost(smtp);
  const mailer = new Mailer({ store, clock, post, site, retentionDays, log });
  const switchedOff = () => mailer.wake();
  const deliveries = new DeliveryMetrics(registry, (): number => dispatcher.inFlight);
  const ended: DeliveryMetrics['ended'] = (one) => deliveries.ended(one);
  const dispatcher = new Dispatcher({ store, clock, sender, site, log, switchedOff, ended });
  const onError = (error: unknown) => log.error({ err: error }, 'sweeping old messages failed');
  const retention = new Retention({
    store,
    clock,
    retentionDays,
    changed: (id) => dispatcher.changed(id),
    onError,
  });
  port.on('message', (message: ToThread) => {
    if (message.kind === 'wake') dispatcher.wake(message.due);
    else if (message.kind === 'changed') dispatcher.changed(message.webhookId);
    else if (message.kind === 'metrics') void answer(registry, message.answerTo);
    else void stop();
  });
  const stop = async () => {
    await Promise.all([dispatcher.stop(), retention.stop()]);
    await mailer.stop();
    await sender.close();
    await store.close();
    port.close();
  };
  await mailer.start();
  await dispatcher.start(ALL_SHARDS);
  retention.start();
  port.postMessage('at work');
}

async function answer(registry: Registry, port: MessagePort): Promise<void> {
  port.postMessage(await posted(registry));
}
