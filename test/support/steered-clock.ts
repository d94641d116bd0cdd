import { openSync, readSync, writeSync } from 'node:fs';
import { BroadcastChannel } from 'node:worker_threads';
import type { Clock } from '../../src/core/clock.ts';

const CHANNEL = 'steered-clock';

/** How far the clock of all threads of this process is from the real one; see {@link SteeredClock}. */
export const offsetMemory = () => new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);

/** How far a clock is from the real one, in milliseconds. */
interface Offset {
  read(): number;
  add(ms: number): void;
}

class OffsetInMemory implements Offset {
  readonly #offset: BigInt64Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#offset = new BigInt64Array(memory);
  }

  read(): number {
    return Number(Atomics.load(this.#offset, 0));
  }

  add(ms: number): void {
    Atomics.add(this.#offset, 0, BigInt(ms));
  }
}

/** In a file: whatever reads it, in any process, sees it move at the same moment, also after a sleep. */
export class OffsetInFile implements Offset {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(BigInt64Array.BYTES_PER_ELEMENT);

  /** @param flags `r` where it is there already and only read */
  constructor(path: string, flags: 'r' | 'w+') {
    this.#file = openSync(path, flags);
    if (flags === 'w+') writeSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
  }

  read(): number {
    readSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
    return Number(this.#bytes.readBigInt64LE());
  }

  /** To be called by one process only. */
  add(ms: number): void {
    this.#bytes.writeBigInt64LE(BigInt(this.read() + ms));
    writeSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
  }
}

/**
 * The system's clock, moved by an offset that all threads share. It goes on ticking; `advance` makes it
 * jump, and rings in every thread what has fallen due.
 */
export class SteeredClock implements Clock {
  readonly #offset: Offset;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #alarms = new Set<() => void>();

  /** @param where the offset is: in memory of this process, or in the file of that path */
  constructor(where: SharedArrayBuffer | string) {
    this.#offset =
      typeof where === 'string' ? new OffsetInFile(where, 'r') : new OffsetInMemory(where);
    this.#channel.onmessage = () => this.#look();
    this.#channel.unref();
  }

  now(): number {
    return Date.now() + this.#offset.read();
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
    this.#offset.add(ms);
    this.moved();
  }

  /** The offset is another: whoever waits is to look at the clock. */
  moved(): void {
    this.#look();
    this.#channel.postMessage('look');
  }

  #look(): void {
    for (const look of [...this.#alarms]) look();
  }
}
