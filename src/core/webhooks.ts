import { randomBytes } from 'node:crypto';
import type { ActivityAction, LoggedRequest, Webhook } from '../store/rows.ts';
import type { Repositories, Store } from '../store/store.ts';
import { bundleSample, singleSample } from '../wire/samples.ts';
import { sign } from '../wire/signature.ts';
import type { NewWebhook } from '../wire/webhook.ts';
import { count } from './activity.ts';
import type { Clock } from './clock.ts';
import { InvalidTargetUrlError, WebhookDisabledError } from './errors.ts';
import { HEALTHY, restsUntil } from './health.ts';
import { requestHeaders, toLoggedRequest } from './request-log.ts';
import type { Sender } from './sender.ts';
import { windowMs } from './window.ts';

/** Waiting messages are counted up to here. */
const WAITING_COUNTED = 10_000;

/** What may be edited of a webhook. */
export type WebhookEdit = Partial<
  Pick<NewWebhook, 'target_url' | 'granularity_hours' | 'filters' | 'name' | 'enabled'>
>;

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

  /** @throws {InvalidTargetUrlError} */
  async create(workspaceId: number, given: NewWebhook): Promise<Webhook> {
    checkTargetUrl(given.target_url);
    const { store, clock, changed } = this.#options;
    const now = clock.now();
    const webhook = await store.transaction((tx) =>
      tx.webhooks.create({
        workspaceId,
        name: given.name,
        targetUrl: given.target_url,
        granularityHours: given.granularity_hours,
        filters: given.filters,
        secret: `whsec_${randomBytes(32).toString('base64')}`,
        source: given.source,
        zapId: given.zap_id ?? null,
        createdAt: now,
        enabled: given.enabled,
        disabledReason: given.enabled ? null : 'owner',
        disabledAt: given.enabled ? null : now,
        flushedAt: null,
        health: HEALTHY,
      }),
    );
    changed(webhook.id);
    return webhook;
  }

  /**
   * Changes what is given; null where there is no such webhook. Enabling after errors goes on where it
   * stopped; enabling after the owner's own switch starts from now. A new URL clears the error count.
   * @throws {InvalidTargetUrlError}
   */
  async edit(workspaceId: number, id: number, edit: WebhookEdit): Promise<Webhook | null> {
    if (edit.target_url !== undefined) checkTargetUrl(edit.target_url);
    return this.#change(workspaceId, id, async (tx, webhook, now) => {
      const changes = changedFields(webhook, edit);
      if (changes.length === 0) return webhook;
      const { enabled, ...settings } = edit;
      let next = await tx.webhooks.change(webhook, {
        ...(settings.target_url !== undefined && { targetUrl: settings.target_url }),
        ...(settings.granularity_hours !== undefined && {
          granularityHours: settings.granularity_hours,
        }),
        ...(settings.filters !== undefined && { filters: settings.filters }),
        ...(settings.name !== undefined && { name: settings.name }),
        ...(changes.includes('target_url') && { health: HEALTHY }),
      });
      if (changes.includes('target_url')) await tx.lanes.endPauses(id, now);
      if (changes.includes('granularity_hours')) {
        // Heads may be under way as singles: after a crash they must be repeated as what they were.
        if (webhook.granularityHours === 0) {
          await tx.lanes.sealSingles(id, webhook.filters.direction ?? null);
        }
        const openedAfter = next.flushedAt ?? Number.NEGATIVE_INFINITY;
        await tx.lanes.reschedule(id, windowMs(next.granularityHours), openedAfter);
      }
      const edited = changes.filter((field) => field !== 'enabled');
      if (edited.length > 0) await note(tx, id, now, 'edited', `Changed ${edited.join(', ')}`);
      if (changes.includes('enabled')) {
        next = await (enabled ? enable(tx, next, now) : disable(tx, next, now));
      }
      return next;
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
      await tx.lanes.removeAll(id);
      await tx.history.clear(id);
      await tx.webhooks.remove(webhook);
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

const note = (
  tx: Repositories,
  webhookId: number,
  at: number,
  action: ActivityAction,
  detail: string,
) => tx.history.add({ activities: [{ webhookId, at, action, detail }] });

function changedFields(webhook: Webhook, edit: WebhookEdit): (keyof WebhookEdit)[] {
  const present: Required<WebhookEdit> = {
    target_url: webhook.targetUrl,
    granularity_hours: webhook.granularityHours,
    filters: webhook.filters,
    name: webhook.name,
    enabled: webhook.enabled,
  };
  return (Object.keys(present) as (keyof WebhookEdit)[]).filter(
    (field) =>
      edit[field] !== undefined && JSON.stringify(edit[field]) !== JSON.stringify(present[field]),
  );
}

function checkTargetUrl(text: string): void {
  const url = URL.parse(text);
  if (!url) throw new InvalidTargetUrlError(`"${text.slice(0, 100)}" is not a URL`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new InvalidTargetUrlError('Only http and https addresses can be webhooks');
  }
  if (url.username || url.password) {
    throw new InvalidTargetUrlError('A webhook URL cannot carry a user name or password');
  }
}
