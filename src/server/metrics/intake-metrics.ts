import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';

const OUTCOMES = ['accepted', 'duplicate', 'skipped', 'rejected'] as const;

/** What became of the messages of one request. */
export type IntakeResult = Record<(typeof OUTCOMES)[number], number>;

/** Counts what comes in: requests, and the messages in them. */
export class IntakeMetrics {
  readonly #messages: Record<keyof IntakeResult, Counter.Internal>;
  readonly #requests: Counter<'area' | 'status'>;
  readonly #duration: Histogram;

  constructor(registry: Registry) {
    const messages = new Counter({
      name: 'pakiet_messages_total',
      help: 'Messages handed in: accepted; duplicate (taken before); skipped (no text, or an attachment); rejected (not valid).',
      labelNames: ['outcome'],
      registers: [registry],
    });
    this.#messages = Object.fromEntries(
      OUTCOMES.map((outcome) => {
        const counter = messages.labels({ outcome });
        counter.inc(0);
        return [outcome, counter];
      }),
    ) as Record<keyof IntakeResult, Counter.Internal>;
    this.#requests = new Counter({
      name: 'pakiet_http_requests_total',
      help: 'Requests answered, by status: those that hand messages in (intake), other calls of the API, and all else (pages, probes).',
      labelNames: ['area', 'status'],
      registers: [registry],
    });
    this.#duration = new Histogram({
      name: 'pakiet_intake_duration_seconds',
      help: 'Time from a request that hands messages in to its answer: with 202 (200 to a source), until they are on the disk.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers: [registry],
    });
  }

  /** The messages of one request have been judged and, where good, written down. */
  took(result: IntakeResult): void {
    for (const outcome of OUTCOMES) {
      if (result[outcome] > 0) this.#messages[outcome].inc(result[outcome]);
    }
  }

  /**
   * @param api path under which the API is, one of whose routes takes messages
   * @param sources path under which the other routes are that do
   */
  watch(app: FastifyInstance, api: string, sources: string): void {
    app.addHook('onResponse', ({ routeOptions: { url = '' } }, reply, done) => {
      const isIntake = url === `${api}/messages` || url.startsWith(`${sources}/`);
      const area = isIntake ? 'intake' : url.startsWith(`${api}/`) ? 'api' : 'other';
      this.#requests.inc({ area, status: reply.statusCode });
      if (isIntake) this.#duration.observe(reply.elapsedTime / 1000);
      done();
    });
  }
}
