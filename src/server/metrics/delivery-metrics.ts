import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Attempted } from '../../core/settle.ts';
import type { SendError } from '../../store/facts.ts';

const OUTCOMES = [
  'ok',
  'status_2xx',
  'status_3xx',
  'status_4xx',
  'status_5xx',
  'status_other',
  'timeout',
  'connection_failed',
  'tls_failed',
  'bad_answer',
  'address_refused',
] as const;

type Outcome = (typeof OUTCOMES)[number];

function outcomeOf(error: Pick<SendError, 'code'> | null): Outcome {
  if (!error) return 'ok';
  const [, digit] = /^status_(\d)\d\d$/.exec(error.code) ?? [];
  const outcome = digit ? `status_${digit}xx` : error.code;
  return OUTCOMES.find((one) => one === outcome) ?? 'status_other';
}

/** Counts deliveries. Never by URL or webhook: those are for the API, and have no end. */
export class DeliveryMetrics {
  readonly #deliveries: Counter<'outcome'>;
  readonly #messages: Counter;
  readonly #duration: Histogram;
  readonly #latency: Histogram;

  /** @param underWay how many requests are just now */
  constructor(registry: Registry, underWay: () => number) {
    const registers = [registry];
    this.#deliveries = new Counter({
      name: 'pakiet_deliveries_total',
      help: 'Requests to webhooks, by how they ended: ok is status 200, anything else is an error and is tried again. address_refused: not on the public internet nor in PAKIET_ALLOW_NETWORKS.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of OUTCOMES) this.#deliveries.inc({ outcome }, 0);
    this.#messages = new Counter({
      name: 'pakiet_delivered_messages_total',
      help: 'Messages in deliveries that succeeded, once for each webhook that they went to.',
      registers,
    });
    this.#duration = new Histogram({
      name: 'pakiet_delivery_duration_seconds',
      help: 'Time of one request to a webhook, whether it succeeded or not. It is given up after 10 seconds.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#latency = new Histogram({
      name: 'pakiet_acceptance_to_delivery_seconds',
      help: 'Time from the acceptance of a message to the 200 of its receiver, for messages sent one by one. Pauses after errors, and times when a webhook was off, are part of it.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 14_400, 57_600],
      registers,
    });
    new Gauge({
      name: 'pakiet_deliveries_under_way',
      help: 'Requests to webhooks under way. From 500 on, webhooks get their fair share only.',
      registers,
      collect() {
        this.set(underWay());
      },
    });
  }

  /** One request to a webhook has ended. */
  ended({ delivery, attempt, outcome }: Pick<Attempted, 'delivery' | 'attempt' | 'outcome'>): void {
    this.#deliveries.inc({ outcome: outcomeOf(attempt.error) });
    this.#duration.observe((outcome.endedAt - outcome.startedAt) / 1000);
    if (!outcome.ok) return;
    this.#messages.inc(delivery.messageCount);
    if (delivery.shape === 'bundle') return;
    this.#latency.observe(Math.max(0, outcome.endedAt - delivery.lane.openedAt) / 1000);
  }
}
