import { Child } from './child.ts';

/** What the receiver is to take down besides how many requests came, and when. */
export type Counting = 'requests' | 'messages' | 'latencies' | 'paths';

export type ReceiverQuestion =
  | { kind: 'begin'; counting: Counting }
  | { kind: 'tally' }
  /** Whatever hangs is cut, and from now on fails at once. */
  | { kind: 'let go' }
  /** Answered once so many have come, or the time is up. */
  | { kind: 'reached'; count: number; limitMs: number };

/** What has come since the count began. Times are of the monotonic clock, in milliseconds. */
export interface Tally {
  requests: number;
  /** Where messages are counted. */
  messages: number;
  /** Different webhook-ids. */
  distinct: number;
  firstAt: number;
  lastAt: number;
  /** Of messages that say when they were sent. */
  latencies: { at: number; ms: number }[];
  /** Where paths are counted: how many requests came to each. */
  paths: Map<string, number>;
  /** The body of the first of them. */
  sample: string;
}

/** The receiver of everything that is sent here, in a process of its own. */
export class Receiver {
  readonly origin: string;
  readonly #child: Child<ReceiverQuestion, Tally>;

  private constructor(child: Child<ReceiverQuestion, Tally>, port: number) {
    this.#child = child;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Receiver> {
    const module = new URL('./receiver-process.ts', import.meta.url);
    const { child, ready } = await Child.start<ReceiverQuestion, Tally & { port?: number }>(module);
    return new Receiver(child, ready.port as number);
  }

  /** Counts from now on, from nothing. */
  async begin(counting: Counting): Promise<void> {
    await this.#child.ask({ kind: 'begin', counting });
  }

  tally(): Promise<Tally> {
    return this.#child.ask({ kind: 'tally' });
  }

  /**
   * Resolves when so many requests have come.
   * @throws where they have not within the time
   */
  async reached(count: number, limitMs: number): Promise<Tally> {
    const tally = await this.#child.ask({ kind: 'reached', count, limitMs });
    if (tally.requests >= count) return tally;
    throw new Error(`Only ${tally.requests} of ${count} requests came within ${limitMs / 1000} s`);
  }

  /** Whatever hangs is cut, and from now on fails at once, so that a server can stop. */
  async letGo(): Promise<void> {
    await this.#child.ask({ kind: 'let go' });
  }

  /** @throws where anything but so many requests came, each once */
  async check(count: number): Promise<void> {
    const { requests, distinct } = await this.tally();
    if (requests === count && distinct === count) return;
    throw new Error(
      `${count} deliveries were due, and ${requests} came, ${distinct} different ones`,
    );
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
