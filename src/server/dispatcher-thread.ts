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
import type { Site } from '../core/render.ts';
import type { SmtpSettings } from '../core/smtp.ts';
import type { StoreConfig } from '../store/open.ts';
import { startWork } from './dispatcher-work.ts';
import { type PostedMetrics, posted } from './metrics/posted-metrics.ts';

// The dispatcher has a thread of its own, so that intake and delivery do not wait for each other. The
// two share the database; what passes between them is only who to look at.

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
  /** For tests: how long a dispatcher that dies keeps its shards from the others, where several share a store. */
  leaseMs?: number;
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
  const registry = new Registry();
  const work = await startWork(settings, registry, clock, log);
  port.on('message', (message: ToThread) => {
    if (message.kind === 'wake') work.wake(message.due);
    else if (message.kind === 'changed') work.changed(message.webhookId);
    else if (message.kind === 'metrics') void answer(registry, message.answerTo);
    else void work.stop().then(() => port.close());
  });
  port.postMessage('at work');
}

async function answer(registry: Registry, port: MessagePort): Promise<void> {
  port.postMessage(await posted(registry));
}
