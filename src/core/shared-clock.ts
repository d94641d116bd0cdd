import type { Clock } from './clock.ts';

/** Clocks of machines run apart by far less than {@link LONGEST_READ_MS} within it. */
const READ_EVERY_MS = 10_000;
/** What took longer to be told than this says too little: the time may be off by half as much. */
const LONGEST_READ_MS = 500;
/** So often it is asked before there is any time to go by. */
const TRIES = 10;

/**
 * The time of a store that several machines work on. What one of them writes another one judges by the
 * time, so they go by one clock: each by its own, put right by what the store's says now and then.
 */
export class SharedClock implements Clock {
  readonly #own: Clock;
  readonly #read: () => Promise<number>;
  #aheadMs = 0;
  #cancel = () => {};

  /** @param read the store's time, Unix milliseconds */
  private constructor(own: Clock, read: () => Promise<number>) {
    this.#own = own;
    this.#read = read;
  }

  /** @throws where the store does not tell */
  static async start(own: Clock, read: () => Promise<number>): Promise<SharedClock> {
    const clock = new SharedClock(own, read);
    for (let tries = 1; !(await clock.#putRight(tries === TRIES)); ) tries += 1;
    clock.#arm();
    return clock;
  }

  now(): number {
    return this.#own.now() + this.#aheadMs;
  }

  alarm(at: number, ring: () => void): () => void {
    return this.#own.alarm(at - this.#aheadMs, ring);
  }

  stop(): void {
    this.#cancel();
    this.#arm = () => {};
  }

  #arm = (): void => {
    this.#cancel = this.#own.alarm(this.#own.now() + READ_EVERY_MS, () => {
      // While the store does not tell, what it told last holds.
      void this.#putRight(false)
        .catch(() => {})
        .then(() => this.#arm());
    });
  };

  /** It was read at some moment while it was being asked for: halfway is off by the least. */
  async #putRight(inAnyCase: boolean): Promise<boolean> {
    const [asked, from] = [Date.now(), performance.now()];
    const theirs = await this.#read();
    const took = performance.now() - from;
    if (took > LONGEST_READ_MS && !inAnyCase) return false;
    this.#aheadMs = Math.round(theirs - (asked + took / 2));
    return true;
  }
}
