import { randomBytes } from 'node:crypto';
import type { Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import { bundleSample, singleSample } from '../wire/samples.ts';
import type { Filters, NewWebhook } from '../wire/webhook.ts';
import { note } from './activity.ts';
import { type Change, type ChangeOptions, changeWebhook } from './change.ts';
import {
  ManagedByZapError,
  NotSubscribedError,
  UnknownChatError,
  WebhookDisabledError,
} from './errors.ts';
import { HEALTHY, restsUntil } from './health.ts';
import { asMeant } from './identity.ts';
import { leftOut } from './lane-actions.ts';
import { requestHeaders, type Tried, toLoggedRequest } from './request-log.ts';
import type { Sender } from './sender.ts';
import { changedSettings, changeSettings, checkTargetUrl, type Settings } from './settings.ts';
import { disable, enable, type ResumeFrom, usualResume, WAITING_COUNTED } from './switch.ts';
import { adopt, endOtherTrigger, subscribed, unsubscribe } from './zap-life.ts';

const HOUR_MS = 3_600_000;
const SECRETS_OVERLAP_HOURS = 24;

/** What may be edited of a webhook. */
export type WebhookEdit = Partial<Settings & { enabled: boolean }>;

export interface WebhookStatus {
  /** Messages waiting to be delivered, counted up to 10,000. */
  waiting: number;
  /** When the next delivery may start, Unix milliseconds; null where none is waiting or allowed. */
  nextAttemptAt: number | null;
}

export interface WebhooksOptions extends ChangeOptions {
  sender: Sender;
}

/** What owners and Zaps do with webhooks. */
export class WebhookActions {
  readonly #options: WebhooksOptions;

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /**
   * Makes a webhook. A Zap that has subscribed for the same trigger before gets the one it had.
   * @throws {InvalidTargetUrlError}
   */
  async create(workspaceId: number, given: NewWebhook): Promise<Webhook> {
    checkTargetUrl(given.target_url);
    const { store, clock, changed } = this.#options;
    const { webhook, other } = await store.transaction(
      async (tx) => {
        const now = clock.now();
        await checkChats(tx, workspaceId, given.filters);
        const meant = { ...given, filters: await asMeant(tx, workspaceId, given.filters) };
        const shape = given.granularity_hours === 0 ? 'single' : 'bundle';
        const { source, zap_id: zapId = null } = given;
        const isZap = source === 'zapier' && zapId !== null;
        const known = isZap && (await tx.webhooks.ofZap(workspaceId, zapId, shape));
        const webhook = known
          ? await adopt(tx, known, meant, now)
          : await this.#create(tx, workspaceId, meant, now);
        return { webhook, other: isZap && (await endOtherTrigger(tx, webhook, now)) };
      },
      { alone: workspaceId },
    );
    if (other) changed(other.id);
    changed(webhook.id);
    return webhook;
  }

  async #create(
    tx: Repositories,
    workspaceId: number,
    given: NewWebhook,
    now: number,
  ): Promise<Webhook> {
    const { source, zap_id: zapId = null } = given;
    return tx.webhooks.create({
      workspaceId,
      name: given.name,
      targetUrl: given.target_url,
      granularityHours: given.granularity_hours,
      filters: given.filters,
      secret: newSecret(),
      source,
      zapId,
      subscription: '',
      subscribedAt: null,
      createdAt: now,
      enabled: given.enabled,
      disabledReason: given.enabled ? null : 'owner',
      disabledAt: given.enabled ? null : now,
      disabledPosition: given.enabled ? null : await tx.messages.position(),
      flushedAt: null,
      gaps: [],
      concurrency: given.concurrency,
      rate: given.rate_per_second,
      formerSecrets: [],
      lastSuccessAt: null,
      health: HEALTHY,
      ...(source === 'zapier' && subscribed(now)),
    });
  }

  /**
   * Changes what is given; null where there is no such webhook. Enabling after errors goes on where it
   * stopped; enabling after the owner's own switch starts from now. A new URL clears the error count.
   * @throws {InvalidTargetUrlError}
   * @throws {ManagedByZapError} what is to be changed is its Zap's to change
   */
  async edit(workspaceId: number, id: number, edit: WebhookEdit): Promise<Webhook | null> {
    if (edit.target_url !== undefined) checkTargetUrl(edit.target_url);
    return this.#change(workspaceId, id, async (tx, webhook, now) => {
      const { enabled, ...given } = edit;
      const settings = {
        ...given,
        ...(given.filters && { filters: await asMeant(tx, workspaceId, given.filters) }),
      };
      const changes = changedSettings(webhook, settings);
      checkZapsOwn(webhook, changes, enabled);
      if (changes.includes('filters')) await checkChats(tx, workspaceId, settings.filters);
      let next = await changeSettings(tx, webhook, settings, now);
      if (changes.length > 0) {
        await note(tx, id, now, { kind: 'settings_changed', settings: changes });
      }
      if (enabled !== undefined && enabled !== webhook.enabled) {
        const work = enabled ? enable(tx, next, usualResume(next), now) : disable(tx, next, now);
        next = await work;
      }
      return next;
    });
  }

  /**
   * Switches a webhook on, to go on where it stopped or from now; one that is on but pausing after errors
   * goes on at once. Null where there is no such webhook.
   * @throws {ManagedByZapError} its Zap is off
   */
  async enable(workspaceId: number, id: number, from: ResumeFrom): Promise<Webhook | null> {
    return this.#change(workspaceId, id, async (tx, webhook, now) => {
      checkZapsOwn(webhook, [], true);
      return enable(tx, webhook, from, now);
    });
  }

  /**
   * Gives the webhook another secret. The one it had signs as well for 24 hours, so that the receiver can
   * be changed over without missing a delivery. Null where there is no such webhook.
   * @throws {ManagedByZapError} only its Zap could learn the new one
   */
  async rotateSecret(workspaceId: number, id: number): Promise<Webhook | null> {
    return this.#change(workspaceId, id, async (tx, webhook, now) => {
      if (webhook.source === 'zapier') throw new ManagedByZapError('secret');
      await note(tx, id, now, { kind: 'secret_changed', hours: SECRETS_OVERLAP_HOURS });
      return tx.webhooks.change(webhook, {
        secret: newSecret(),
        formerSecrets: [
          { secret: webhook.secret, until: now + SECRETS_OVERLAP_HOURS * HOUR_MS },
          ...webhook.formerSecrets.filter(({ until }) => until > now),
        ],
      });
    });
  }

  /**
   * The Zap of a webhook was switched off, or is about to subscribe anew; null where there is no such
   * webhook. An unsubscription that comes late, after the Zap has subscribed again, changes nothing.
   * @param subscription which one is over
   * @throws {NotSubscribedError} the webhook is not a Zap's
   */
  async unsubscribe(
    workspaceId: number,
    id: number,
    subscription: string,
  ): Promise<Webhook | null> {
    return this.#change(workspaceId, id, async (tx, webhook, now) => {
      if (webhook.source !== 'zapier') throw new NotSubscribedError();
      if (subscription !== webhook.subscription) return webhook;
      return unsubscribe(tx, webhook, now, 'zap_off');
    });
  }

  /** Closes the open bundles now; answers how many, null where there is no such webhook. */
  async flush(workspaceId: number, id: number): Promise<number | null> {
    let bundles = 0;
    const found = await this.#change(workspaceId, id, async (tx, webhook, now) => {
      if (!webhook.enabled) throw new WebhookDisabledError();
      bundles = await tx.lanes.countOpen(id, now);
      await tx.actions.add(id, { kind: 'flush', at: now });
      return tx.webhooks.change(webhook, { flushedAt: now });
    });
    return found && bundles;
  }

  /** Removes the webhook with its lanes and logs; false where there is none. */
  async remove(workspaceId: number, id: number): Promise<boolean> {
    const found = await this.#change(workspaceId, id, async (tx, webhook) => {
      await removeWebhook(tx, webhook);
      return webhook;
    });
    return found !== null;
  }

  /** Sends a sample now and answers with what happened. It neither counts nor clears errors. */
  async test(workspaceId: number, id: number): Promise<Tried | null> {
    const { store, clock, sender } = this.#options;
    const webhook = await store.read.webhooks.get(workspaceId, id);
    if (!webhook) return null;
    const body = JSON.stringify(webhook.granularityHours === 0 ? singleSample : bundleSample);
    const startedAt = clock.now();
    const testId = `msg_test_${randomBytes(12).toString('base64url')}`;
    const headers = requestHeaders(webhook, testId, startedAt, body);
    const attempt = await sender.post(webhook.targetUrl, headers, body);
    const endedAt = Math.max(startedAt, clock.now());
    const sent = { url: webhook.targetUrl, headers, body };
    const logged = toLoggedRequest({ webhookId: id, chatId: null }, 'test', sent, attempt, {
      startedAt,
      endedAt,
    });
    await store.transaction(
      async (tx) => {
        await tx.history.add({ requests: [logged] });
        await note(tx, id, endedAt, { kind: 'tested', error: attempt.error });
      },
      { alone: workspaceId },
    );
    return { logged, error: attempt.error };
  }

  async status(webhook: Webhook): Promise<WebhookStatus> {
    const { store, clock } = this.#options;
    // What is about to be left out waits no more, whether its owner has come to it or not.
    const pending = (await store.read.actions.pending(webhook.id)).flatMap(({ action }) =>
      action.kind === 'start_anew' ? leftOut(action) : [],
    );
    const gaps = [...webhook.gaps, ...pending];
    const waiting = await store.read.lanes.waiting({ ...webhook, gaps }, WAITING_COUNTED);
    const due = webhook.enabled ? await store.read.lanes.nextDue(webhook.id, -1) : null;
    const rest = restsUntil(webhook.health, clock.now());
    return { waiting, nextAttemptAt: due === null ? null : Math.max(due, rest) };
  }

  #change(workspaceId: number, id: number, work: Change): Promise<Webhook | null> {
    return changeWebhook(this.#options, workspaceId, id, work);
  }
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** Removes a webhook with all that is its own. */
export async function removeWebhook(tx: Repositories, webhook: Webhook): Promise<void> {
  await tx.actions.add(webhook.id, { kind: 'remove' });
  await tx.parked.removeAll(webhook.id);
  await tx.history.clear(webhook.id);
  await tx.outbox.clear(webhook.id);
  await tx.counters.clear(webhook.id);
  await tx.webhooks.remove(webhook);
}

/** A chat that does not exist would never be heard of, and nobody would know why. */
async function checkChats(
  tx: Repositories,
  workspaceId: number,
  filters: Filters | undefined,
): Promise<void> {
  for (const chat of filters?.chats ?? []) {
    if (!(await tx.chats.get(workspaceId, Number(chat)))) throw new UnknownChatError(chat);
  }
}

const ZAPS_OWN: readonly (keyof Settings)[] = ['target_url', 'granularity_hours', 'filters'];

/** What a Zap sets is changed in Zapier, where its owner would look for it. */
function checkZapsOwn(
  webhook: Webhook,
  changes: readonly (keyof Settings)[],
  enabled: boolean | undefined,
): void {
  if (webhook.source !== 'zapier') return;
  const [field] = changes.filter((change) => ZAPS_OWN.includes(change));
  if (field) throw new ManagedByZapError(field);
  if (enabled && webhook.disabledReason === 'unsubscribed') throw new ManagedByZapError('enabled');
}
