import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';

/** What a webhook is doing, as its owner would say it. Times in Unix milliseconds. */
export type Status =
  /** Nothing has come for it since it was made. */
  | { kind: 'nothing_yet' }
  | { kind: 'delivering' }
  /** All that waits is in bundles that are still open. */
  | { kind: 'gathering'; next: number }
  /** Its latest delivery has failed. `next` is when the next try starts; null where nothing waits. */
  | { kind: 'retrying'; next: number | null }
  | { kind: 'off_by_errors'; errors: number; at: number | null }
  | { kind: 'off_by_owner'; at: number | null }
  | { kind: 'zap_off'; at: number | null };

type Judged = Pick<
  Webhook,
  'enabled' | 'disabledReason' | 'disabledAt' | 'granularityHours' | 'lastSuccessAt' | 'health'
>;

/** @param now Unix milliseconds */
export function statusOf(
  webhook: Judged,
  { nextAttemptAt }: Pick<WebhookStatus, 'nextAttemptAt'>,
  now: number,
): Status {
  if (!webhook.enabled) return offStatus(webhook);
  const { consecutiveErrors, pausedUntil } = webhook.health;
  if (consecutiveErrors > 0) return { kind: 'retrying', next: nextAttemptAt };
  if (nextAttemptAt === null) {
    return { kind: webhook.lastSuccessAt === null ? 'nothing_yet' : 'delivering' };
  }
  // A Zap that has just subscribed is given a moment, with nothing wrong.
  const starts = nextAttemptAt <= Math.max(now, pausedUntil ?? now);
  if (starts) return { kind: 'delivering' };
  // What is not gathered waits for nothing but the pause of a chat whose delivery has failed.
  if (webhook.granularityHours === 0) return { kind: 'retrying', next: nextAttemptAt };
  return { kind: 'gathering', next: nextAttemptAt };
}

function offStatus({ disabledReason, disabledAt: at, health }: Judged): Status {
  if (disabledReason === 'errors') {
    return { kind: 'off_by_errors', errors: health.consecutiveErrors, at };
  }
  return { kind: disabledReason === 'unsubscribed' ? 'zap_off' : 'off_by_owner', at };
}
