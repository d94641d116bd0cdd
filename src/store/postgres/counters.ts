import type { Kysely } from 'kysely';
import { Counters } from '../everyday/counters.ts';
import type { DayCount } from '../rows.ts';
import type { Tables } from '../schema.ts';
import type { Queries } from './queries.ts';

/** The daily counters: every delivery passes through `add`. */
export class PostgresCounters extends Counters {
  readonly #queries: Queries;

  constructor(db: Kysely<Tables>, queries: Queries) {
    super(db);
    this.#queries = queries;
  }

  async add(counts: readonly DayCount[]): Promise<void> {
    if (counts.length === 0) return;
    // A statement must not come to one row twice; and rows are always taken in the same order.
    await this.#queries.write(
      `INSERT INTO daily_counter (webhook_id, day, succeeded, failed, messages)
       SELECT webhook_id, day, sum(succeeded), sum(failed), sum(messages)
         FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
              AS given (webhook_id, day, succeeded, failed, messages)
        GROUP BY webhook_id, day ORDER BY webhook_id, day
       ON CONFLICT (webhook_id, day) DO UPDATE SET
         succeeded = daily_counter.succeeded + excluded.succeeded,
         failed = daily_counter.failed + excluded.failed,
         messages = daily_counter.messages + excluded.messages`,
      [
        counts.map(({ webhookId }) => webhookId),
        counts.map(({ day }) => day),
        counts.map(({ succeeded }) => succeeded),
        counts.map(({ failed }) => failed),
        counts.map(({ messages }) => messages),
      ],
    );
  }
}
