import { randomBytes } from 'node:crypto';
import type { LoggedRequest, Webhook } from '../store/rows.ts';
import type { Repositories, Store } from '../store/store.ts';
import { bundleSample, singleSample } from '../wire/samples.ts';
import { sign } from '../wire/signature.ts';
import type { NewWebhook } from '../wire/webhook.ts';
import { count, note } from './activity.ts';
import type { Clock } from './clock.ts';
import { ManagedByZapError, NotSubscribedError, WebhookDisabledError } from './errors.ts';
import { HEALTHY, restsUntil } from './health.ts';
import { requestHeaders, toLoggedRequest } from './request-log.ts';
import type { Sender } from './sender.ts';
import { changedSettings, changeSettings, checkTargetUrl, type Settings } from './settings.ts';
import { adopt, unsubscribe } from './zap-life.ts';

/** Waiting messages are counted up to here. */
const WAITING_COUNTED = 10_000;

/** What may be edited of a webhook. */
export type WebhookEdit = Partial<Settings & { enabled: boolean }>;

export interface WebhookStatus {
  /** Messages waiting to be delivered, counted up to 10,000. */
  waiting: number;
  /** When the next delivery may start, Unix milliseconds; null where none is waiting or allowed. */
  nextAttemptAt: number | null;
}

export interface WebhooksOptions {
  store: Store;
  clock: Clock;
  sender: Sender;
  /** Told after the commit that the dispatcher must look at this webhook again. */
  changed: (webhookId: number) => void;
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
    const webhook = await store.transaction(async (tx) => {
      const now = clock.now();
      const { source, zap_id: zapId = null } = given;
      const shape = given.granularity_hours === 0 ? 'single' : 'bundle';
      const known =
        source === 'zapier' && zapId !== null
          ? await tx.webhooks.ofZap(workspaceId, zapId, shape)
          : null;
      if (known) return adopt(tx, known, given, now);
      return tx.webhooks.create({
        workspaceId,
        name: given.name,
        targetUrl: given.target_url,
        granularityHours: given.granularity_hours,
        filters: given.filters,
        secret: `whsec_${randomBytes(32).toString('base64')}`,
        source,
        zapId,
        subscription: source === 'zapier' ? 1 : 0,
        createdAt: now,
        enabled: given.enabled,
        disabledReason: given.enabled ? null : 'owner',
        disabledAt: given.enabled ? null : now,
        flushedAt: null,
        gaps: [],
        health: HEALTHY,
      });
    });
    changed(webhook.id);
    return webhook;
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
      const { enabled, ...settings } = edit;
      const changes = changedSettings(webhook, settings);
      checkZapsOwn(webhook, changes, enabled);
      let next = await changeSettings(tx, webhook, settings, now);
      if (changes.length > 0) await note(tx, id, now, 'edited', `Changed ${changes.join(', ')}`);
      if (enabled !== undefined && enabled !== webhook.enabled) {
        next = await (enabled ? enable(tx, next, now) : disable(tx, next, now));
      }
      return next;
    });
  }

  /**
   * The Zap of a webhook was switched off, or is about to subscribe anew; null where there is no such
   * webhook. An unsubscription that comes late, after the Zap has subscribed again, changes nothing.
   * @param subscription which one is over; undefined for whichever there is
   * @throws {NotSubscribedError} the webhook is not a Zap's
   */
  async unsubscribe(
    workspaceId: number,
    id: number,
    subscription: number | undefined,
  ): Promise<Webhook | null> {
    return this.#change(workspaceId, id, async (tx, webhook, now) => {
      if (webhook.source !== 'zapier') throw new NotSubscribedError();
      if ((subscription ?? webhook.subscription) !== webhook.subscription) return webhook;
      return unsubscribe(tx, webhook, now, 'The Zap was switched off');
    });
  }

  /** Closes the open bundles now; answers how many, null where there is no such webhook. */
  async flush(workspaceId: number, id: number): Promise<number | null> {
    let bundles = 0;
    const found = await this.#change(workspaceId, id, async (tx, webhook, now) => {
      if (!webhook.enabled) throw new WebhookDisabledError();
      bundles = await tx.lanes.flush(id, now);
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
  async test(workspaceId: number, id: number): Promise<LoggedRequest | null> {
    const { store, clock, sender } = this.#options;
    const webhook = await store.read.webhooks.get(workspaceId, id);
    if (!webhook) return null;
    const body = JSON.stringify(webhook.granularityHours === 0 ? singleSample : bundleSample);
    const startedAt = clock.now();
    const testId = `msg_test_${randomBytes(12).toString('base64url')}`;
    const headers = requestHeaders(sign(webhook.secret, testId, startedAt, body));
    const attempt = await sender.post(webhook.targetUrl, headers, body);
    const endedAt = Math.max(startedAt, clock.now());
    const sent = { url: webhook.targetUrl, headers, body };
    const logged = toLoggedRequest(id, 'test', sent, attempt, { startedAt, endedAt });
    const detail = attempt.ok ? 'Test sent' : `Test failed: ${attempt.error?.message}`;
    const activity = { webhookId: id, at: endedAt, action: 'test' as const, detail };
    await store.transaction((tx) => tx.history.add({ requests: [logged], activities: [activity] }));
    return logged;
  }

  async status(webhook: Webhook): Promise<WebhookStatus> {
    const { store, clock } = this.#options;
    const waiting = await store.read.lanes.waiting(webhook, WAITING_COUNTED);
    const due = webhook.enabled ? await store.read.lanes.nextDue(webhook.id, -1) : null;
    const rest = restsUntil(webhook.health, clock.now());
    return { waiting, nextAttemptAt: due === null ? null : Math.max(due, rest) };
  }

  /** Runs a change in a transaction of its own, then tells the dispatcher. */
  async #change(
    workspaceId: number,
    id: number,
    work: (tx: Repositories, webhook: Webhook, now: number) => Promise<Webhook>,
  ): Promise<Webhook | null> {
    const { store, clock, changed } = this.#options;
    const result = await store.transaction(async (tx) => {
      const webhook = await tx.webhooks.get(workspaceId, id);
      return webhook && work(tx, webhook, clock.now());
    });
    if (result) changed(id);
    return result;
  }
}

/** Removes a webhook with all that is its own. */
export async function removeWebhook(tx: Repositories, webhook: Webhook): Promise<void> {
  await tx.lanes.removeAll(webhook.id);
  await tx.history.clear(webhook.id);
  await tx.webhooks.remove(webhook);
}

async function enable(tx: Repositories, webhook: Webhook, now: number): Promise<Webhook> {
  if (webhook.disabledReason === 'errors') {
    await tx.lanes.endPauses(webhook.id, now);
    await note(tx, webhook.id, now, 'enabled', 'Switched on, going on where it stopped');
  } else {
    const dropped = await tx.lanes.waiting(webhook, WAITING_COUNTED);
    await tx.lanes.removeAll(webhook.id);
    const rest = dropped > 0 ? `; ${count(dropped, 'message')} that waited will not be sent` : '';
    await note(tx, webhook.id, now, 'enabled', `Switched on, starting from now${rest}`);
  }
  const change = { enabled: true, disabledReason: null, disabledAt: null, health: HEALTHY };
  return tx.webhooks.change(webhook, change);
}

async function disable(tx: Repositories, webhook: Webhook, now: number): Promise<Webhook> {
  await note(tx, webhook.id, now, 'disabled', 'Switched off by hand');
  const change = { enabled: false, disabledReason: 'owner' as const, disabledAt: now };
  return tx.webhooks.change(webhook, change);
}

/** What a Zap sets is changed in Zapier, where its owner would look for it. */
function checkZapsOwn(
  webhook: Webhook,
  changes: readonly (keyof Settings)[],
  enabled: boolean | undefined,
): void {
  if (webhook.source !== 'zapier') return;
  const [field] = changes.filter((change) => change !== 'name');
  if (field) throw new ManagedByZapError(field);
  if (enabled && webhook.disabledReason === 'unsubscribed') throw new ManagedByZapError('enabled');
}
