import type { Activity, Lane, LoggedRequest, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { disabledDetail, failedDetail, sentDetail } from './activity.ts';
import type { Delivery } from './head.ts';
import { laneBehind } from './head.ts';
import { healthAfter, mustDisable, type Outcome, pauseAfter } from './health.ts';
import type { Attempt } from './sender.ts';

/** A delivery that has been attempted and is to be written down. */
export interface Attempted {
  delivery: Delivery;
  attempt: Attempt;
  outcome: Outcome;
  /** The request as it was sent and what came back. */
  logged: LoggedRequest;
}

/**
 * Writes down what became of a group of deliveries, in one transaction: cursors, error counts, pauses,
 * switch-offs and both logs. A webhook that is gone is passed over; so is a lane that no longer stands
 * where it stood, since someone has moved it on purpose meanwhile.
 * @returns the webhooks concerned as they are now, those that are gone left out
 */
export async function settle(
  tx: Repositories,
  group: readonly Attempted[],
  random: () => number,
): Promise<Map<number, Webhook>> {
  const webhooks = await tx.webhooks.byIds([...new Set(group.map(webhookIdOf))]);
  const activities: Activity[] = [];
  for (const [webhookId, attempts] of Map.groupBy(group, webhookIdOf)) {
    const webhook = webhooks.get(webhookId);
    if (!webhook) continue;
    attempts.sort((a, b) => a.outcome.endedAt - b.outcome.endedAt);
    let { health } = webhook;
    let off: SwitchedOff | null = null;
    for (const attempted of attempts) {
      const { outcome } = attempted;
      const at = outcome.endedAt;
      // What is still under way when a webhook is switched off, or given another address, moves its lane
      // but judges no more.
      const judged = webhook.enabled && off === null && isOfItsUrl(webhook, attempted);
      if (judged && isZapGone(webhook, attempted)) {
        off = { at, reason: 'unsubscribed', detail: ZAP_GONE };
      } else if (judged) {
        health = healthAfter(health, outcome, random());
        const { consecutiveErrors } = health;
        if (mustDisable(health)) {
          off = { at, reason: 'errors', detail: disabledDetail(consecutiveErrors) };
        }
      }
      await settleLane(tx, webhook, attempted, random());
      activities.push(activityOf(webhookId, attempted, health.consecutiveErrors));
      if (judged && off) {
        activities.push({ webhookId, at, action: 'disabled', detail: off.detail });
      }
    }
    if (off) {
      const { reason: disabledReason, at: disabledAt } = off;
      const change = { enabled: false, disabledReason, disabledAt, health };
      webhooks.set(webhookId, await tx.webhooks.change(webhook, change));
    } else if (health !== webhook.health) {
      await tx.webhooks.saveHealth(webhookId, health);
      webhooks.set(webhookId, { ...webhook, health });
    }
  }
  await tx.history.add({ requests: group.map(({ logged }) => logged), activities });
  return webhooks;
}

/** That and why a webhook has been switched off by an outcome. */
interface SwitchedOff {
  at: number;
  reason: 'errors' | 'unsubscribed';
  detail: string;
}

/** Zapier's answer for a Zap that is switched off or deleted, should its unsubscription have got lost. */
const isZapGone = ({ source }: Webhook, { attempt }: Attempted) =>
  source === 'zapier' && attempt.response?.status === 410;

const ZAP_GONE =
  'Zapier says that the Zap is off (410). Messages are kept for a while, and go on when it is switched on';

const isOfItsUrl = ({ targetUrl }: Webhook, { logged }: Attempted) =>
  logged.request.url === targetUrl;

const webhookIdOf = ({ delivery }: Attempted) => delivery.lane.webhookId;

async function settleLane(
  tx: Repositories,
  webhook: Webhook,
  { delivery, outcome }: Attempted,
  random: number,
): Promise<void> {
  const lane = await tx.lanes.get(delivery.lane.webhookId, delivery.lane.chatId);
  if (!lane || lane.nextSeq !== delivery.lane.nextSeq) return;
  if (lane.seal && lane.seal.lastSeq !== delivery.lastSeq) return;
  if (outcome.ok) {
    await replaceLane(tx, lane, await laneBehind(tx, webhook, lane, delivery.lastSeq));
    return;
  }
  const attempts = lane.attempts + 1;
  await tx.lanes.save({
    ...lane,
    attempts,
    dueAt: outcome.endedAt + pauseAfter(attempts, outcome.retryAfterMs, random),
    seal: { lastSeq: delivery.lastSeq, shape: delivery.shape, direction: delivery.direction },
  });
}

/** Whether the stored lane still stands at the head that was looked at. */
export function isSameHead(stored: Lane, seen: Lane): boolean {
  return stored.nextSeq === seen.nextSeq && stored.seal?.lastSeq === seen.seal?.lastSeq;
}

export async function replaceLane(tx: Repositories, lane: Lane, next: Lane | null): Promise<void> {
  if (next) await tx.lanes.save(next);
  else await tx.lanes.remove(lane.webhookId, lane.chatId);
}

function activityOf(webhookId: number, attempted: Attempted, errors: number): Activity {
  const { delivery, attempt, outcome } = attempted;
  return {
    webhookId,
    at: outcome.endedAt,
    ...(outcome.ok
      ? { action: 'sent', detail: sentDetail(delivery, outcome) }
      : { action: 'failed', detail: failedDetail(attempt, errors) }),
  };
}
