import type { Webhook } from '../store/rows.ts';
import type { Clock } from './clock.ts';
import type { Delivery } from './head.ts';
import { requestHeaders, toLoggedRequest } from './request-log.ts';
import { AbandonedError, retryAfterMs, type Sender } from './sender.ts';
import type { Attempted } from './settle.ts';

/**
 * Sends a delivery once, and says how it went.
 * @param webhook as it is when the request begins
 * @param startedAt Unix milliseconds
 * @returns null where the hold on the webhook ended meanwhile: what becomes of the request is not ours to judge
 */
export async function attemptDelivery(
  { sender, clock }: { sender: Sender; clock: Clock },
  webhook: Webhook,
  delivery: Delivery,
  startedAt: number,
): Promise<Attempted | null> {
  const { targetUrl: url, subscription, workspaceId } = webhook;
  const { id, body, lane } = delivery;
  const headers = requestHeaders(webhook, id, startedAt, body);
  try {
    const attempt = await sender.post(url, headers, body);
    const endedAt = Math.max(startedAt, clock.now());
    const outcome = {
      ok: attempt.ok,
      startedAt,
      endedAt,
      retryAfterMs: retryAfterMs(attempt, endedAt),
    };
    const logged = toLoggedRequest(lane, 'delivery', { url, headers, body }, attempt, outcome);
    return { delivery, attempt, outcome, logged, subscription, workspaceId };
  } catch (error) {
    if (error instanceof AbandonedError) return null;
    throw error;
  }
}
