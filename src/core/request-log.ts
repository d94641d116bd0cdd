import type { LoggedRequest } from '../store/rows.ts';
import type { SignatureHeaders } from '../wire/signature.ts';
import type { Outcome } from './health.ts';
import type { Attempt } from './sender.ts';

/** The headers of a request to a webhook. */
export const requestHeaders = (signature: SignatureHeaders): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Pakiet (+https://www.standardwebhooks.com)',
  ...signature,
});

/** One request as an item of the detailed log. */
export function toLoggedRequest(
  webhookId: number,
  kind: LoggedRequest['kind'],
  sent: { url: string; headers: Record<string, string>; body: string },
  attempt: Attempt,
  { startedAt, endedAt }: Pick<Outcome, 'startedAt' | 'endedAt'>,
): LoggedRequest {
  return {
    webhookId,
    at: new Date(startedAt).toISOString(),
    duration_ms: endedAt - startedAt,
    kind,
    request: { method: 'POST', ...sent },
    response: attempt.response,
    error: attempt.error,
  };
}
