const LONGEST_WAIT_MS = 15 * 60_000;
/** Failures are forgotten after such a time without another. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
const REMEMBERED = 10_000;

interface Failures {
  count: number;
  last: number;
}

/**
 * How long to wait after so many failures in a row, in milliseconds: nothing at first, then 1 s, 2 s, 4 s …
 * up to 15 minutes or what is given.
 * @param free failures that cost nothing
 */
export const waitAfter = (failures: number, free: number, longest = LONGEST_WAIT_MS): number =>
  failures < free ? 0 : Math.min(longest, 1000 * 2 ** (failures - free));

/** Slows down whoever keeps failing, by whatever they are told apart by. */
export class SlowDown {
  readonly #free: number;
  readonly #longest: number;
  readonly #failures = new Map<string, Failures>();

  /**
   * @param free failures in a row that cost nothing
   * @param longest wait, in milliseconds
   */
  constructor(free: number, longest = LONGEST_WAIT_MS) {
    this.#free = free;
    this.#longest = longest;
  }

  /** Milliseconds until the next try is looked at; 0 where it is looked at now. */
  wait(key: string, now: number): number {
    const known = this.#failures.get(key);
    if (!known) return 0;
    // A clock that was set back must not keep anyone out for longer.
    const elapsed = Math.max(0, now - known.last);
    return Math.max(0, waitAfter(known.count, this.#free, this.#longest) - elapsed);
  }

  failed(key: string, now: number): void {
    const known = this.#failures.get(key);
    const isFresh = known && now - known.last < FORGOTTEN_AFTER_MS;
    this.#failures.delete(key);
    this.#failures.set(key, { count: (isFresh ? known.count : 0) + 1, last: now });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > REMEMBERED && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** One failure that was counted was none. */
  takeBack(key: string): void {
    const known = this.#failures.get(key);
    if (known) this.#failures.set(key, { ...known, count: known.count - 1 });
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
