import type { Kysely, Selectable, Updateable } from 'kysely';
import type { Health, Shape, Webhook } from '../rows.ts';
import type { Tables } from '../schema.ts';
import type { SecretBox } from '../secret-box.ts';

export type WebhookRow = Selectable<Tables['webhook']>;

export type Lessons = Pick<Webhook, 'id' | 'health' | 'lastSuccessAt'>;

export type WebhookChange = Partial<Omit<Webhook, 'id' | 'workspaceId' | 'createdAt'>>;

/** Webhooks and what the disable policy remembers of them. Secrets are encrypted at rest. */
export abstract class Webhooks {
  readonly #db: Kysely<Tables>;
  readonly #box: SecretBox;

  constructor(db: Kysely<Tables>, box: SecretBox) {
    this.#db = db;
    this.#box = box;
  }

  async create(webhook: Omit<Webhook, 'id'>): Promise<Webhook> {
    const { id } = await this.#db
      .insertInto('webhook')
      .values({
        workspace_id: webhook.workspaceId,
        source: webhook.source,
        zap_id: webhook.zapId,
        created_at: webhook.createdAt,
        ...(this.#columns(webhook) as RequiredColumns),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.#touch(webhook.workspaceId);
    return { ...webhook, id };
  }

  /**
   * In a transaction no one else changes them until it ends.
   * @param ids those wanted; ones that are gone are absent from the answer
   */
  async byIds(ids: readonly number[]): Promise<Map<number, Webhook>> {
    if (ids.length === 0) return new Map();
    const rows = await this.rowsByIds(ids);
    return new Map(rows.map((row) => [row.id, this.#toWebhook(row)]));
  }

  /** Those that there are, locked where others might write before the transaction ends. */
  protected abstract rowsByIds(ids: readonly number[]): Promise<WebhookRow[]>;

  async get(workspaceId: number, id: number): Promise<Webhook | null> {
    const row = await this.#db
      .selectFrom('webhook')
      .selectAll()
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirst();
    return row ? this.#toWebhook(row) : null;
  }

  async list(workspaceId: number): Promise<Webhook[]> {
    const rows = await this.#db
      .selectFrom('webhook')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .orderBy('id')
      .execute();
    return rows.map((row) => this.#toWebhook(row));
  }

  /** The webhook that a Zap has subscribed with for singles, or for bundles; null where it has none. */
  async ofZap(workspaceId: number, zapId: string, shape: Shape): Promise<Webhook | null> {
    const row = await this.#db
      .selectFrom('webhook')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('source', '=', 'zapier')
      .where('zap_id', '=', zapId)
      .where('granularity_hours', shape === 'single' ? '=' : '>', 0)
      .orderBy('id', 'desc')
      .executeTakeFirst();
    return row ? this.#toWebhook(row) : null;
  }

  /** Webhooks whose Zap has been off since before then. */
  async unsubscribedBefore(before: number): Promise<Webhook[]> {
    const rows = await this.#db
      .selectFrom('webhook')
      .selectAll()
      .where('disabled_reason', '=', 'unsubscribed')
      .where('disabled_at', '<', before)
      .execute();
    return rows.map((row) => this.#toWebhook(row));
  }

  async change(webhook: Webhook, change: WebhookChange): Promise<Webhook> {
    await this.#db
      .updateTable('webhook')
      .set({ ...this.#columns(change), id: webhook.id })
      .where('id', '=', webhook.id)
      .execute();
    await this.#touch(webhook.workspaceId);
    return { ...webhook, ...change };
  }

  /** What deliveries have taught about webhooks: changed often, and nothing that intake goes by. */
  abstract saveHealth(...all: readonly Lessons[]): Promise<void>;

  /** After the clock went back: what is dated in the future is dated anew, and pauses end. */
  async redate(now: number): Promise<void> {
    await this.#db
      .updateTable('webhook')
      .set({ last_error_at: now - 1, paused_until: now })
      .where('last_error_at', '>', now)
      .execute();
    await this.#db
      .updateTable('webhook')
      .set({ subscribed_at: now, paused_until: now })
      .where('subscribed_at', '>', now)
      .execute();
    await this.#db
      .updateTable('webhook')
      .set({ last_success_at: now })
      .where('last_success_at', '>', now)
      .execute();
    await this.#db
      .updateTable('webhook')
      .set({ flushed_at: now })
      .where('flushed_at', '>', now)
      .execute();
  }

  async remove(webhook: Webhook): Promise<void> {
    await this.#db.deleteFrom('webhook').where('id', '=', webhook.id).execute();
    await this.#touch(webhook.workspaceId);
  }

  async #touch(workspaceId: number): Promise<void> {
    await this.#db
      .updateTable('workspace')
      .set((eb) => ({ webhooks_version: eb('webhooks_version', '+', 1) }))
      .where('id', '=', workspaceId)
      .execute();
  }

  #columns(change: WebhookChange): Updateable<Tables['webhook']> {
    return {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.targetUrl !== undefined && { target_url: change.targetUrl }),
      ...(change.granularityHours !== undefined && { granularity_hours: change.granularityHours }),
      ...(change.filters !== undefined && { filters: JSON.stringify(change.filters) }),
      ...(change.secret !== undefined && { secret: this.#box.close(change.secret) }),
      ...(change.enabled !== undefined && { enabled: change.enabled ? 1 : 0 }),
      ...(change.disabledReason !== undefined && { disabled_reason: change.disabledReason }),
      ...(change.disabledAt !== undefined && { disabled_at: change.disabledAt }),
      ...(change.disabledPosition !== undefined && { disabled_position: change.disabledPosition }),
      ...(change.subscribedAt !== undefined && { subscribed_at: change.subscribedAt }),
      ...(change.flushedAt !== undefined && { flushed_at: change.flushedAt }),
      ...(change.subscription !== undefined && { subscription: change.subscription }),
      ...(change.gaps && { gaps: JSON.stringify(change.gaps) }),
      ...(change.concurrency !== undefined && { concurrency: change.concurrency }),
      ...(change.rate !== undefined && { rate: change.rate }),
      ...(change.formerSecrets && {
        former_secrets: this.#box.close(JSON.stringify(change.formerSecrets)),
      }),
      ...(change.lastSuccessAt !== undefined && { last_success_at: change.lastSuccessAt }),
      ...(change.health && healthColumns(change.health)),
    };
  }

  #toWebhook(row: WebhookRow): Webhook {
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      name: row.name,
      targetUrl: row.target_url,
      granularityHours: row.granularity_hours as Webhook['granularityHours'],
      filters: JSON.parse(row.filters),
      secret: this.#box.open(row.secret),
      source: row.source,
      zapId: row.zap_id,
      subscription: row.subscription,
      createdAt: row.created_at,
      enabled: row.enabled === 1,
      disabledReason: row.disabled_reason,
      disabledAt: row.disabled_at,
      disabledPosition: row.disabled_position,
      subscribedAt: row.subscribed_at,
      flushedAt: row.flushed_at,
      gaps: JSON.parse(row.gaps),
      concurrency: row.concurrency,
      rate: row.rate,
      formerSecrets:
        row.former_secrets === null ? [] : JSON.parse(this.#box.open(row.former_secrets)),
      lastSuccessAt: row.last_success_at,
      health: {
        consecutiveErrors: row.consecutive_errors,
        lastErrorAt: row.last_error_at,
        pausedUntil: row.paused_until,
      },
    };
  }
}

type RequiredColumns = Pick<
  WebhookRow,
  'name' | 'target_url' | 'granularity_hours' | 'filters' | 'secret' | 'enabled'
>;

const healthColumns = (health: Health) => ({
  consecutive_errors: health.consecutiveErrors,
  last_error_at: health.lastErrorAt,
  paused_until: health.pausedUntil,
});
