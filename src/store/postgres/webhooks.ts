import type { Kysely } from 'kysely';
import { type Lessons, type WebhookRow, Webhooks } from '../everyday/webhooks.ts';
import type { Tables } from '../schema.ts';
import type { SecretBox } from '../secret-box.ts';
import type { Queries } from './queries.ts';

/** Webhooks; what a group of deliveries has taught of them is written in one statement. */
export class PostgresWebhooks extends Webhooks {
  readonly #queries: Queries;
  readonly #lock: string;

  constructor(db: Kysely<Tables>, box: SecretBox, queries: Queries, locks: boolean) {
    super(db, box);
    this.#queries = queries;
    this.#lock = locks ? 'FOR NO KEY UPDATE' : '';
  }

  protected rowsByIds(ids: readonly number[]): Promise<WebhookRow[]> {
    return this.#queries.rows<WebhookRow>(
      `SELECT * FROM webhook WHERE id = ANY($1::bigint[]) ORDER BY id ${this.#lock}`,
      [ids],
    );
  }

  async saveHealth(...all: readonly Lessons[]): Promise<void> {
    if (all.length === 0) return;
    // Of one that is named twice the last holds.
    const learnt = [...new Map(all.map((one) => [one.id, one])).values()];
    await this.#queries.write(
      `UPDATE webhook SET consecutive_errors = learnt.errors, last_error_at = learnt.error_at,
              paused_until = learnt.paused_until, last_success_at = learnt.success_at
         FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
              AS learnt (id, errors, error_at, paused_until, success_at)
        WHERE webhook.id = learnt.id`,
      [
        learnt.map(({ id }) => id),
        learnt.map(({ health }) => health.consecutiveErrors),
        learnt.map(({ health }) => health.lastErrorAt),
        learnt.map(({ health }) => health.pausedUntil),
        learnt.map(({ lastSuccessAt }) => lastSuccessAt),
      ],
    );
  }
}
