import { errors } from 'undici';
import type { SendError } from '../store/facts.ts';
import { EndlessAnswerError } from './connection.ts';
import { EgressRefusedError } from './egress-guard.ts';
import { type Flaw, isTlsCause } from './error-sentence.ts';

export const statusError = (status: number): SendError => ({ code: `status_${status}` });

export const timeoutError = (limitMs: number): SendError => ({
  code: 'timeout',
  seconds: limitMs / 1000,
});

/** What was thrown in place of an answer. @param limitMs the time limit of a request */
export function describe(thrown: unknown, limitMs: number): SendError {
  // With several addresses to try, the socket's error is an AggregateError with one for each.
  const error = (thrown instanceof AggregateError ? thrown.errors[0] : thrown) as Error;
  if (error instanceof EgressRefusedError) {
    return { code: 'address_refused', host: error.host, address: error.address };
  }
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return timeoutError(limitMs);
  if (isTlsCause(code) || code === 'EPROTO' || /^ERR_(SSL|TLS)/.test(code)) {
    return { code: 'tls_failed', cause: code };
  }
  const flaw = flawOf(error);
  if (flaw !== null) return { code: 'bad_answer', cause: flaw };
  return { code: 'connection_failed', cause: code };
}

/** What is wrong with an answer that is none: one of the flaws known, or the parser's words. */
function flawOf(error: Error): string | null {
  if (error instanceof errors.HTTPParserError) {
    return /\((.+)\)/.exec(error.message)?.[1] ?? error.message;
  }
  return knownFlawOf(error);
}

function knownFlawOf(error: Error): Flaw | null {
  if (error instanceof EndlessAnswerError) return 'endless';
  if (error instanceof errors.HeadersOverflowError) return 'long_headers';
  if (error instanceof errors.ResponseContentLengthMismatchError) return 'wrong_length';
  // undici's words for 100 and 101 that were not asked for, and for a status below 100.
  const isUnasked = error instanceof errors.SocketError && error.message.startsWith('bad ');
  const isAssertion = (error as NodeJS.ErrnoException).code === 'ERR_ASSERTION';
  return isUnasked || isAssertion ? 'not_final' : null;
}

const CUT = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** Whether the connection went away. */
export const isCut = (error: unknown): boolean =>
  CUT.includes((error as NodeJS.ErrnoException)?.code ?? '');
