import { createHmac, timingSafeEqual } from 'node:crypto';

/** The headers of a signed delivery, as Standard Webhooks names them (https://www.standardwebhooks.com). */
export interface SignatureHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs a request body.
 * @param secrets `whsec_` and base64; each of them signs, so that receivers may know either
 * @param id the delivery's id; the same id means the same messages
 * @param at time of the attempt, Unix milliseconds
 */
export function sign(
  secrets: string | readonly string[],
  id: string,
  at: number,
  body: string,
): SignatureHeaders {
  const seconds = Math.floor(at / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': [secrets]
      .flat()
      .map((secret) => signature(secret, id, seconds, body))
      .join(' '),
  };
}

/**
 * Whether one of the signatures in the headers is the body's. The age is left to the caller: a Zap may
 * run long after the delivery.
 */
export function hasValidSignature(
  secret: string,
  headers: Partial<SignatureHeaders>,
  body: string,
): boolean {
  const id = headers['webhook-id'];
  const seconds = Number(headers['webhook-timestamp']);
  const given = headers['webhook-signature'];
  if (!id || !given || !Number.isSafeInteger(seconds)) return false;
  const expected = Buffer.from(signature(secret, id, seconds, body));
  return given.split(' ').some((one) => {
    const candidate = Buffer.from(one);
    return candidate.length === expected.length && timingSafeEqual(candidate, expected);
  });
}

// Every delivery is signed. The package of Standard Webhooks computes hashes in JavaScript, which took a
// twentieth of the time of a delivery; the tests hold this to it.
function signature(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.replace(PREFIX, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

const PREFIX = /^whsec_/;
