import { setImmediate as turn } from 'node:timers/promises';

/** How often the server is asked whether it is there, and how long it may take to say so. */
const EVERY_MS = 10_000;
const LIMIT_MS = 15_000;

/** Rings once after so many milliseconds, unless it is called off. */
export type After = (ms: number, ring: () => void) => () => void;

/** It keeps no process alive. */
const after: After = (ms, ring) => {
  const timer = setTimeout(ring, ms).unref();
  return () => clearTimeout(timer);
};

/**
 * Notices a server that has fallen silent and yet holds its connections: a machine that stands still, or one
 * from which a proxy leads only new connections away. TCP does not tell, and a statement may take as long as
 * it takes; so what answers nothing else answers nothing at all.
 */
export class Heartbeat {
  readonly #ask: () => Promise<unknown>;
  readonly #silent: () => void;
  readonly #after: After;
  #callOff = () => {};
  #isStopped = false;

  /**
   * @param ask a question to which the server knows the answer at once; an error is an answer, too
   * @param silent told each time that there was none
   */
  constructor(ask: () => Promise<unknown>, silent: () => void, wait: After = after) {
    this.#ask = ask;
    this.#silent = silent;
    this.#after = wait;
    this.#next();
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff();
  }

  #next(): void {
    if (!this.#isStopped) this.#callOff = this.#after(EVERY_MS, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<true>();
    // Where it was this process that stood still, the answer lies in the socket: it is read first.
    const ring = () => void turn().then(() => resolve(true));
    this.#callOff = this.#after(LIMIT_MS, ring);
    const heard = () => false;
    const isSilent = await Promise.race([this.#ask().then(heard, heard), limit]);
    this.#callOff();
    if (isSilent && !this.#isStopped) this.#silent();
    this.#next();
  }
}
