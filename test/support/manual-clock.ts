import type { Clock } from '../../src/core/clock.ts';

interface Alarm {
  at: number;
  ring: () => void;
}

/** A clock that stands still until it is told otherwise. */
export class ManualClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  constructor(now = Date.UTC(2021, 1, 24, 16, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  alarm(at: number, ring: () => void): () => void {
    const alarm = { at, ring };
    this.#alarms.add(alarm);
    // Like a timer, an alarm that is due already rings soon, not within the call.
    if (at <= this.#now) setImmediate(() => this.#ring(alarm));
    return () => this.#alarms.delete(alarm);
  }

  /** Sets the time, forwards or back, and rings what has fallen due, earliest first. */
  set(ms: number): void {
    this.#now = ms;
    const due = [...this.#alarms].filter(({ at }) => at <= ms).sort((a, b) => a.at - b.at);
    for (const alarm of due) this.#ring(alarm);
  }

  advance(ms: number): void {
    this.set(this.#now + ms);
  }

  /** When the next alarm rings, null where none is set. */
  nextAlarm(): number | null {
    return this.#alarms.size === 0 ? null : Math.min(...[...this.#alarms].map(({ at }) => at));
  }

  #ring(alarm: Alarm): void {
    if (this.#alarms.delete(alarm)) alarm.ring();
  }
}
