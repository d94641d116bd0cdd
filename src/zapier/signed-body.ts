import type { Bundle } from 'zapier-platform-core';
import { hasValidSignature, type SignatureHeaders } from '../wire/signature.ts';
import { createdWebhookSchema } from '../wire/webhook.ts';

/**
 * The body of a delivery, parsed from exactly what was signed; `undefined` when it is not signed with the
 * secret of the subscription. Its age is not judged: Zapier may run it late.
 */
export function signedBody({ subscribeData, rawRequest, cleanedRequest }: Bundle): unknown {
  const subscription = createdWebhookSchema.safeParse(subscribeData).data;
  if (!subscription) return undefined;
  const headers = signatureHeaders(rawRequest?.headers ?? {});
  const candidates = [rawRequest?.content, serialized(cleanedRequest)];
  try {
    const body = candidates.find(
      (text) => text !== undefined && hasValidSignature(subscription.secret, headers, text),
    );
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    // A secret that is no key, or a signed body that is not JSON: neither comes from Pakiet.
    return undefined;
  }
}

/** Should Zapier hand over no raw body, its parsed one is written out again; it adds `querystring`. */
function serialized(cleanedRequest: unknown): string | undefined {
  if (typeof cleanedRequest !== 'object' || cleanedRequest === null) return undefined;
  const { querystring: _added, ...body } = cleanedRequest as Record<string, unknown>;
  return JSON.stringify(body);
}

/** Zapier renames headers: `webhook-id` arrives as `Http-Webhook-Id`. */
function signatureHeaders(headers: Record<string, unknown>): Partial<SignatureHeaders> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase().replace(/^http-/, ''),
      String(value),
    ]),
  );
}
