import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import packageJson from '../../package.json' with { type: 'json' };
import type { Clock } from '../core/clock.ts';
import { SharedClock } from '../core/shared-clock.ts';
import { StoreError } from '../store/errors.ts';
import { openStore } from '../store/open.ts';
import { isShared } from '../store/store.ts';
import { nameOf, type TakenPlace, takePlace } from '../store/take.ts';
import { type Config, ConfigError, urlOf } from './config.ts';
import { startDispatcher } from './dispatcher-thread.ts';
import { createFirstWorkspace, invitation, welcome } from './first-start.ts';
import { Metrics } from './metrics.ts';
import { OwnDispatcher } from './own-dispatcher.ts';
import { buildProbes } from './probes.ts';
import { startApi } from './start-api.ts';
import { unsentNotice } from './unsent-notice.ts';

/** How long requests under way may take to finish once the server is to stop. */
const UNDER_WAY_LIMIT_MS = 10_000;

/** Then, so often it is looked which connections have none any more. */
const CLOSE_IDLE_EVERY_MS = 50;

const { version } = packageJson;

export interface StartOptions {
  config: Config;
  clock: Clock;
  /** Module that runs the dispatcher's thread. */
  dispatcherEntry: URL;
  /** For tests: see {@link startDispatcher}'s settings. */
  leaseMs?: number;
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
 * Starts the server, or what its role has it do of it, on its data folder or the database of DATABASE_URL.
 * @throws {ConfigError | StoreError} with one sentence for whoever starts it
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, print } = options;
  const { role } = config;
  const log = pino({ level: config.logLevel }, pino.destination({ fd: 1, sync: true }));
  const taken = take(config);
  await checkPort(config);
  const place = await taken.ready();
  const opened = await openStore(place);
  const shared = isShared(opened) ? opened : null;
  const clock = shared ? await SharedClock.start(options.clock, () => shared.now()) : options.clock;
  const dispatcher = new OwnDispatcher(shared?.signals ?? null);
  const metrics = new Metrics({
    ...{ store: opened, place, clock, version, log },
    ofDispatcher: () => dispatcher.metrics(),
  });
  const { store } = metrics;
  const site = {
    publicUrl: config.publicUrl ?? urlOf(config.host, config.port),
    productName: config.productName,
  };
  const { metricsToken } = config;
  const parts =
    role === 'dispatcher'
      ? { app: await buildProbes({ store, metrics, metricsToken }, log), stop: async () => {} }
      : await startApi({
          ...{ config, store, place, clock, site, metrics, version, log },
          // Whoever delivers, be it in this process or in another, hears of it.
          wake: (due) => dispatcher.wake(due),
          changed: (id) => dispatcher.changed(id),
        });
  const { app } = parts;
  const first =
    role === 'dispatcher' ? null : await createFirstWorkspace(store, config, clock.now());
  const stop = async () => {
    const impatience = setTimeout(() => app.server.closeAllConnections(), UNDER_WAY_LIMIT_MS);
    // A connection that had a request under way is kept alive after it, by whoever may use it again.
    const idle = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
    // Nothing more is begun, also of what still comes in; what is taken waits in the store.
    await Promise.all([app.close(), dispatcher.stop()]);
    clearTimeout(impatience);
    clearInterval(idle);
    await parts.stop();
    if (clock instanceof SharedClock) clock.stop();
    await store.close();
    taken.release();
  };
  try {
    await app.listen({ port: config.port, host: config.host });
    const { port } = app.server.address() as AddressInfo;
    const url = urlOf(config.host, port);
    site.publicUrl = config.publicUrl ?? url;
    if (role !== 'api') {
      const { smtp, logLevel, retentionDays } = config;
      const settings = {
        ...{ store: place, site, smtp, logLevel, retentionDays },
        allowNetworks: config.allowNetworks.map(([base, bits]) => `${base}/${bits}`),
        ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
      };
      dispatcher.isThere(await startDispatcher(options.dispatcherEntry, settings, options.onDeath));
    }
    const what = { all: '', api: ' as api', dispatcher: ' as dispatcher' }[role];
    print(
      `${config.productName} ${version}${what} listens on ${url} and keeps its data in ${nameOf(config)}\n`,
    );
    if (role === 'dispatcher' && config.publicUrl === null) print(`${LINKS_LEAD_NOWHERE}\n`);
    if (first) {
      const notice = await unsentNotice(store, config, clock.now());
      const link = await invitation(store, config, site.publicUrl, clock.now());
      print(`${notice}${link}${first.created ? welcome(url, first.newKey) : ''}`);
    }
    return { url, stop };
  } catch (error) {
    await stop();
    throw explainListenError(error, config);
  }
}

const LINKS_LEAD_NOWHERE =
  'PAKIET_PUBLIC_URL is not set, so links in what is delivered lead to this process, which has no pages: set it to the address of the API.';

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
