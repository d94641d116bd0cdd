import type { Agent, Dispatcher } from 'undici';
import type { SendError } from '../store/facts.ts';
import { remembered } from '../store/remembered.ts';
import type { LoggedRequest } from '../store/rows.ts';
import { connections, type Trip } from './connection.ts';
import { checkLiteralAddress, guardedLookup, type Network } from './egress-guard.ts';
import { type Answer, Exchange } from './exchange.ts';
import { describe, isCut, statusError, timeoutError } from './send-error.ts';

/** A request is an error if it has not ended so many milliseconds after it began, body included. */
const TIME_LIMIT_MS = 10_000;

/** How one request went. Only status 200, with its body, is success. */
export type Attempt = Pick<LoggedRequest, 'response'> &
  ({ ok: true; error: null } | { ok: false; error: SendError });

/** The request was given up by us: how it would have ended is not known. */
export class AbandonedError extends Error {
  constructor() {
    super('The request was abandoned');
    this.name = 'AbandonedError';
  }
}

/** Where so many targets lead is remembered. */
const ROUTES_KEPT = 1000;

/** Where a request goes. */
type Route = Pick<Dispatcher.DispatchOptions, 'path'> & { origin: string };

/** Sends deliveries over kept-alive connections, through the egress guard. Never follows a redirect. */
export class Sender {
  readonly #keptAlive: Agent;
  /** Its connections serve one request each. */
  readonly #fresh: Agent;
  /** @throws {EgressRefusedError} where the target is an address that may not be reached */
  readonly #routeTo: (target: string) => Route;
  readonly #timeLimitMs: number;
  /** Why no request may be sent just now. */
  readonly #objection: () => AbandonedError | null;
  readonly #underWay = new Set<UnderWay>();

  /**
   * @param allowed blocks that may be reached besides the public internet
   * @param mayGoOn whether a request may still be sent, once its connection is ready for it
   */
  constructor(
    allowed: readonly Network[],
    timeLimitMs = TIME_LIMIT_MS,
    mayGoOn: () => boolean = () => true,
  ) {
    this.#routeTo = remembered((target) => {
      const url = new URL(target);
      checkLiteralAddress(url, allowed);
      return { origin: url.origin, path: url.pathname + url.search };
    }, ROUTES_KEPT);
    this.#timeLimitMs = timeLimitMs;
    const options = {
      connect: { lookup: guardedLookup(allowed), timeout: timeLimitMs },
      headersTimeout: timeLimitMs,
      bodyTimeout: timeLimitMs,
      // With HTTP/2 all webhooks of an origin would share one connection, and wait for its handshake.
      allowH2: false,
    };
    this.#objection = () => (mayGoOn() ? null : new AbandonedError());
    this.#keptAlive = connections(options);
    this.#fresh = connections({ ...options, pipelining: 0 });
  }

  /**
   * What goes wrong is in the answer.
   * @throws {AbandonedError} only where {@link abandon} was called meanwhile, or it may not go on
   */
  async post(target: string, headers: Record<string, string>, body: string): Promise<Attempt> {
    const limitMs = this.#timeLimitMs;
    const underWay: UnderWay = { exchange: null, ended: null };
    const timer = setTimeout(() => end(underWay, new TimeUp()), limitMs);
    this.#underWay.add(underWay);
    try {
      const { origin, path } = this.#routeTo(target);
      const opaque: Trip = { reused: false };
      const request: Request = { origin, path, method: 'POST', headers, body, opaque };
      const answer = await this.#exchange(request, underWay);
      const { status, logged, brokenOff } = answer;
      // Of a 200 the body belongs to the answer; any other status is the answer, whatever becomes of the body.
      if (status === 200 && brokenOff) throw brokenOff;
      if (status === 200) return { ok: true, error: null, response: logged };
      return { ok: false, error: statusError(status), response: logged };
    } catch (error) {
      const { ended } = underWay;
      if (ended instanceof AbandonedError) throw ended;
      if (error instanceof AbandonedError) throw error;
      const why = ended ? timeoutError(limitMs) : describe(error, limitMs);
      return { ok: false, response: null, error: why };
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(underWay);
    }
  }

  /** Gives up all that is under way. */
  abandon(): void {
    for (const one of this.#underWay) end(one, new AbandonedError());
  }

  /**
   * A receiver may close a kept-alive connection at any time, also in the moment in which the next request
   * is on its way. That is not its error: the request is made once more, over a connection of its own
   * (RFC 9112, 9.3.1; the webhook-id makes it safe to repeat).
   */
  async #exchange(request: Request, underWay: UnderWay): Promise<Answer> {
    try {
      return await this.#exchangeOver(this.#keptAlive, request, underWay);
    } catch (error) {
      if (!request.opaque.reused || !isCut(error) || underWay.ended) throw error;
      return this.#exchangeOver(this.#fresh, request, underWay);
    }
  }

  #exchangeOver(agent: Agent, request: Request, underWay: UnderWay): Promise<Answer> {
    const exchange = new Exchange(this.#objection);
    underWay.exchange = exchange;
    agent.dispatch(request, exchange);
    return exchange.answer;
  }

  async close(): Promise<void> {
    await Promise.all([this.#keptAlive.destroy(), this.#fresh.destroy()]);
  }
}

class TimeUp extends Error {}

type Request = Agent.DispatchOptions & { opaque: Trip };

/** A request that may have to be ended from outside. */
interface UnderWay {
  exchange: Exchange | null;
  /** Why it was. */
  ended: Error | null;
}

function end(underWay: UnderWay, reason: Error): void {
  underWay.ended = reason;
  underWay.exchange?.abort(reason);
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
