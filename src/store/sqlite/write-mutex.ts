/**
 * One writer at a time, over all threads of the process, first come first served: the intake's thread
 * and the dispatcher's each hold a view of the same shared memory. Tickets rather than a plain lock, so
 * that a thread which commits in a loop cannot starve the other.
 */
export class WriteMutex {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** @param memory 8 bytes shared by all the threads that write to one database */
  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Resolves when it is the caller's turn, with the function that ends it. */
  async acquire(): Promise<() => void> {
    const ticket = Atomics.add(this.#cells, NEXT, 1);
    for (;;) {
      const serving = Atomics.load(this.#cells, SERVING);
      if (serving === ticket) return this.#release;
      await this.#change(serving);
    }
  }

  async #change(serving: number): Promise<void> {
    const { async, value } = Atomics.waitAsync(this.#cells, SERVING, serving);
    if (!async) return;
    // Waiting for memory does not keep a thread alive; one that has nothing else to do would end here.
    const alive = setInterval(() => {}, LONGEST_TIMER_MS);
    await value;
    clearInterval(alive);
  }

  #release = () => {
    Atomics.add(this.#cells, SERVING, 1);
    Atomics.notify(this.#cells, SERVING);
  };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Cells: the next ticket to hand out, and the ticket whose turn it is. Both wrap around alike. */
const NEXT = 0;
const SERVING = 1;
