import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Together } from './feed.ts';

/** The server refuses for good: going on would change nothing. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

const PATIENCE_MS = 10_000;
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;

/** What a status means for who runs the simulator; those not named here are worth another attempt. */
const FINAL: Readonly<Record<number, string>> = {
  400: 'The server cannot read the request: does --kind fit the URL?',
  401: 'The signature does not match: is --secret the secret of this source (for whatsapp-cloud the app secret that was entered)?',
  403: 'The server does not let it in: is there a proxy in front of it?',
  404: 'There is no such source: copy the URL from the source again.',
  405: 'Nothing can be posted there: copy the URL from the source again.',
  413: 'The request is too large for the server, or for a proxy in front of it.',
};

/** Posts requests in order, and counts what became of them. */
export class Sender {
  readonly counts = { messages: 0, duplicates: 0, requests: 0, repeated: 0 };
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Resolves once all of them were answered well; what fails for a moment is sent again, as gateways do.
   * @throws {RefusedError} with what to do about it
   */
  async send({ requests }: Together): Promise<void> {
    await Promise.all(requests.map((request) => this.#deliver(request)));
  }

  async #deliver(request: Request): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const problem = await this.#post(request);
      if (problem === null) break;
      if (attempt === ATTEMPTS) throw new RefusedError(problem);
      this.counts.repeated += 1;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
    this.counts.requests += 1;
    this.counts.messages += request.messages;
    this.counts.duplicates += request.duplicates;
  }

  /** Null where it was taken, else what to do. */
  async #post({ body, headers }: Request): Promise<string | null> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await response.arrayBuffer();
      if (response.ok) return null;
      const { status } = response;
      const advice = FINAL[status];
      if (advice) throw new RefusedError(`The server answered ${status}. ${advice}`);
      return `The server answered ${status} again and again: look at its log.`;
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      return `Nothing answers at ${new URL(this.#url).origin}: is the server running?`;
    }
  }
}
