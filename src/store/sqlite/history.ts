import type { Database, Statement } from 'better-sqlite3';
import { compress, decompress } from '../compressed.ts';
import { ACTIVITIES_KEPT, numbered, REQUESTS_KEPT } from '../rings.ts';
import type { Activity, LoggedRequest } from '../rows.ts';
import type { History } from '../store.ts';
import { statementCache } from './statements.ts';

/** The two rings (rings.ts). */
export class SqliteHistory implements History {
  readonly #sql: (text: string) => Statement;

  constructor(db: Database) {
    this.#sql = statementCache(db);
  }

  async add({ requests = [], activities = [] }: Parameters<History['add']>[0]): Promise<void> {
    // What is overwritten in place leaves no hole, and takes a tenth less than what is replaced.
    const counted = this.#count('requests', requests);
    for (const { n, slot, entry } of numbered(requests, REQUESTS_KEPT, counted)) {
      this.#sql(
        `INSERT INTO request_log (webhook_id, slot, n, at, entry, chat_id) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET n = excluded.n, at = excluded.at, entry = excluded.entry,
           chat_id = excluded.chat_id`,
      ).run(entry.webhookId, slot, n, Date.parse(entry.at), compress(entry), entry.chatId);
    }
    const acted = this.#count('actions', activities);
    for (const { n, slot, entry } of numbered(activities, ACTIVITIES_KEPT, acted)) {
      this.#sql(
        `INSERT INTO activity (webhook_id, slot, n, at, action, facts, chat_id)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET n = excluded.n, at = excluded.at, action = excluded.action,
           facts = excluded.facts, chat_id = excluded.chat_id`,
      ).run(
        entry.webhookId,
        slot,
        n,
        entry.at,
        entry.action,
        JSON.stringify(entry.facts),
        entry.chatId,
      );
    }
  }

  /** Counts the entries on their webhooks; answers how to find the sum, which there is none of where one is gone. */
  #count(counter: 'requests' | 'actions', entries: readonly { webhookId: number }[]) {
    const byWebhook = Map.groupBy(entries, ({ webhookId }) => webhookId);
    const add = this.#sql(
      `UPDATE webhook SET ${counter} = ${counter} + ? WHERE id = ? RETURNING ${counter}`,
    ).pluck();
    const totals = new Map(
      [...byWebhook].map(([id, { length }]) => [id, add.get(length, id) as number | undefined]),
    );
    return (webhookId: number) => totals.get(webhookId);
  }

  async activities(webhookId: number): Promise<Activity[]> {
    const rows = this.#sql(
      `SELECT webhook_id AS webhookId, chat_id AS chatId, at, action, facts FROM activity
        WHERE webhook_id = ? ORDER BY n DESC`,
    ).all(webhookId) as (Omit<Activity, 'facts'> & { facts: string })[];
    return rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) }));
  }

  async requests(webhookId: number): Promise<LoggedRequest[]> {
    const rows = this.#sql(
      'SELECT entry FROM request_log WHERE webhook_id = ? ORDER BY n DESC',
    ).all(webhookId) as { entry: Buffer }[];
    return rows.map(({ entry }) => decompress(entry));
  }

  async countRequests(webhookId: number): Promise<number> {
    const row = this.#sql('SELECT count(*) AS n FROM request_log WHERE webhook_id = ?').get(
      webhookId,
    );
    return (row as { n: number }).n;
  }

  async forgetChat(chatId: number): Promise<void> {
    this.#sql('DELETE FROM request_log WHERE chat_id = ?').run(chatId);
    this.#sql('DELETE FROM activity WHERE chat_id = ?').run(chatId);
  }

  async purge(before: number): Promise<void> {
    this.#sql('DELETE FROM request_log WHERE at < ?').run(before);
  }

  async clear(webhookId: number): Promise<void> {
    this.#sql('DELETE FROM request_log WHERE webhook_id = ?').run(webhookId);
    this.#sql('DELETE FROM activity WHERE webhook_id = ?').run(webhookId);
  }
}
