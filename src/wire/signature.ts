import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

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
  const seconds = new Date(Math.floor(at / 1000) * 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds.getTime() / 1000),
    'webhook-signature': [secrets]
      .flat()
      .map((secret) => new Webhook(secret).sign(id, seconds, body))
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
  if (!id || !given || !Number.isSafeInteger(seconds) || Math.abs(seconds) > 8.64e12) return false;
  const expected = Buffer.from(new Webhook(secret).sign(id, new Date(seconds * 1000), body));
  return given.split(' ').some((one) => {
    const candidate = Buffer.from(one);
    return candidate.length === expected.length && timingSafeEqual(candidate, expected);
  });
}
