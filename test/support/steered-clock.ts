import { BroadcastChannel } from 'node:worker_threads';
import type { Clock } from '../../src/core/clock.ts';

const CHANNEL = 'steered-clock';

/** How far the clock of all threads of this process is from the real one; see {@link steeredClock}. */
export const offsetMemory = () => new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);

/**
 * The system's clock, moved by an offset that all threads share. It goes on ticking; `advance` makes it
 * jump, and rings in every thread what has fallen due.
 */
export class SteeredClock implements Clock {
  readonly #offset: BigInt64Array<SharedArrayBuffer>;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #alarms = new Set<() => void>();

  constructor(memory: SharedArrayBuffer) {
    this.#offset = new BigInt64Array(memory);
    this.#channel.onmessage = () => this.#look();
    this.#channel.unref();
  }

  now(): number {
    return Date.now() + Number(Atomics.load(this.#offset, 0));
  }

  alarm(at: number, ring: () => void): () => void {
    let timer: NodeJS.Timeout;
    let lookedAt = this.now();
    const look = () => {
      clearTimeout(timer);
      const now = this.now();
      const isSetBack = now < lookedAt;
      lookedAt = now;
      const left = at - now;
      if (left > 0 && !isSetBack) {
        timer = setTimeout(look, Math.min(left, 60_000));
        return;
      }
      this.#alarms.delete(look);
      ring();
    };
    this.#alarms.add(look);
    timer = setTimeout(look, Math.max(0, Math.min(at - this.now(), 60_000)));
    return () => {
      clearTimeout(timer);
      this.#alarms.delete(look);
    };
  }

  /** Moves the clock, in milliseconds; back where negative. */
  advance(ms: number): void {
    Atomics.add(this.#offset, 0, BigInt(ms));
    this.#look();
    this.#channel.postMessage('look');
  }

  #look(): void {
    for (const look of [...this.#alarms]) look();
  }
}
