import { MAX_BUNDLE_BYTES } from './bundle.ts';
import { reachesTo } from './window.ts';

/**
 * Counts the bundles that a chat's messages fill, one after the other, while they stream by in the order
 * of its log. It cuts as the dispatcher does (window.ts, bundle.ts) and keeps four numbers.
 */
export class RunCount {
  /** Bundles so far, the last one open. */
  runs = 0;
  readonly #window: number;
  readonly #open = { openedAt: 0, messages: 0 };
  #bytes = 0;

  /** @param window in milliseconds */
  constructor(window: number) {
    this.#window = window;
  }

  /**
   * Counts the next message.
   * @param weight bytes that it adds to a bundle that has messages
   * @param opening bytes of a bundle that begins with it
   * @param now when the bundles are cut, Unix milliseconds
   * @returns whether it would have been of the bundle before it, had there been room
   */
  add(receivedAt: number, weight: number, opening: () => number, now: number): boolean {
    const reaches = this.runs > 0 && reachesTo(this.#open, receivedAt, this.#window, now);
    if (reaches && this.#bytes + weight <= MAX_BUNDLE_BYTES) {
      this.#open.messages += 1;
      this.#bytes += weight;
      return false;
    }
    this.runs += 1;
    this.#open.openedAt = receivedAt;
    this.#open.messages = 1;
    this.#bytes = opening();
    return reaches;
  }
}
