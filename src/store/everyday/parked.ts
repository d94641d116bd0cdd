import type { Kysely, Selectable } from 'kysely';
import type { Direction } from '../../wire/payload.ts';
import type { Parked } from '../rows.ts';
import type { Tables } from '../schema.ts';

/** Deliveries set aside, until a person sends them again or discards them. */
export class ParkedDeliveries {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(parked: Omit<Parked, 'id'>): Promise<Parked> {
    const { id } = await this.#db
      .insertInto('parked')
      .values({
        webhook_id: parked.webhookId,
        chat_id: parked.chatId,
        first_seq: parked.firstSeq,
        last_seq: parked.lastSeq,
        shape: parked.shape,
        direction: parked.direction,
        parked_at: parked.parkedAt,
        attempts: parked.attempts,
        error: JSON.stringify(parked.error),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { ...parked, id };
  }

  async get(webhookId: number, id: number): Promise<Parked | null> {
    const row = await this.#db
      .selectFrom('parked')
      .selectAll()
      .where('id', '=', id)
      .where('webhook_id', '=', webhookId)
      .executeTakeFirst();
    return row ? toParked(row) : null;
  }

  /** The latest first, at most `limit`, with numbers below `before`. */
  async list(
    webhookId: number,
    limit: number,
    before = Number.MAX_SAFE_INTEGER,
  ): Promise<Parked[]> {
    const rows = await this.#db
      .selectFrom('parked')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .where('id', '<', before)
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toParked);
  }

  async remove(id: number): Promise<void> {
    await this.#db.deleteFrom('parked').where('id', '=', id).execute();
  }

  /** The earliest place in the log at which one of the webhook's begins; null where there is none. */
  async firstPosition(webhookId: number): Promise<number | null> {
    const { first } = await this.#db
      .selectFrom('parked')
      .innerJoin('message', (join) =>
        join
          .onRef('message.chat_id', '=', 'parked.chat_id')
          .onRef('message.seq', '=', 'parked.first_seq'),
      )
      .select(({ fn }) => fn.min<number | null>('message.id').as('first'))
      .where('parked.webhook_id', '=', webhookId)
      .executeTakeFirstOrThrow();
    return first;
  }

  /**
   * Removes those of the webhook whose messages all come again when the chat is delivered from this seq on
   * in this direction (null: both).
   */
  async removeCovered(
    webhookId: number,
    chatId: number,
    fromSeq: number,
    direction: Direction | null,
  ): Promise<void> {
    let covered = this.#db
      .deleteFrom('parked')
      .where('webhook_id', '=', webhookId)
      .where('chat_id', '=', chatId)
      .where('first_seq', '>=', fromSeq);
    if (direction !== null) covered = covered.where('direction', '=', direction);
    await covered.execute();
  }

  async removeOfChat(chatId: number): Promise<void> {
    await this.#db.deleteFrom('parked').where('chat_id', '=', chatId).execute();
  }

  async removeAll(webhookId: number): Promise<void> {
    await this.#db.deleteFrom('parked').where('webhook_id', '=', webhookId).execute();
  }

  /** Forgets those set aside before then; answers how many each webhook had. */
  async purge(before: number): Promise<{ webhookId: number; count: number }[]> {
    const gone = await this.#db
      .deleteFrom('parked')
      .where('parked_at', '<', before)
      .returning('webhook_id')
      .execute();
    const byWebhook = Map.groupBy(gone, ({ webhook_id }) => webhook_id);
    return [...byWebhook].map(([webhookId, rows]) => ({ webhookId, count: rows.length }));
  }
}

const toParked = (row: Selectable<Tables['parked']>): Parked => ({
  id: row.id,
  webhookId: row.webhook_id,
  chatId: row.chat_id,
  firstSeq: row.first_seq,
  lastSeq: row.last_seq,
  shape: row.shape,
  direction: row.direction,
  parkedAt: row.parked_at,
  attempts: row.attempts,
  error: JSON.parse(row.error),
});
