import type { Bundle } from 'zapier-platform-core';
import { hasValidSignature, type SignatureHeaders } from '../wire/signature.ts';
import { createdWebhookSchema } from '../wire/webhook.ts';

const keySchema = createdWebhookSchema.pick({ secret: true });

/**
 * The body of a delivery, parsed from exactly what was signed; `undefined` when it is not signed with the
 * secret of the subscription. Its age is not judged: Zapier may run it late.
 */
export function signedBody({ subscribeData, rawRequest, cleanedRequest }: Bundle): unknown {
  const key = keySchema.safeParse(subscribeData).data;
  if (!key) return undefined;
  const headers = signatureHeaders(rawRequest?.headers ?? {});
  const candidates = [rawRequest?.content, ...serialized(cleanedRequest)];
  try {
    const body = candidates.find(
      (text) => typeof text === 'string' && hasValidSignature(key.secret, headers, text),
    );
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    // A secret that is no key, or a signed body that is not JSON: neither comes from Pakiet.
    return undefined;
  }
}

/**
 * Should the raw body be missing or changed, the parsed one is written out again: without the
 * `querystring` that Zapier adds, or with it, in case it was there from the start.
 */
function serialized(cleanedRequest: unknown): string[] {
  if (typeof cleanedRequest !== 'object' || cleanedRequest === null) return [];
  const { querystring: _added, ...body } = cleanedRequest as Record<string, unknown>;
  return [JSON.stringify(body), JSON.stringify(cleanedRequest)];
}

/** Zapier renames headers: `webhook-id` arrives as `Http-Webhook-Id`. CGI would write underscores. */
function signatureHeaders(headers: Record<string, unknown>): Partial<SignatureHeaders> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name
        .toLowerCase()
        .replaceAll('_', '-')
        .replace(/^http-/, ''),
      String(value),
    ]),
  );
}
