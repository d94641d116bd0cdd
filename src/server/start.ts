import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import packageJson from '../../package.json' with { type: 'json' };
import type { Clock } from '../core/clock.ts';
import { Intake } from '../core/intake.ts';
import { Redelivery } from '../core/redelivery.ts';
import { Sender } from '../core/sender.ts';
import { SignIn } from '../core/sign-in.ts';
import { SourceActions } from '../core/source-actions.ts';
import { SourceIntake } from '../core/source-intake.ts';
import { SourceNotes } from '../core/source-notes.ts';
import { WebhookActions } from '../core/webhooks.ts';
import { StoreError } from '../store/errors.ts';
import { openStore, secretBoxOf } from '../store/open.ts';
import { nameOf, type TakenPlace, takePlace } from '../store/take.ts';
import { buildApp } from './app.ts';
import { type Config, ConfigError, urlOf } from './config.ts';
import { type DispatcherThread, startDispatcher } from './dispatcher-thread.ts';
import { createFirstWorkspace, invitation, welcome } from './first-start.ts';
import { Metrics } from './metrics.ts';
import { ThreadReports } from './reports/thread-reports.ts';
import { unsentNotice } from './unsent-notice.ts';

/** How long requests under way may take to finish once the server is to stop. */
const UNDER_WAY_LIMIT_MS = 10_000;

export interface StartOptions {
  config: Config;
  clock: Clock;
  /** Module that runs the dispatcher's thread. */
  dispatcherEntry: URL;
  /** Shows text to whoever started the server. */
  print: (text: string) => void;
  /** Called if the server cannot go on. */
  onDeath: (error: unknown) => void;
}

export interface RunningServer {
  url: string;
  /** Takes no more requests, lets those under way finish, writes everything down. */
  stop: () => Promise<void>;
}

/**
 * Starts the server on its data folder, or on the database of DATABASE_URL.
 * @throws {ConfigError | StoreError} with one sentence for whoever starts it
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, clock, print } = options;
  const log = pino({ level: config.logLevel }, pino.destination({ fd: 1, sync: true }));
  const taken = take(config);
  await checkPort(config);
  const place = await taken.ready();
  let dispatcher: DispatcherThread | null = null;
  const { version } = packageJson;
  const metrics = new Metrics({
    store: await openStore(place),
    place,
    clock,
    version,
    log,
    ofDispatcher: async () => (await dispatcher?.metrics()) ?? [],
  });
  const { store } = metrics;
  const first = await createFirstWorkspace(store, config, clock.now());
  const site = {
    publicUrl: config.publicUrl ?? urlOf(config.host, config.port),
    productName: config.productName,
  };
  const sender = new Sender(config.allowNetworks);
  // What comes in before the dispatcher is at work may be too late for its first look at the store.
  const untold: ((thread: DispatcherThread) => void)[] = [];
  const tell = (news: (thread: DispatcherThread) => void) => {
    if (dispatcher) news(dispatcher);
    else untold.push(news);
  };
  const wake = (due: Map<number, number>) => tell((thread) => thread.wake(due));
  const changed = (webhookId: number) => tell((thread) => thread.changed(webhookId));
  const intake = new Intake({ store, clock, wake, changed });
  const webhooks = new WebhookActions({ store, clock, sender, changed });
  const redelivery = new Redelivery({ store, clock, sender, changed, site });
  const notes = new SourceNotes({
    store,
    clock,
    onError: (error) => log.warn({ err: error }, 'noting what sources sent failed'),
  });
  const reports = new ThreadReports({
    store: place,
    clock,
    site,
    onError: (error) => log.warn({ err: error }, 'a report failed'),
  });
  const app = await buildApp(
    {
      store,
      clock,
      intake,
      webhooks,
      redelivery,
      reports,
      sources: new SourceActions({ store, clock, notes }),
      sourceIntake: new SourceIntake({ store, clock, intake, notes }),
      changed,
      site,
      allowNetworks: config.allowNetworks,
      sendsMail: config.smtp !== null,
      retentionDays: config.retentionDays,
      metrics,
      metricsToken: config.metricsToken,
      version,
      signIn: new SignIn({ store, clock }),
      cookieKey: secretBoxOf(place).derive('cookies'),
    },
    log,
  );
  const stop = async () => {
    const impatience = setTimeout(() => app.server.closeAllConnections(), UNDER_WAY_LIMIT_MS);
    await app.close();
    clearTimeout(impatience);
    await Promise.all([dispatcher?.stop(), reports.stop(), notes.stop()]);
    await sender.close();
    await store.close();
    taken.release();
  };
  try {
    await app.listen({ port: config.port, host: config.host });
    const { port } = app.server.address() as AddressInfo;
    const url = urlOf(config.host, port);
    site.publicUrl = config.publicUrl ?? url;
    const settings = {
      store: place,
      site,
      allowNetworks: config.allowNetworks.map(([base, bits]) => `${base}/${bits}`),
      retentionDays: config.retentionDays,
      smtp: config.smtp,
      logLevel: config.logLevel,
    };
    dispatcher = await startDispatcher(options.dispatcherEntry, settings, options.onDeath);
    for (const news of untold.splice(0)) news(dispatcher);
    print(
      `${config.productName} ${version} listens on ${url} and keeps its data in ${nameOf(config)}\n`,
    );
    print(await unsentNotice(store, config, clock.now()));
    print(await invitation(store, config, site.publicUrl, clock.now()));
    if (first.created) print(welcome(url, first.newKey));
    return { url, stop };
  } catch (error) {
    await stop();
    throw explainListenError(error, config);
  }
}

function take(config: Config): TakenPlace {
  try {
    return takePlace(config);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new ConfigError(
      `PAKIET_DATA_DIR ${config.dataDir} cannot be used as the data folder: ${(error as Error).message}.`,
    );
  }
}

/** Finds out that the server cannot listen before anything is created: the key is shown only once. */
async function checkPort(config: Config): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen({ port: config.port, host: config.host }), 'listening');
  } catch (error) {
    throw explainListenError(error, config);
  }
  probe.close();
  await once(probe, 'close');
}

function explainListenError(error: unknown, { host, port }: Config): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} is in use on ${host}: stop the other program, or set PORT to another one.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(`HOST ${host} is not an address of this machine.`);
    case 'EACCES':
      return new ConfigError(
        `Port ${port} needs more rights than this user has: set PORT to one above 1023.`,
      );
    default:
      return error;
  }
}
