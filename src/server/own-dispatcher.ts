import type { Signals } from '../store/signals.ts';
import type { DispatcherThread } from './dispatcher-thread.ts';
import type { PostedMetrics } from './metrics/posted-metrics.ts';

/** The dispatcher of this process, if it is to have one: not there yet, at work, or about to stop. */
export class OwnDispatcher {
  readonly #signals: Pick<Signals, 'wake' | 'changed'> | null;
  #thread: DispatcherThread | null = null;
  #isStopping = false;
  // What comes in before it is at work may be too late for its first look at the store.
  #untold: ((thread: DispatcherThread) => void)[] = [];

  /** @param signals to the dispatchers of all processes; null where the store is this process's alone */
  constructor(signals: Pick<Signals, 'wake' | 'changed'> | null) {
    this.#signals = signals;
  }

  /** It is at work. */
  isThere(thread: DispatcherThread): void {
    this.#thread = thread;
    for (const news of this.#untold.splice(0)) news(thread);
  }

  /** These webhooks have something due by then. At work it tells the others what is theirs. */
  wake(due: Map<number, number>): void {
    const isAtWork = this.#thread !== null && !this.#isStopping;
    if (this.#signals && !isAtWork) this.#signals.wake(due);
    else this.#tell((thread) => thread.wake(due));
  }

  /** The webhook's settings or lanes were changed. */
  changed(webhookId: number): void {
    if (this.#signals) this.#signals.changed(webhookId);
    else this.#tell((thread) => thread.changed(webhookId));
  }

  #tell(news: (thread: DispatcherThread) => void): void {
    if (this.#thread) news(this.#thread);
    else this.#untold.push(news);
  }

  /** What it has counted. */
  async metrics(): Promise<PostedMetrics> {
    return (await this.#thread?.metrics()) ?? [];
  }

  /** Resolves when what was under way has ended and is written down. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#thread?.stop();
  }
}
