import TinyQueue from 'tinyqueue';
import type { Clock } from './clock.ts';

/** Who is to be looked at next, and when: one alarm for all. */
export class Schedule<Who> {
  readonly #clock: Clock;
  readonly #ring: (who: Who[]) => void;
  readonly #queue = new TinyQueue<{ at: number; who: Who }>([], (a, b) => a.at - b.at);
  readonly #wakeAt = new Map<Who, number>();
  #stopped = false;
  #cancelAlarm = () => {};

  /** @param ring told of those whose time has come */
  constructor(clock: Clock, ring: (who: Who[]) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Asks for someone to be looked at by then; only the earliest time asked for counts. */
  add(who: Who, at: number): void {
    if (at >= (this.#wakeAt.get(who) ?? Number.POSITIVE_INFINITY)) return;
    this.#wakeAt.set(who, at);
    this.#queue.push({ at, who });
    if (this.#queue.peek()?.who === who) this.#setAlarm();
  }

  /** Nothing rings any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelAlarm();
  }

  #setAlarm(): void {
    this.#cancelAlarm();
    const next = this.#queue.peek();
    if (!next || this.#stopped) return;
    this.#cancelAlarm = this.#clock.alarm(next.at, () => this.#rings());
  }

  #rings(): void {
    const now = this.#clock.now();
    const due: Who[] = [];
    for (let next = this.#queue.peek(); next && next.at <= now; next = this.#queue.peek()) {
      this.#queue.pop();
      // An entry that an earlier one has overtaken is out of date.
      if (this.#wakeAt.get(next.who) !== next.at) continue;
      this.#wakeAt.delete(next.who);
      due.push(next.who);
    }
    this.#setAlarm();
    this.#ring(due);
  }
}
