import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { StoreConfig } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { bearerToken, limiter, refuseBeyond } from './access.ts';
import { ApiError } from './errors.ts';
import { IntakeMetrics } from './metrics/intake-metrics.ts';
import { type PostedMetrics, posted } from './metrics/posted-metrics.ts';
import { StoredFigures } from './metrics/stored-figures.ts';
import { LOOKED_EVERY_MS, watchThread } from './metrics/thread-metrics.ts';

/** Wrong tokens from one address within a minute. */
const FAILURES = 30;

export interface MetricsOptions {
  store: Store;
  /** Where it is. */
  place: StoreConfig;
  clock: Clock;
  version: string;
  log: Logger;
  /** Asks the dispatcher's thread for its own; none where it is not at work yet. */
  ofDispatcher: () => Promise<PostedMetrics>;
}

/**
 * The figures for Prometheus. Each thread counts what it does itself, in a registry of its own; they are
 * put together when someone asks. No label holds a secret, a name, a phone number or an address.
 */
export class Metrics {
  readonly intake: IntakeMetrics;
  /** The store, its transactions watched. */
  readonly store: Store;
  readonly #registry = new Registry();
  readonly #process = new Registry();
  readonly #figures: StoredFigures;
  readonly #options: MetricsOptions;

  constructor(options: MetricsOptions) {
    this.#options = options;
    const registers = [this.#registry];
    new Gauge({
      name: 'pakiet_info',
      help: 'Always 1; its label is the version of the program.',
      labelNames: ['version'],
      registers,
    }).set({ version: options.version }, 1);
    this.intake = new IntakeMetrics(this.#registry);
    this.#figures = new StoredFigures(options.place, options.clock);
    this.store = watchThread(this.#registry, 'main')(options.store);
    collectDefaultMetrics({
      register: this.#process,
      eventLoopMonitoringPrecision: LOOKED_EVERY_MS,
    });
  }

  /** All of them in Prometheus' text format; what cannot be counted just now is absent. */
  async text(): Promise<string> {
    const { log, ofDispatcher } = this.#options;
    const [own, dispatchers, ...others] = await Promise.all([
      posted(this.#registry),
      ofDispatcher(),
      this.#figures.text().catch((error) => {
        log.warn({ err: error }, 'counting for the metrics failed');
        return '';
      }),
      this.#process.metrics(),
    ]);
    const counted = await AggregatorRegistry.aggregate([own, dispatchers]).metrics();
    return [counted, ...others].filter(Boolean).join('\n');
  }
}

/**
 * `GET /metrics`, for whoever has the token. It is not left open to this machine alone: behind a proxy,
 * all the world seems to be on this machine.
 * @param token null where metrics are not served
 */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, token: string | null): void {
  if (token === null) return;
  const failures = limiter(app, FAILURES);
  app.get('/metrics', { schema: { hide: true } as object }, async (request, reply) => {
    if (!isSame(bearerToken(request) ?? '', token)) {
      await refuseBeyond(failures, 'failed attempts', request, reply);
      throw new ApiError(
        'unauthorized',
        'Send the token of PAKIET_METRICS_TOKEN, with the header Authorization: Bearer <token>',
      );
    }
    return reply
      .type(Registry.PROMETHEUS_CONTENT_TYPE)
      .header('cache-control', 'no-store')
      .send(await metrics.text());
  });
}

/** Compares hashes, which are of one length: how long it takes tells nothing. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
