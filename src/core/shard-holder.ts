import type { Logger } from 'pino';
import type { Leases } from '../store/leases.ts';
import type { Clock } from './clock.ts';
import type { Dispatcher } from './dispatcher.ts';
import { evenOut } from './even-out.ts';
import type { TimedLease } from './lease.ts';

/** How often a lease is renewed within its length. */
export const RENEWALS = 6;

/** What is done with shards: by the dispatcher, and by whatever else goes with them. */
interface Holder extends Pick<Dispatcher, 'take' | 'release' | 'resume'> {
  /** A lease begins, under this number, by which is written from now on; with no shards. */
  begin(id: number): void;
}

export interface ShardHolderOptions {
  leases: Leases;
  lease: TimedLease;
  clock: Clock;
  holder: Holder;
  /** Told that shards are free for whoever has fewer. */
  freed: () => void;
  log: Logger;
}

/**
 * Holds a fair share of the shards for a dispatcher.
 *
 * It renews the lease every now and then, and with it looks at how the shards are spread: it takes free
 * ones up to its share, and gives back what it has beyond it, as soon as nothing of them is under way. Who
 * dies leaves a lease that lapses; whoever looks next clears it away, and the shards are free.
 *
 * A dispatcher that stood still for longer than its lease finds that out in one of three ways, all of them
 * safe: the timer of its lease gives up what it has under way; nothing starts without enough of the lease
 * being left; and the store refuses what it writes under a number that is gone. Then it begins anew under
 * another number, with no shards.
 */
export class ShardHolder {
  readonly #options: ShardHolderOptions;
  readonly #held = new Set<number>();
  readonly #releasing = new Set<Promise<void>>();
  #id: number | null = null;
  #cancel = () => {};
  #beating: Promise<void> = Promise.resolve();
  #again = false;
  #stopped = false;

  constructor(options: ShardHolderOptions) {
    this.#options = options;
  }

  /** Resolves when it holds what was free. @throws where the store cannot be reached */
  async start(): Promise<void> {
    await this.#renew();
    if (this.#held.size === 0) {
      const seconds = this.#options.lease.lengthMs / 1000;
      this.#options.log.info(
        `other processes hold all webhooks, or one that ended without giving them back did within the last ${seconds} s: nothing is delivered from here until some are free`,
      );
    }
    this.#arm();
  }

  /** Something has moved: looks now, not only when the lease is due for renewal. */
  look(): void {
    if (this.#again || this.#stopped) return;
    this.#again = true;
    this.#beating = this.#beating.then(() => this.#beat());
  }

  /** Gives everything back. To be called when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#beating;
    await Promise.all(this.#releasing);
    this.#options.lease.end();
    if (this.#id === null) return;
    await this.#options.leases.leave(this.#id);
    this.#options.freed();
  }

  #arm(): void {
    const { clock, lease } = this.#options;
    this.#cancel();
    if (this.#stopped) return;
    this.#cancel = clock.alarm(clock.now() + lease.lengthMs / RENEWALS, () => this.look());
  }

  async #beat(): Promise<void> {
    this.#again = false;
    if (this.#stopped) return;
    try {
      await this.#renew();
    } catch (error) {
      this.#options.log.error({ err: error }, 'renewing the lease failed; trying again');
    }
    this.#arm();
  }

  async #renew(): Promise<void> {
    const { leases, lease, holder } = this.#options;
    const askedAt = lease.asking();
    const renewed = await leases.renew(this.#id, lease.lengthMs, evenOut);
    if (renewed.id !== this.#id) {
      if (this.#id !== null) this.#options.log.warn('the lease was lost; beginning anew');
      this.#held.clear();
      this.#id = renewed.id;
      holder.begin(renewed.id);
    }
    lease.renewed(askedAt);
    const fresh = renewed.shards.filter((shard) => !this.#held.has(shard));
    holder.resume();
    if (fresh.length > 0) await holder.take(fresh);
    for (const shard of fresh) this.#held.add(shard);
    // What is under way may take its time, and the lease is to be renewed meanwhile.
    if (renewed.release.length > 0 && this.#releasing.size === 0) {
      const releasing = this.#release(renewed.id, renewed.release)
        .catch((error) => this.#options.log.error({ err: error }, 'giving shards back failed'))
        .finally(() => this.#releasing.delete(releasing));
      this.#releasing.add(releasing);
    }
  }

  async #release(id: number, shards: readonly number[]): Promise<void> {
    const { holder, leases, freed } = this.#options;
    await holder.release(shards);
    try {
      await leases.free(id, shards);
    } finally {
      // Only now: a renewal meanwhile still finds them to be its own, and must not take them up again. Where
      // they could not be given back the next one does.
      if (this.#id === id) for (const shard of shards) this.#held.delete(shard);
    }
    freed();
  }
}
