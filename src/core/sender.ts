import type { Agent, Dispatcher } from 'undici';
import type { SendError } from '../store/facts.ts';
import type { LoggedRequest } from '../store/rows.ts';
import { connections, type Trip } from './connection.ts';
import { checkLiteralAddress, guardedLookup, type Network } from './egress-guard.ts';
import { describe, isCut, statusError, timeoutError } from './send-error.ts';

/** A request is an error if it has not ended so many milliseconds after it began, body included. */
const TIME_LIMIT_MS = 10_000;
/** Of a response so much is read and kept; reading stops there. */
const RESPONSE_LIMIT_BYTES = 16 * 1024;

/** How one request went. Only status 200, with its body, is success. */
export type Attempt = Pick<LoggedRequest, 'response'> &
  ({ ok: true; error: null } | { ok: false; error: SendError });

type Response = Dispatcher.ResponseData<Trip>;

/** The request was given up by us: how it would have ended is not known. */
export class AbandonedError extends Error {
  constructor() {
    super('The request was abandoned');
    this.name = 'AbandonedError';
  }
}

/** Sends deliveries over kept-alive connections, through the egress guard. Never follows a redirect. */
export class Sender {
  readonly #keptAlive: Agent;
  /** Its connections serve one request each. */
  readonly #fresh: Agent;
  readonly #allowed: readonly Network[];
  readonly #timeLimitMs: number;
  readonly #underWay = new Set<AbortController>();

  /**
   * @param allowed blocks that may be reached besides the public internet
   * @param mayGoOn whether a request may still be sent, once its connection is ready for it
   */
  constructor(
    allowed: readonly Network[],
    timeLimitMs = TIME_LIMIT_MS,
    mayGoOn: () => boolean = () => true,
  ) {
    this.#allowed = allowed;
    this.#timeLimitMs = timeLimitMs;
    const options = {
      connect: { lookup: guardedLookup(allowed), timeout: timeLimitMs },
      headersTimeout: timeLimitMs,
      bodyTimeout: timeLimitMs,
      // With HTTP/2 all webhooks of an origin would share one connection, and wait for its handshake.
      allowH2: false,
      check: () => (mayGoOn() ? null : new AbandonedError()),
    };
    this.#keptAlive = connections(options);
    this.#fresh = connections({ ...options, pipelining: 0 });
  }

  /**
   * What goes wrong is in the answer.
   * @throws {AbandonedError} only where {@link abandon} was called meanwhile, or it may not go on
   */
  async post(target: string, headers: Record<string, string>, body: string): Promise<Attempt> {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(new TimeUp()), this.#timeLimitMs);
    this.#underWay.add(end);
    try {
      const url = new URL(target);
      checkLiteralAddress(url, this.#allowed);
      const response = await this.#request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers,
        body,
        signal: end.signal,
      });
      const kept = await readStart(response.body);
      const { statusCode: status } = response;
      // Of a 200 the body belongs to the answer; any other status is the answer, whatever becomes of the body.
      if (status === 200 && 'brokenOff' in kept) throw kept.brokenOff;
      const logged = toLogged(response, kept);
      if (status === 200) return { ok: true, error: null, response: logged };
      return { ok: false, error: statusError(status), response: logged };
    } catch (error) {
      const { aborted, reason } = end.signal;
      if (reason instanceof AbandonedError) throw reason;
      if (error instanceof AbandonedError) throw error;
      const limitMs = this.#timeLimitMs;
      const why = aborted ? timeoutError(limitMs) : describe(error, limitMs);
      return { ok: false, response: null, error: why };
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(end);
    }
  }

  /** Gives up all that is under way. */
  abandon(): void {
    for (const end of this.#underWay) end.abort(new AbandonedError());
  }

  /**
   * A receiver may close a kept-alive connection at any time, also in the moment in which the next request
   * is on its way. That is not its error: the request is made once more, over a connection of its own
   * (RFC 9112, 9.3.1; the webhook-id makes it safe to repeat).
   */
  async #request(options: Dispatcher.RequestOptions<Trip>): Promise<Response> {
    const trip: Trip = { reused: false };
    try {
      return await this.#keptAlive.request({ ...options, opaque: trip });
    } catch (error) {
      if (!trip.reused || !isCut(error)) throw error;
      return this.#fresh.request(options);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#keptAlive.destroy(), this.#fresh.destroy()]);
  }
}

class TimeUp extends Error {}

interface Kept {
  text: string;
  truncated: boolean;
  /** What ended the body before its time. */
  brokenOff?: unknown;
}

/** Reads up to the limit and leaves the rest: it is not ours to download. */
async function readStart(body: AsyncIterable<Buffer>): Promise<Kept> {
  const chunks: Buffer[] = [];
  let size = 0;
  let end: Pick<Kept, 'brokenOff'> = {};
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > RESPONSE_LIMIT_BYTES) break;
    }
  } catch (error) {
    end = { brokenOff: error };
  }
  const bytes = Buffer.concat(chunks);
  return {
    text: bytes.subarray(0, RESPONSE_LIMIT_BYTES).toString('utf8'),
    truncated: size > RESPONSE_LIMIT_BYTES,
    ...end,
  };
}

function toLogged({ statusCode, headers }: Response, kept: Kept): LoggedRequest['response'] {
  return {
    status: statusCode,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    body: kept.text,
    ...(kept.truncated && { truncated: true }),
  };
}

const MAX_SECONDS = 1e9;
/** The three forms that RFC 9110, 5.6.7 has recipients accept; the last comes without its zone. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w: -]*\d\d:\d\d:\d\d( GMT| \d{4})$/;

/**
 * What a Retry-After header asks for, in milliseconds from `now`; null where it says nothing usable.
 * Seconds or an HTTP date (RFC 9110, 10.2.3).
 */
export function retryAfterMs(attempt: Attempt, now: number): number | null {
  const header = attempt.response?.headers['retry-after'];
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return null;
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_SECONDS) * 1000;
  // Date.parse finds a date in almost any text that holds a number.
  if (!HTTP_DATE.test(text)) return null;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
