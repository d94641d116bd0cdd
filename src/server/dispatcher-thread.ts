import { once } from 'node:events';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import type { Clock } from '../core/clock.ts';
import { Dispatcher } from '../core/dispatcher.ts';
import { parseNetwork } from '../core/egress-guard.ts';
import type { Site } from '../core/render.ts';
import { Retention } from '../core/retention.ts';
import { Sender } from '../core/sender.ts';
import { openSqlite } from '../store/sqlite/open.ts';

// The dispatcher has a thread of its own, so that intake and delivery do not wait for each other. The
// two share the database and its write mutex; what passes between them is only who to look at.

/** What the thread is started with. */
export interface DispatcherSettings {
  folder: string;
  mutexMemory: SharedArrayBuffer;
  site: Site;
  /** As in PAKIET_ALLOW_NETWORKS; parsed again on the thread's side. */
  allowNetworks: string[];
  retentionDays: number;
  logLevel: string;
}

type ToThread =
  | { kind: 'wake'; due: Map<number, number> }
  | { kind: 'changed'; webhookId: number }
  | { kind: 'stop' };

/** The dispatcher as the main thread sees it. */
export interface DispatcherThread {
  wake(due: Map<number, number>): void;
  changed(webhookId: number): void;
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
  const { folder, mutexMemory, site, retentionDays } = settings;
  const store = await openSqlite({ folder, mutexMemory });
  const sender = new Sender(settings.allowNetworks.map(parseNetwork));
  const dispatcher = new Dispatcher({ store, clock, sender, site, log });
  const onError = (error: unknown) => log.error({ err: error }, 'sweeping old messages failed');
  const retention = new Retention({ store, clock, retentionDays, onError });
  port.on('message', (message: ToThread) => {
    if (message.kind === 'wake') dispatcher.wake(message.due);
    else if (message.kind === 'changed') dispatcher.changed(message.webhookId);
    else void stop();
  });
  const stop = async () => {
    await Promise.all([dispatcher.stop(), retention.stop()]);
    await sender.close();
    await store.close();
    port.close();
  };
  await dispatcher.start();
  retention.start();
  port.postMessage('at work');
}
