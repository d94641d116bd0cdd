/** What the dispatcher needs to know of its lease. */
export interface Lease {
  /** Whether a request that starts now can be over before the lease lapses. */
  mayStart(): boolean;
  /** Whether it has not lapsed. */
  holds(): boolean;
}

/** Where a store has one program, it holds what it has for ever. */
export const UNENDING: Lease = { mayStart: () => true, holds: () => true };

/**
 * A lease by the monotonic clock, which goes on while a process stands still and jumps for nobody. It is
 * counted from the moment in which its renewal was asked for: so it is over here before it is over for
 * anybody else.
 */
export class TimedLease implements Lease {
  readonly lengthMs: number;
  readonly #elapsed: () => number;
  readonly #lapsed: () => void;
  #until = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param elapsed milliseconds on the monotonic clock
   * @param lapsed told when the lease is over without having been renewed
   */
  constructor(lengthMs: number, lapsed: () => void, elapsed = () => performance.now()) {
    this.lengthMs = lengthMs;
    this.#lapsed = lapsed;
    this.#elapsed = elapsed;
  }

  /** What {@link renewed} is to be told once the renewal has succeeded. */
  asking(): number {
    return this.#elapsed();
  }

  renewed(askedAt: number): void {
    this.#until = askedAt + this.lengthMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#lapsed, this.#until - this.#elapsed());
  }

  /** Half a lease is longer than any request may take. */
  mayStart(): boolean {
    return this.#until - this.#elapsed() >= this.lengthMs / 2;
  }

  /** Timers alone do not tell: what a process that stood still has slept through comes in any order. */
  holds(): boolean {
    return this.#until > this.#elapsed();
  }

  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#timer);
  }
}
