import { Agent } from 'undici';
import type { LoggedRequest } from '../store/rows.ts';
import {
  checkLiteralAddress,
  EgressRefusedError,
  guardedLookup,
  type Network,
} from './egress-guard.ts';

/** A request is an error if it has not ended so many milliseconds after it began, body included. */
const TIME_LIMIT_MS = 10_000;
/** Of a response so much is read and kept; reading stops there. */
const RESPONSE_LIMIT_BYTES = 16 * 1024;

/** How one request went. Only status 200, with its body, is success. */
export type Attempt = Pick<LoggedRequest, 'response' | 'error'> & { ok: boolean };

/** Sends deliveries over kept-alive connections, through the egress guard. Never follows a redirect. */
export class Sender {
  readonly #agent: Agent;
  readonly #allowed: readonly Network[];
  readonly #timeLimitMs: number;

  /** @param allowed blocks that may be reached besides the public internet */
  constructor(allowed: readonly Network[], timeLimitMs = TIME_LIMIT_MS) {
    this.#allowed = allowed;
    this.#timeLimitMs = timeLimitMs;
    this.#agent = new Agent({
      connect: { lookup: guardedLookup(allowed), timeout: timeLimitMs },
      headersTimeout: timeLimitMs,
      bodyTimeout: timeLimitMs,
    });
  }

  /** Never throws: what goes wrong is in the answer. */
  async post(target: string, headers: Record<string, string>, body: string): Promise<Attempt> {
    const limit = AbortSignal.timeout(this.#timeLimitMs);
    try {
      const url = new URL(target);
      checkLiteralAddress(url, this.#allowed);
      const response = await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers,
        body,
        signal: limit,
      });
      const kept = await readStart(response.body);
      const error = response.statusCode === 200 ? null : statusError(response.statusCode);
      return {
        ok: error === null,
        error,
        response: {
          status: response.statusCode,
          headers: Object.fromEntries(
            Object.entries(response.headers).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, value]],
            ),
          ),
          body: kept.text,
          ...(kept.truncated && { truncated: true }),
        },
      };
    } catch (error) {
      return { ok: false, response: null, error: describe(error, limit.aborted) };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** Reads up to the limit and leaves the rest: it is not ours to download. */
async function readStart(
  body: AsyncIterable<Buffer>,
): Promise<{ text: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > RESPONSE_LIMIT_BYTES) break;
  }
  const bytes = Buffer.concat(chunks);
  return {
    text: bytes.subarray(0, RESPONSE_LIMIT_BYTES).toString('utf8'),
    truncated: bytes.length > RESPONSE_LIMIT_BYTES,
  };
}

function statusError(status: number): { code: string; message: string } {
  const why =
    status >= 300 && status < 400
      ? 'redirects are not followed: enter the final address'
      : 'only 200 is success';
  return { code: `status_${status}`, message: `The receiver answered ${status}; ${why}` };
}

function describe(error: unknown, timedOut: boolean): { code: string; message: string } {
  // With several addresses to try, the socket's error is an AggregateError with one for each.
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  if (cause instanceof EgressRefusedError) return { code: cause.code, message: cause.message };
  const { code, message } = cause as NodeJS.ErrnoException;
  if (timedOut || code?.includes('TIMEOUT')) {
    return { code: 'timeout', message: 'The receiver did not answer in full within 10 seconds' };
  }
  return { code: 'connection_failed', message: `No connection: ${code ?? message}` };
}

const MAX_SECONDS = 1e9;

/**
 * What a Retry-After header asks for, in milliseconds from `now`; null where it says nothing usable.
 * Seconds or an HTTP date (RFC 9110, 10.2.3).
 */
export function retryAfterMs(attempt: Attempt, now: number): number | null {
  const header = attempt.response?.headers['retry-after'];
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return null;
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_SECONDS) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
