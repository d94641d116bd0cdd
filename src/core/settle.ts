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
    let disabledAt: number | null = null;
    for (const attempted of attempts) {
      const { outcome } = attempted;
      // What is still under way when a webhook is switched off moves its lane, but judges no more.
      const judged = webhook.enabled && disabledAt === null;
      if (judged) health = healthAfter(health, outcome, random());
      await settleLane(tx, webhook, attempted, random());
      activities.push(activityOf(webhookId, attempted, health.consecutiveErrors));
      if (judged && mustDisable(health)) {
        disabledAt = outcome.endedAt;
        const detail = disabledDetail(health.consecutiveErrors);
        activities.push({ webhookId, at: disabledAt, action: 'disabled', detail });
      }
    }
    if (disabledAt !== null) {
      webhooks.set(
        webhookId,
        await tx.webhooks.change(webhook, {
          enabled: false,
          disabledReason: 'errors',
          disabledAt,
          health,
        }),
      );
    } else if (health !== webhook.health) {
      await tx.webhooks.saveHealth(webhookId, health);
      webhooks.set(webhookId, { ...webhook, health });
    }
  }
  await tx.history.add({ requests: group.map(({ logged }) => logged), activities });
  return webhooks;
}

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
