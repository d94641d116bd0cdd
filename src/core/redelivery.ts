import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { Parked, Webhook } from '../store/rows.ts';
import type { DueLane, Repositories } from '../store/store.ts';
import { type NewFacts, note } from './activity.ts';
import { type ChangeOptions, changeWebhook } from './change.ts';
import { dailyCounts } from './daily-counts.ts';
import { NothingToParkError, WebhookDisabledError } from './errors.ts';
import { wantsChat } from './filters.ts';
import { findHead, laneBehind } from './head.ts';
import { BLAMELESS } from './parking.ts';
import type { Site } from './render.ts';
import { requestHeaders, type Tried, toLoggedRequest } from './request-log.ts';
import type { Sender } from './sender.ts';

const CHATS_TOGETHER = 100;

export interface RedeliveryOptions extends ChangeOptions {
  sender: Sender;
  site: Site;
}

/** Deliveries that are made again, or set aside, because someone asks for it. */
export class Redelivery {
  readonly #options: RedeliveryOptions;

  constructor(options: RedeliveryOptions) {
    this.#options = options;
  }

  /** How many requests {@link replay} would make; null where there is no such webhook. */
  async countReplay(workspaceId: number, id: number, from: number): Promise<number | null> {
    const { read } = this.#options.store;
    const webhook = await read.webhooks.get(workspaceId, id);
    if (!webhook) return null;
    let requests = 0;
    for (let position = 0; ; ) {
      const chats = await read.chats.after(workspaceId, position, CHATS_TOGETHER);
      for (const chat of chats) {
        requests += await this.#requestsOf(read, { ...webhook, gaps: [] }, chat, from);
      }
      const last = chats.at(-1);
      if (!last || chats.length < CHATS_TOGETHER) return requests;
      position = last.chat.id;
    }
  }

  async #requestsOf(
    read: Repositories,
    webhook: Webhook,
    { chat, account }: Omit<DueLane, 'lane'>,
    from: number,
  ): Promise<number> {
    if (!wantsChat(webhook.filters, chat, account)) return 0;
    const direction = webhook.filters.direction ?? null;
    const range = { chatId: chat.id, fromSeq: 1, direction };
    const first = await read.messages.firstReceivedSince(range, from);
    if (!first) return 0;
    if (webhook.granularityHours === 0) {
      return read.messages.count({ ...range, fromSeq: first.seq });
    }
    const { site, clock } = this.#options;
    let requests = 0;
    let lane: DueLane['lane'] | null = laneAt(webhook.id, chat.id, first);
    while (lane) {
      const head = await findHead(read, site, webhook, { lane, chat, account }, clock);
      if (head.kind !== 'send') break;
      requests += 1;
      lane = await laneBehind(read, webhook, lane, head.delivery.lastSeq);
      // A bundle may be a megabyte: others have their turn in between.
      await turnOfOthers();
    }
    return requests;
  }

  /**
   * Delivers again, in order, all that was received since then: cursors move back, and what had been
   * sealed or set aside from there on is let go. Singles keep their ids, bundles are cut anew.
   * @param from Unix milliseconds
   * @returns the number of requests it will make; null where there is no such webhook
   * @throws {WebhookDisabledError} switched on again it may leave out what was to come
   */
  async replay(workspaceId: number, id: number, from: number): Promise<number | null> {
    const requests = await this.countReplay(workspaceId, id, from);
    if (requests === null) return null;
    await changeWebhook(this.#options, workspaceId, id, async (tx, webhook, now) => {
      if (!webhook.enabled) throw new WebhookDisabledError();
      await tx.actions.add(id, { kind: 'replay', from });
      await note(tx, id, now, { kind: 'replayed', since: from, requests });
      const position = await tx.messages.positionBefore(workspaceId, from);
      const gaps = webhook.gaps
        .map(({ after, upTo }) => ({ after, upTo: Math.min(upTo, position) }))
        .filter(({ after, upTo }) => after < upTo);
      return tx.webhooks.change(webhook, { gaps });
    });
    return requests;
  }

  /**
   * Sets the failing delivery of a chat aside; false where there is no such webhook.
   * @throws {NothingToParkError}
   */
  async park(workspaceId: number, id: number, chatId: number): Promise<boolean> {
    const found = await changeWebhook(this.#options, workspaceId, id, async (tx, webhook) => {
      const lane = await tx.lanes.get(id, chatId);
      if (!lane?.seal || !lane.error) throw new NothingToParkError();
      await tx.actions.add(id, { kind: 'park', chatId });
      return webhook;
    });
    return found !== null;
  }

  /**
   * Sends a parked delivery now, the very same messages under the same id. It is parked no more once the
   * receiver has taken it. The request is logged; it neither counts nor clears errors.
   * @returns what was sent and what came back; null where there is no such delivery
   */
  async resend(workspaceId: number, id: number, parkedId: number): Promise<Tried | null> {
    const { store, clock, sender, site } = this.#options;
    const webhook = await store.read.webhooks.get(workspaceId, id);
    const parked = webhook && (await store.read.parked.get(id, parkedId));
    const found = parked && (await store.read.chats.get(workspaceId, parked.chatId));
    if (!webhook || !parked || !found) return null;
    const lane = laneOf(parked);
    const head = await findHead(store.read, site, webhook, { lane, ...found }, clock);
    if (head.kind !== 'send') return null;
    const { delivery } = head;
    const startedAt = clock.now();
    const headers = requestHeaders(webhook, delivery.id, startedAt, delivery.body);
    const attempt = await sender.post(webhook.targetUrl, headers, delivery.body);
    const endedAt = Math.max(startedAt, clock.now());
    const sent = { url: webhook.targetUrl, headers, body: delivery.body };
    const logged = toLoggedRequest(lane, 'delivery', sent, attempt, { startedAt, endedAt });
    await store.transaction(
      async (tx) => {
        if (attempt.ok) await tx.parked.remove(parkedId);
        // A person who was forgotten meanwhile does not come back in the logs.
        if (!(await tx.chats.get(workspaceId, parked.chatId))) return;
        await tx.history.add({ requests: [logged] });
        const { messageCount: messages } = delivery;
        const counted = { webhookId: id, endedAt, ok: attempt.ok, messages };
        const current = await tx.webhooks.get(workspaceId, id);
        if (current) await tx.counters.add(dailyCounts([counted]));
        if (current && attempt.ok) {
          const lastSuccessAt = Math.max(current.lastSuccessAt ?? 0, endedAt);
          await tx.webhooks.saveHealth({ id, health: current.health, lastSuccessAt });
        }
        const { fullName: chatName } = found.chat;
        const facts: NewFacts = attempt.ok
          ? { kind: 'resent', chatName }
          : { kind: 'resend_failed', error: attempt.error, chatName };
        await note(tx, id, endedAt, facts, parked.chatId);
      },
      { alone: workspaceId },
    );
    return { logged, error: attempt.error };
  }

  /** Gives a parked delivery up; false where there is none. */
  async discard(workspaceId: number, id: number, parkedId: number): Promise<boolean> {
    const { store, clock } = this.#options;
    return store.transaction(
      async (tx) => {
        const webhook = await tx.webhooks.get(workspaceId, id);
        const parked = webhook && (await tx.parked.get(id, parkedId));
        if (!parked) return false;
        await tx.parked.remove(parkedId);
        await note(tx, id, clock.now(), { kind: 'discarded' }, parked.chatId);
        return true;
      },
      { alone: workspaceId },
    );
  }
}

// Looked at, never stored: that its chat drains does not matter.
const fresh = { attempts: 0, blame: BLAMELESS, error: null, draining: false };

const laneAt = (
  webhookId: number,
  chatId: number,
  { seq, receivedAt }: { seq: number; receivedAt: number },
) => ({
  webhookId,
  chatId,
  nextSeq: seq,
  openedAt: receivedAt,
  dueAt: receivedAt,
  seal: null,
  ...fresh,
});

/** The parked delivery as the sealed head that it was. */
const laneOf = ({ webhookId, chatId, firstSeq, lastSeq, shape, direction, parkedAt }: Parked) => ({
  ...laneAt(webhookId, chatId, { seq: firstSeq, receivedAt: parkedAt }),
  seal: { lastSeq, shape, direction },
});
