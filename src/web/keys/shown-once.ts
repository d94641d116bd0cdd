import type { Clock } from '../../core/clock.ts';

const HOLDS_MS = 10 * 60_000;

/**
 * Secrets on their way to the page that shows them, each once, to the session that made it. In memory only:
 * neither an address nor a cookie nor the disk ever holds them.
 */
export class ShownOnce {
  readonly #clock: Clock;
  readonly #secrets = new Map<string, { secret: string; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param session token of the session that is to see it, within ten minutes */
  put(session: string, secret: string): void {
    const now = this.#clock.now();
    for (const [other, { until }] of this.#secrets) {
      if (until <= now) this.#secrets.delete(other);
    }
    this.#secrets.set(session, { secret, until: now + HOLDS_MS });
  }

  /** @returns null where there is none, or none any more */
  take(session: string): string | null {
    const found = this.#secrets.get(session);
    this.#secrets.delete(session);
    return found && found.until > this.#clock.now() ? found.secret : null;
  }
}
