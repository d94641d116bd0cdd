/** So many of those of whom nothing good is known have their turn in one turn of the event loop. */
const UNPROVEN_TOGETHER = 4;

/**
 * Whose turn it is, of those that may have something to start: one after the other, each behind all that
 * waited before it.
 *
 * Those of whom nothing good is known (the last request failed, or there was none yet) come behind the others,
 * and after a few of them the event loop has a turn: what comes in for the others does not wait for a hundred
 * webhooks that fail, each with all the connections that it may have. Such a turn lasts until nothing more can
 * be started, since requests that are under way together tell a payload that is refused from a receiver that
 * is down (see settle.ts).
 */
export class Turns<Who extends { isProven: boolean }> {
  readonly #proven = new Set<Who>();
  readonly #unproven = new Set<Who>();
  readonly #goOn: () => void;
  #left = UNPROVEN_TOGETHER;
  /** Of the unproven, whose turn it is. */
  #current: Who | null = null;

  /** @param goOn told when there are turns again for whoever waits */
  constructor(goOn: () => void) {
    this.#goOn = goOn;
  }

  /** Who waits already keeps the place. */
  add(who: Who): void {
    const [its, others] = who.isProven
      ? [this.#proven, this.#unproven]
      : [this.#unproven, this.#proven];
    others.delete(who);
    its.add(who);
  }

  delete(who: Who): void {
    this.#proven.delete(who);
    this.#unproven.delete(who);
  }

  /** Whose turn is next; undefined where nobody waits, or those that do have to wait for the event loop. */
  take(): Who | undefined {
    const [proven] = this.#proven;
    const next = proven ?? this.#nextUnproven();
    if (next) this.delete(next);
    return next;
  }

  #nextUnproven(): Who | undefined {
    if (this.#current && this.#unproven.has(this.#current)) return this.#current;
    const [next] = this.#unproven;
    if (!next || this.#left === 0) return undefined;
    if (this.#left === UNPROVEN_TOGETHER) setImmediate(() => this.#replenish());
    this.#current = next;
    this.#left -= 1;
    return next;
  }

  #replenish(): void {
    this.#left = UNPROVEN_TOGETHER;
    this.#current = null;
    if (this.#unproven.size > 0) this.#goOn();
  }
}
