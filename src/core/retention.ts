import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { PurgeCursor, Repositories, Store } from '../store/store.ts';
import { note } from './activity.ts';
import type { Clock } from './clock.ts';
import { DAYS_COUNTED, dayOf } from './daily-counts.ts';
import { removeDetached } from './forget-chat.ts';
import { replaceLane } from './settle.ts';
import { removeWebhook } from './webhooks.ts';
import { laneAfter } from './window.ts';

const DAY_MS = 24 * 3_600_000;
/** Keys that recognise duplicates live at least so long, however short the retention is. */
const KEYS_KEPT_MS = 30 * DAY_MS;
const SWEEP_EVERY_MS = 3_600_000;
/** Rows a transaction; intake and settling come in between. */
const CHUNK = 500;

/**
 * Deletes messages once they are older than the retention and no lane needs them. A lane frozen by a
 * switch-off holds them for one retention more; then its cursor moves past them. Logged requests, which
 * hold the same texts, go with the retention, and so do deliveries set aside. So do webhooks whose Zap has been off for so long.
 */
export class Retention {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #retentionMs: number;
  readonly #changed: (webhookId: number) => void;
  readonly #onError: (error: unknown) => void;
  #cancel = () => {};
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: {
    store: Store;
    clock: Clock;
    retentionDays: number;
    /** Told after the commit that the dispatcher must look at this webhook again. */
    changed: (webhookId: number) => void;
    onError: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#retentionMs = options.retentionDays * DAY_MS;
    this.#changed = options.changed;
    this.#onError = options.onError;
  }

  /** Sweeps now and every hour. */
  start(): void {
    this.#sweeping = this.sweep().catch(this.#onError);
    this.#cancel = this.#clock.alarm(this.#clock.now() + SWEEP_EVERY_MS, () => this.start());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#sweeping;
  }

  async sweep(): Promise<void> {
    const now = this.#clock.now();
    for (const id of await this.#store.read.chats.detached()) await removeDetached(this.#store, id);
    const gone = await this.#store.transaction((tx) => forgetZaps(tx, now - this.#retentionMs));
    for (const id of gone) this.#changed(id);
    await this.#inChunks(() => this.#release(now - 2 * this.#retentionMs));
    // What is only deleted by its age is in nobody's way.
    const scope = { among: [] };
    await this.#store.transaction((tx) => forgetParked(tx, now - this.#retentionMs, now), scope);
    for (const workspaceId of await this.#store.read.workspaces.ids()) {
      await this.#purge(workspaceId, now - this.#retentionMs);
    }
    await this.#store.transaction((tx) => tx.history.purge(now - this.#retentionMs), scope);
    await this.#store.transaction((tx) => tx.counters.forget(dayOf(now) - DAYS_COUNTED + 1), scope);
    const forgotten = now - Math.max(this.#retentionMs, KEYS_KEPT_MS);
    await this.#inChunks(() =>
      this.#store.transaction((tx) => tx.messages.forget(forgotten, CHUNK), scope),
    );
  }

  /** Moves frozen lanes past messages received before then. */
  #release(before: number): Promise<number> {
    return this.#store.transaction(async (tx) => {
      const lanes = await tx.lanes.frozen(before, CHUNK);
      const webhooks = await tx.webhooks.byIds(lanes.map(({ webhookId }) => webhookId));
      const dropped = new Map<number, number>();
      for (const lane of lanes) {
        const webhook = webhooks.get(lane.webhookId);
        const direction = webhook?.filters.direction ?? null;
        const range = {
          chatId: lane.chatId,
          fromSeq: lane.nextSeq,
          direction,
          gaps: webhook?.gaps ?? [],
        };
        const next = await tx.messages.firstReceivedSince(range, before);
        const toSeq = next ? next.seq - 1 : Number.MAX_SAFE_INTEGER;
        const lost = await tx.messages.count({ ...range, toSeq });
        dropped.set(lane.webhookId, (dropped.get(lane.webhookId) ?? 0) + lost);
        await replaceLane(tx, lane, webhook ? laneAfter(lane, next, webhook) : null);
      }
      for (const [id, messages] of dropped) {
        await note(tx, id, this.#clock.now(), { kind: 'waiting_expired', messages });
      }
      return lanes.length;
    });
  }

  async #purge(workspaceId: number, before: number): Promise<void> {
    let from: PurgeCursor | null = null;
    do {
      const reached: PurgeCursor | null = from;
      from = await this.#store.transaction(
        (tx) => tx.messages.purge(workspaceId, before, reached, CHUNK),
        { alone: workspaceId },
      );
      await turnOfOthers();
    } while (from && !this.#stopped);
  }

  async #inChunks(chunk: () => Promise<number>): Promise<void> {
    while (!this.#stopped && (await chunk()) === CHUNK) await turnOfOthers();
  }
}

async function forgetParked(tx: Repositories, before: number, now: number): Promise<void> {
  for (const { webhookId, count: deliveries } of await tx.parked.purge(before)) {
    await note(tx, webhookId, now, { kind: 'set_aside_expired', deliveries });
  }
}

/** @returns those removed, whose lanes their owner is to clear away */
async function forgetZaps(tx: Repositories, offBefore: number): Promise<number[]> {
  const webhooks = await tx.webhooks.unsubscribedBefore(offBefore);
  for (const webhook of webhooks) await removeWebhook(tx, webhook);
  return webhooks.map(({ id }) => id);
}
