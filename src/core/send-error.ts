import { errors } from 'undici';
import { EndlessAnswerError } from './connection.ts';
import { EgressRefusedError } from './egress-guard.ts';

/** Why a request counts as an error, for the owner of the webhook. */
export interface SendError {
  code:
    | `status_${number}`
    | 'timeout'
    | 'connection_failed'
    | 'tls_failed'
    | 'bad_answer'
    | 'address_refused';
  message: string;
}

const TRUST =
  'if it is to be trusted, start the server with NODE_EXTRA_CA_CERTS=<file with the certificate of its authority>';
const UNKNOWN_AUTHORITY = `its certificate is from an authority that this server does not know, or the receiver does not send the intermediate certificate; ${TRUST}`;

const TLS_CAUSES: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate has been revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is self-signed; ${TRUST}`,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
};

const CLOSED = 'the receiver closed the connection before it had answered in full';

const CONNECTION_CAUSES: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at that address and port',
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name cannot be looked up at the moment',
  EHOSTUNREACH: 'no way leads to that address',
  ENETUNREACH: 'no way leads to that address',
};

const REDIRECTS = [301, 302, 303, 307, 308];

export function statusError(status: number): SendError {
  const why = REDIRECTS.includes(status)
    ? 'redirects are not followed: enter the final address'
    : 'only 200 is success';
  return { code: `status_${status}`, message: `The receiver answered ${status}; ${why}` };
}

export function timeoutError(limitMs: number): SendError {
  const message = `The receiver did not answer in full within ${limitMs / 1000} seconds`;
  return { code: 'timeout', message };
}

/** What was thrown in place of an answer. @param limitMs the time limit of a request */
export function describe(thrown: unknown, limitMs: number): SendError {
  // With several addresses to try, the socket's error is an AggregateError with one for each.
  const error = (thrown instanceof AggregateError ? thrown.errors[0] : thrown) as Error;
  if (error instanceof EgressRefusedError) return { code: error.code, message: error.message };
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return timeoutError(limitMs);
  if (code in TLS_CAUSES) {
    return { code: 'tls_failed', message: `No secure connection: ${TLS_CAUSES[code]} (${code})` };
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return {
      code: 'tls_failed',
      message: `No secure connection: what answers there does not speak proper TLS (${code})`,
    };
  }
  const flaw = flawOf(error);
  if (flaw) return { code: 'bad_answer', message: `The answer is not proper HTTP: ${flaw}` };
  const cause = CONNECTION_CAUSES[code];
  return {
    code: 'connection_failed',
    message: `No connection: ${cause ? `${cause} (${code})` : code}`,
  };
}

/** What is wrong with an answer that is none. */
function flawOf(error: Error): string | null {
  if (error instanceof EndlessAnswerError) return error.message;
  if (error instanceof errors.HeadersOverflowError) return 'its headers are longer than 16 KiB';
  if (error instanceof errors.ResponseContentLengthMismatchError) {
    return 'its body is not as long as its Content-Length says';
  }
  if (error instanceof errors.HTTPParserError) {
    return /\((.+)\)/.exec(error.message)?.[1] ?? error.message;
  }
  // undici's words for 100 and 101 that were not asked for, and for a status below 100.
  const isUnasked = error instanceof errors.SocketError && error.message.startsWith('bad ');
  const isAssertion = (error as NodeJS.ErrnoException).code === 'ERR_ASSERTION';
  return isUnasked || isAssertion ? 'its status is not one that ends a request' : null;
}

const CUT = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** Whether the connection went away. */
export const isCut = (error: unknown): boolean =>
  CUT.includes((error as NodeJS.ErrnoException)?.code ?? '');
