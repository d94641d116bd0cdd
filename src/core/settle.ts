import type { SendError } from '../store/facts.ts';
import type { Activity, Lane, LoggedMessage, LoggedRequest, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { activity, type NewFacts } from './activity.ts';
import { type Counted, dailyCounts } from './daily-counts.ts';
import type { Delivery } from './head.ts';
import { rangeBehind } from './head.ts';
import { healthAfter, mustDisable, type Outcome, pauseAfter } from './health.ts';
import { switchOffEmail } from './outbox.ts';
import { blameAfter } from './parking.ts';
import {
  behindFirst,
  isStillChosen,
  type ReadAhead,
  readAhead,
  SINGLES_READ,
} from './read-ahead.ts';
import type { Attempt } from './sender.ts';
import { together } from './together.ts';
import { laneAfter } from './window.ts';
import { isZapGone } from './zap-life.ts';

/** A delivery that has been attempted and is to be written down. */
export interface Attempted {
  delivery: Delivery;
  attempt: Attempt;
  outcome: Outcome;
  /** The request as it was sent and what came back. */
  logged: LoggedRequest;
  /** The subscription in force when it began. */
  subscription: string;
  workspaceId: number;
}

/**
 * Writes down what became of a group of deliveries, in one transaction: cursors, error counts, pauses,
 * switch-offs and both logs. A webhook that is gone is passed over; so is a lane that no longer stands
 * where it stood, since someone has moved it on purpose meanwhile.
 * @returns one answer an attempt
 */
export async function settle(
  tx: Repositories,
  group: readonly Attempted[],
  random: () => number,
): Promise<Settled[]> {
  const chatIds = [...new Set(group.map(({ delivery }) => delivery.lane.chatId))];
  // Asked for together, in the order in which they are locked.
  const [chats, webhooks, lanes] = await together([
    tx.chats.hold(chatIds),
    tx.webhooks.byIds([...new Set(group.map(webhookIdOf))]),
    standingLanes(tx, group),
  ]);
  const learnt: Learnt[] = [];
  const taken: Taken[] = [];
  const failed: Lane[] = [];
  const activities: Activity[] = [];
  for (const [webhookId, attempts] of Map.groupBy(group, webhookIdOf)) {
    const webhook = webhooks.get(webhookId);
    if (!webhook) continue;
    attempts.sort((a, b) => a.outcome.endedAt - b.outcome.endedAt);
    let { health, lastSuccessAt } = webhook;
    let off: SwitchedOff | null = null;
    for (const attempted of attempts) {
      const { outcome } = attempted;
      const at = outcome.endedAt;
      // What is still under way when a webhook is switched off, or given another address, moves its lane
      // but judges no more.
      const judged = webhook.enabled && off === null && isOfItsAddress(webhook, attempted);
      const status = attempted.attempt.response?.status;
      if (judged && isZapGone(webhook, status, outcome.startedAt)) {
        off = { at, reason: 'unsubscribed' };
      } else if (judged) {
        health = healthAfter(health, outcome, random());
        const { error } = attempted.attempt;
        if (error && mustDisable(health)) off = { at, reason: 'errors', error };
      }
      if (outcome.ok) lastSuccessAt = at;
      const lane = lanes.get(attempted);
      if (lane && outcome.ok) taken.push({ webhook, lane, attempted });
      else if (lane) failed.push(failedLane(lane, attempted, lastSuccessAt, random()));
      activities.push(activityOf(webhookId, attempted, health.consecutiveErrors));
      if (judged && off) {
        const errors = health.consecutiveErrors;
        const facts: NewFacts =
          off.reason === 'errors' ? { kind: 'off_by_errors', errors } : { kind: 'zap_gone' };
        activities.push(activity(webhookId, at, facts));
      }
    }
    if (off) {
      const { reason: disabledReason, at: disabledAt } = off;
      const disabledPosition = await tx.messages.position();
      const change = {
        ...{ enabled: false, disabledReason, disabledAt, disabledPosition },
        ...{ health, lastSuccessAt },
      };
      webhooks.set(webhookId, await tx.webhooks.change(webhook, change));
      if (off.reason === 'errors') {
        const errors = health.consecutiveErrors;
        const facts = { at: disabledAt, errors, lastError: off.error };
        await tx.outbox.add(switchOffEmail(webhook, facts));
      }
    } else if (health !== webhook.health || lastSuccessAt !== webhook.lastSuccessAt) {
      learnt.push({ id: webhookId, health, lastSuccessAt });
      webhooks.set(webhookId, { ...webhook, health, lastSuccessAt });
    }
  }
  await tx.webhooks.saveHealth(...learnt);
  await tx.lanes.save(...failed);
  await tx.counters.add(dailyCounts(group.filter(isOfOne(webhooks)).map(toCounted)));
  // What a person has asked to be forgotten meanwhile does not come back in the logs.
  const isKept = ({ chatId }: { chatId: number | null }) => !chatId || chats.has(chatId);
  const [next] = await together([
    moveOn(tx, taken),
    tx.history.add({
      requests: group.map(({ logged }) => logged).filter(isKept),
      activities: activities.filter(isKept),
    }),
  ]);
  return group.map((attempted) => {
    const found = next.get(attempted);
    const isJoined = chats.get(attempted.delivery.lane.chatId)?.isJoined ?? true;
    return {
      webhook: webhooks.get(webhookIdOf(attempted)),
      mayHaveMore:
        found !== undefined || !attempted.outcome.ok || !lanes.has(attempted) || isJoined,
      next: (!isJoined && found) || null,
    };
  });
}

/** What became of an attempt. */
export interface Settled {
  /** As it is now; undefined where it is gone. */
  webhook: Webhook | undefined;
  /** Whether there may be more to send, in this lane or in one that has waited for it. */
  mayHaveMore: boolean;
  /**
   * Where the lane stands now, and its first message; null where it does not go on, or may have to wait for
   * another chat of the same person.
   */
  next: Next | null;
}

export interface Next {
  lane: Lane;
  message: LoggedMessage;
  /** What has been read behind it. */
  ahead: ReadAhead;
}

/** A head that was taken by its receiver. */
interface Taken {
  webhook: Webhook;
  lane: Lane;
  attempted: Attempted;
}

/** Moves lanes behind their heads. @returns where those stand that go on */
async function moveOn(tx: Repositories, taken: readonly Taken[]): Promise<Map<Attempted, Next>> {
  const behind = await behindHeads(tx, taken);
  const next = new Map<Attempted, Next>();
  for (const [i, { webhook, lane, attempted }] of taken.entries()) {
    const ahead = behind[i] as ReadAhead;
    const [message] = ahead.messages;
    const after = message && laneAfter(lane, message, webhook);
    if (after) next.set(attempted, { lane: after, message, ahead: behindFirst(ahead) });
  }
  await replaceLanes(
    tx,
    taken.map(({ lane }) => lane),
    taken.map(({ attempted }) => next.get(attempted)?.lane ?? null),
  );
  return next;
}

/** What follows each head: as it was read ahead, or else as it is read now. */
async function behindHeads(tx: Repositories, taken: readonly Taken[]): Promise<ReadAhead[]> {
  const unread = taken.filter(({ webhook, attempted: { delivery } }) => {
    const { ahead } = delivery;
    return ahead.messages.length === 0 || !isStillChosen(ahead, webhook);
  });
  const pages = unread.map(({ webhook, lane, attempted }) => ({
    ...rangeBehind(webhook, lane, attempted.delivery.lastSeq),
    limit: webhook.granularityHours === 0 ? SINGLES_READ : 1,
  }));
  const found = await tx.messages.pages(pages);
  const read = new Map(
    pages.map((page, i) => [unread[i] as Taken, readAhead(page, found[i] ?? [])]),
  );
  return taken.map((one) => read.get(one) ?? one.attempted.delivery.ahead);
}

/** What deliveries have taught about a webhook. */
type Learnt = Pick<Webhook, 'id' | 'health' | 'lastSuccessAt'>;

/** That and why a webhook has been switched off by an outcome. */
type SwitchedOff = { at: number } & (
  | { reason: 'unsubscribed' }
  /** `error` is the one too many. */
  | { reason: 'errors'; error: SendError }
);

const isOfItsAddress = (webhook: Webhook, { logged, subscription }: Attempted) =>
  logged.request.url === webhook.targetUrl && subscription === webhook.subscription;

const webhookIdOf = ({ delivery }: Attempted) => delivery.lane.webhookId;

const isOfOne = (webhooks: ReadonlyMap<number, Webhook>) => (attempted: Attempted) =>
  webhooks.has(webhookIdOf(attempted));

const toCounted = ({ delivery, outcome }: Attempted): Counted => ({
  webhookId: delivery.lane.webhookId,
  endedAt: outcome.endedAt,
  ok: outcome.ok,
  messages: delivery.messageCount,
});

/** The lanes that still stand where they stood, each by the attempt that was made in it. */
async function standingLanes(
  tx: Repositories,
  group: readonly Attempted[],
): Promise<Map<Attempted, Lane>> {
  const found = await tx.lanes.all(group.map(({ delivery }) => delivery.lane));
  const standing = new Map<Attempted, Lane>();
  for (const [i, attempted] of group.entries()) {
    const { lane: seen, lastSeq } = attempted.delivery;
    const lane = found[i];
    if (!lane || lane.nextSeq !== seen.nextSeq) continue;
    if (lane.seal && lane.seal.lastSeq !== lastSeq) continue;
    standing.set(attempted, lane);
  }
  return standing;
}

function failedLane(
  lane: Lane,
  { delivery, attempt, outcome }: Attempted,
  lastSuccessAt: number | null,
  random: number,
): Lane {
  const { lastSeq, shape, direction } = delivery;
  const attempts = lane.attempts + 1;
  return {
    ...lane,
    attempts,
    blame: blameAfter(lane.blame, attempt, outcome.endedAt, lastSuccessAt),
    error: attempt.error,
    dueAt: outcome.endedAt + pauseAfter(attempts, outcome.retryAfterMs, random),
    seal: { lastSeq, shape, direction },
  };
}

/** Whether the stored lane still stands at the head that was looked at. */
export function isSameHead(stored: Lane, seen: Lane): boolean {
  return stored.nextSeq === seen.nextSeq && stored.seal?.lastSeq === seen.seal?.lastSeq;
}

/** Each lane as it goes on; where nothing is left (null) it goes. */
async function replaceLanes(
  tx: Repositories,
  lanes: readonly Lane[],
  next: readonly (Lane | null)[],
): Promise<void> {
  await tx.lanes.save(...next.filter((lane) => lane !== null));
  await tx.lanes.remove(...lanes.filter((_, i) => next[i] === null));
}

export const replaceLane = (tx: Repositories, lane: Lane, next: Lane | null): Promise<void> =>
  replaceLanes(tx, [lane], [next]);

function activityOf(webhookId: number, attempted: Attempted, errors: number): Activity {
  const { delivery, attempt, outcome } = attempted;
  const { messageCount: messages } = delivery;
  const chatName = delivery.chat.fullName;
  const { startedAt, endedAt } = outcome;
  const facts: NewFacts = attempt.ok
    ? { kind: 'sent', messages, chatName, ms: endedAt - startedAt }
    : { kind: 'failed', error: attempt.error, errors, chatName };
  return activity(webhookId, endedAt, facts, delivery.lane.chatId);
}
