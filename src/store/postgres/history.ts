import { compress, decompress } from '../compressed.ts';
import { ACTIVITIES_KEPT, numbered, REQUESTS_KEPT } from '../rings.ts';
import type { Activity, LoggedRequest } from '../rows.ts';
import type { History } from '../store.ts';
import type { Queries } from './queries.ts';

/** The two rings (rings.ts), in one statement to number the entries and one to write those of each ring. */
export class PostgresHistory implements History {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async add({ requests = [], activities = [] }: Parameters<History['add']>[0]): Promise<void> {
    if (requests.length + activities.length === 0) return;
    const totals = await this.#count(requests, activities);
    const toWrite = numbered(requests, REQUESTS_KEPT, (id) => totals.get(id)?.requests);
    if (toWrite.length > 0) {
      await this.#queries.write(
        `INSERT INTO request_log (webhook_id, slot, n, at, chat_id, entry)
         SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[],
                              $6::bytea[])
         ON CONFLICT (webhook_id, slot) DO UPDATE SET n = excluded.n, at = excluded.at,
           chat_id = excluded.chat_id, entry = excluded.entry`,
        [
          ...places(toWrite),
          toWrite.map(({ entry }) => Date.parse(entry.at)),
          toWrite.map(({ entry }) => entry.chatId),
          toWrite.map(({ entry }) => compress(entry)),
        ],
      );
    }
    const acted = numbered(activities, ACTIVITIES_KEPT, (id) => totals.get(id)?.actions);
    if (acted.length > 0) {
      await this.#queries.write(
        `INSERT INTO activity (webhook_id, slot, n, at, chat_id, action, facts)
         SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[],
                              $6::text[], $7::text[])
         ON CONFLICT (webhook_id, slot) DO UPDATE SET n = excluded.n, at = excluded.at,
           chat_id = excluded.chat_id, action = excluded.action, facts = excluded.facts`,
        [
          ...places(acted),
          acted.map(({ entry }) => entry.at),
          acted.map(({ entry }) => entry.chatId),
          acted.map(({ entry }) => entry.action),
          acted.map(({ entry }) => JSON.stringify(entry.facts)),
        ],
      );
    }
  }

  /** Counts the entries on their webhooks; answers the sums of those that there are. */
  async #count(requests: readonly LoggedRequest[], activities: readonly Activity[]) {
    const added = new Map<number, { requests: number; actions: number }>();
    const of = (webhookId: number) => {
      const found = added.get(webhookId) ?? { requests: 0, actions: 0 };
      added.set(webhookId, found);
      return found;
    };
    for (const { webhookId } of requests) of(webhookId).requests += 1;
    for (const { webhookId } of activities) of(webhookId).actions += 1;
    // Rows are always taken in the same order.
    const rows = await this.#queries.rows<{ id: number; requests: number; actions: number }>(
      `WITH added AS (
         SELECT webhook.id, given.requests, given.actions
           FROM webhook JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[])
                             AS given (id, requests, actions) USING (id)
          ORDER BY id FOR NO KEY UPDATE OF webhook)
       UPDATE webhook SET requests = webhook.requests + added.requests,
              actions = webhook.actions + added.actions
         FROM added WHERE webhook.id = added.id
       RETURNING webhook.id, webhook.requests, webhook.actions`,
      [
        [...added.keys()],
        [...added.values()].map((one) => one.requests),
        [...added.values()].map((one) => one.actions),
      ],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  async activities(webhookId: number): Promise<Activity[]> {
    const rows = await this.#queries.rows<Omit<Activity, 'facts'> & { facts: string }>(
      `SELECT webhook_id AS "webhookId", chat_id AS "chatId", at, action, facts FROM activity
        WHERE webhook_id = $1 ORDER BY n DESC`,
      [webhookId],
    );
    return rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) }));
  }

  async requests(webhookId: number): Promise<LoggedRequest[]> {
    const rows = await this.#queries.rows<{ entry: Buffer }>(
      'SELECT entry FROM request_log WHERE webhook_id = $1 ORDER BY n DESC',
      [webhookId],
    );
    return rows.map(({ entry }) => decompress(entry));
  }

  async countRequests(webhookId: number): Promise<number> {
    const [row] = await this.#queries.rows<{ n: number }>(
      'SELECT count(*) AS n FROM request_log WHERE webhook_id = $1',
      [webhookId],
    );
    return row?.n ?? 0;
  }

  async forgetChat(chatId: number): Promise<void> {
    await this.#queries.write('DELETE FROM request_log WHERE chat_id = $1', [chatId]);
    await this.#queries.write('DELETE FROM activity WHERE chat_id = $1', [chatId]);
  }

  async purge(before: number): Promise<void> {
    await this.#queries.write('DELETE FROM request_log WHERE at < $1', [before]);
  }

  async clear(webhookId: number): Promise<void> {
    await this.#queries.write('DELETE FROM request_log WHERE webhook_id = $1', [webhookId]);
    await this.#queries.write('DELETE FROM activity WHERE webhook_id = $1', [webhookId]);
  }
}

/** The first columns of both rings. */
const places = (entries: readonly { n: number; slot: number; entry: { webhookId: number } }[]) => [
  entries.map(({ entry }) => entry.webhookId),
  entries.map(({ slot }) => slot),
  entries.map(({ n }) => n),
];
