import { AbandonedError, type Attempt, type Sender } from '../../src/core/sender.ts';

/** One request as it reached the receiver. */
export interface Received {
  url: string;
  id: string;
  headers: Record<string, string>;
  body: string;
  at: number;
  /** What was answered; null while the request is under way, and for good if the caller died. */
  ok: boolean | null;
}

const SHORTEST_PAUSE_MS = 4000;

type Answer = Attempt | 'hold';

export const OK: Attempt = {
  ok: true,
  error: null,
  response: { status: 200, headers: {}, body: 'ok' },
};

export const failure = (status = 500, headers: Record<string, string> = {}): Attempt => ({
  ok: false,
  error: { code: `status_${status}` },
  response: { status, headers, body: '' },
});

export const TIMEOUT: Attempt = {
  ok: false,
  error: { code: 'timeout', seconds: 10 },
  response: null,
};

/** A receiver in memory: every request is kept, and answered as the test says. */
export class Receiver {
  readonly requests: Received[] = [];
  /**
   * What no sender may do: two requests in one chat at a time, one again after its 200, or any within
   * the shortest pause after an error.
   */
  readonly faults: string[] = [];
  /** By URL, the end of the last error that counts. */
  readonly #lastError = new Map<string, number>();
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();
  readonly #judges = new Map<string, (body: string) => Attempt>();
  #held: { url: string; answer: (attempt: Attempt) => void }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How requests to the URL are answered from now on; `hold` leaves them under way. */
  answer(url: string, answer: Answer): void {
    this.#answers.set(url, answer);
    this.#judges.delete(url);
  }

  /** Has requests to the URL answered by what is in them. */
  answerBy(url: string, judge: (body: string) => Attempt): void {
    this.#judges.set(url, judge);
  }

  isHealthy(url: string): boolean {
    return (this.#answers.get(url) ?? OK) === OK && !this.isHolding(url);
  }

  isHolding(url: string): boolean {
    return this.#held.some((one) => one.url === url);
  }

  /** Answers what is held. */
  release(attempt: Attempt, url?: string): void {
    const released = this.#held.filter((one) => url === undefined || one.url === url);
    this.#held = this.#held.filter((one) => !released.includes(one));
    for (const { answer } of released) answer(attempt);
  }

  /** A sender of one process. Once that is dead nothing it had under way is heard of again. */
  sender(isDead: () => boolean = () => false): Sender {
    const mine: Received[] = [];
    const underWay = new Set<(reason: Error) => void>();
    const abandon = () => {
      for (const reject of underWay) reject(new AbandonedError());
      underWay.clear();
    };
    const post: Sender['post'] = async (url, headers, body) => {
      if (isDead()) return new Promise<never>(() => {});
      const request: Received = {
        url,
        id: headers['webhook-id'] as string,
        headers,
        body,
        at: this.#now(),
        ok: null,
      };
      this.#judge(request, mine);
      mine.push(request);
      this.requests.push(request);
      const answer = this.#judges.get(url)?.(body) ?? this.#answers.get(url) ?? OK;
      const attempt =
        answer === 'hold'
          ? await new Promise<Attempt>((resolve, reject) => {
              this.#held.push({ url, answer: resolve });
              underWay.add(reject);
            })
          : await answer;
      if (isDead()) return new Promise<never>(() => {});
      request.ok = attempt.ok;
      this.#remember(request);
      return attempt;
    };
    // Sender is a class with private fields, which no double can have.
    return { post, abandon, close: async () => {} } as unknown as Sender;
  }

  /** The webhook's errors were cleared by hand. */
  forgive(url: string): void {
    this.#lastError.delete(url);
  }

  #remember({ url, at, ok }: Received): void {
    const last = this.#lastError.get(url);
    if (ok) this.#lastError.delete(url);
    else if (last === undefined || at > last) this.#lastError.set(url, this.#now());
  }

  #judge(request: Received, earlier: readonly Received[]): void {
    const rested = request.at - (this.#lastError.get(request.url) ?? Number.NEGATIVE_INFINITY);
    if (rested < SHORTEST_PAUSE_MS) this.faults.push(`${request.id} ${rested} ms after an error`);
    const chatOf = (body: string) => JSON.parse(body).chat.chat_id;
    for (const { url, id, ok, body } of earlier) {
      if (url !== request.url) continue;
      if (ok === true && id === request.id) this.faults.push(`${id} again after its 200`);
      if (ok === null && chatOf(body) === chatOf(request.body)) {
        this.faults.push(`${request.id} while ${id} of the same chat was under way`);
      }
    }
  }

  /** What was under way when its caller died will never be answered. */
  forgetHeld(): void {
    this.#held = [];
    this.#lastError.clear();
  }
}
