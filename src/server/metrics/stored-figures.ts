import { Gauge, Registry } from 'prom-client';
import type { Clock } from '../../core/clock.ts';
import type { Figures } from '../../store/figures.ts';
import type { StoreConfig } from '../../store/open.ts';
import { askThread } from '../ask-thread.ts';

/** How long figures are shown before they are counted anew. */
const KEPT_MS = 30_000;

const COUNTER = new URL('./figures-worker.js', import.meta.url);

const WEBHOOK_STATES = {
  healthy: 'enabled',
  failing: 'pausing',
  errors: 'disabled_by_errors',
  owner: 'disabled_by_owner',
  unsubscribed: 'unsubscribed',
};
const EMAIL_STATES = ['waiting', 'unsent', 'sent', 'given_up', 'cancelled'];

/**
 * What has to be counted in the store. It is counted when it is asked for, by a thread that lives just so
 * long: neither intake nor deliveries wait for it, and where nobody asks it costs nothing.
 */
export class StoredFigures {
  readonly #store: StoreConfig;
  readonly #clock: Clock;
  readonly #registry = new Registry();
  readonly #gauges: ReturnType<typeof gauges>;
  #counted: { at: number; figures: Promise<Figures> } | null = null;

  constructor(store: StoreConfig, clock: Clock) {
    this.#store = store;
    this.#gauges = gauges(this.#registry, store.kind === 'sqlite');
    this.#clock = clock;
  }

  /** @throws where they cannot be counted */
  async text(): Promise<string> {
    const now = this.#clock.now();
    if (!this.#counted || Math.abs(now - this.#counted.at) >= KEPT_MS) {
      this.#counted = { at: now, figures: askThread(COUNTER, this.#store) };
    }
    const { at, figures } = this.#counted;
    try {
      show(this.#gauges, await figures, at);
    } catch (error) {
      this.#counted = null;
      throw error;
    }
    return this.#registry.metrics();
  }
}

/** @param hasDisk whether the database is on a disk that can be looked at */
function gauges(registry: Registry, hasDisk: boolean) {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help: `${help} ${COUNTED}`, labelNames, registers: [registry] });
  return {
    messages: gauge(
      'pakiet_waiting_messages',
      'Messages accepted and not yet delivered, once for each webhook, by whether the webhook is switched on or off. Those of open bundles are among them.',
      ['webhook'],
    ),
    lanes: gauge(
      'pakiet_waiting_lanes',
      'Chats in which messages wait, once for each webhook, by whether the webhook is switched on or off.',
      ['webhook'],
    ),
    overdue: gauge(
      'pakiet_oldest_overdue_seconds',
      'How long the delivery has been due that is due the longest, of webhooks that are switched on: healthy ones, where it tells how far this server (or the webhook’s rate) is behind, and failing ones, which rest after errors.',
      ['webhook'],
    ),
    webhooks: gauge(
      'pakiet_webhooks',
      'Webhooks by state. pausing: enabled, and resting after errors. disabled_by_errors: more than 10 errors in a row. unsubscribed: the Zap is off.',
      ['state'],
    ),
    emails: gauge(
      'pakiet_emails',
      'E-mails about webhooks switched off, of the last 90 days, by state. unsent: for want of SMTP_URL or of the owner’s address.',
      ['state'],
    ),
    parked: gauge(
      'pakiet_parked_deliveries',
      'Deliveries set aside, until a person sends them again or discards them.',
    ),
    bytes: gauge(
      'pakiet_database_bytes',
      'Size of the database, and of its write-ahead log where that is a file of its own.',
      ['file'],
    ),
    free: hasDisk
      ? gauge('pakiet_data_disk_free_bytes', 'Room left on the disk of the data folder.')
      : null,
    counted: gauge('pakiet_counted_timestamp_seconds', 'When the figures were counted.'),
  };
}

const COUNTED = `(Counted at most every ${KEPT_MS / 1000} s.)`;

function show(
  {
    messages,
    lanes,
    overdue,
    webhooks,
    emails,
    parked,
    bytes,
    free,
    counted,
  }: ReturnType<typeof gauges>,
  figures: Figures,
  at: number,
): void {
  for (const [webhook, waiting] of Object.entries(figures.waiting)) {
    messages.set({ webhook }, waiting.messages);
    lanes.set({ webhook }, waiting.lanes);
  }
  for (const [webhook, due] of Object.entries(figures.dueSince)) {
    overdue.set({ webhook }, due === null ? 0 : Math.max(0, at - due) / 1000);
  }
  for (const [key, state] of Object.entries(WEBHOOK_STATES)) {
    webhooks.set({ state }, figures.webhooks[key] ?? 0);
  }
  for (const state of EMAIL_STATES) emails.set({ state }, figures.emails[state] ?? 0);
  parked.set(figures.parked);
  for (const [file, size] of Object.entries(figures.bytes)) bytes.set({ file }, size);
  if (figures.freeBytes !== null) free?.set(figures.freeBytes);
  counted.set(at / 1000);
}
