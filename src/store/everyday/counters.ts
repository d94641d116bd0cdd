import type { Kysely, Selectable } from 'kysely';
import type { DayCount } from '../rows.ts';
import type { Tables } from '../schema.ts';

/**
 * What each webhook did, day by day. It outlives the rings of the history and goes with the webhook.
 * Adding is part of every settling, so each database has a prepared statement of its own for it.
 */
export abstract class Counters {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Adds to the days that there are, and begins those that are missing. */
  abstract add(counts: readonly DayCount[]): Promise<void>;

  /** Days of a webhook from that one on, the latest first; those on which it did nothing are absent. */
  async since(webhookId: number, day: number): Promise<DayCount[]> {
    const rows = await this.#db
      .selectFrom('daily_counter')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .where('day', '>=', day)
      .orderBy('day', 'desc')
      .execute();
    return rows.map(toDayCount);
  }

  /** Deletes the days before that one. */
  async forget(day: number): Promise<void> {
    await this.#db.deleteFrom('daily_counter').where('day', '<', day).execute();
  }

  /** Deletes all of a webhook's. */
  async clear(webhookId: number): Promise<void> {
    await this.#db.deleteFrom('daily_counter').where('webhook_id', '=', webhookId).execute();
  }
}

const toDayCount = (row: Selectable<Tables['daily_counter']>): DayCount => ({
  webhookId: row.webhook_id,
  day: row.day,
  succeeded: row.succeeded,
  failed: row.failed,
  messages: row.messages,
});
