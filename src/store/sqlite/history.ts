import type { Database, Statement } from 'better-sqlite3';
import { compress, decompress } from '../compressed.ts';
import type { Activity, LoggedRequest } from '../rows.ts';
import type { History } from '../store.ts';
import { statementCache } from './statements.ts';

const REQUESTS_KEPT = 100;
const ACTIVITIES_KEPT = 10;

/**
 * Two rings a webhook: entry n overwrites slot n mod size, so nothing grows and nothing has to be
 * trimmed. Of a group only what would survive it is written.
 */
export class SqliteHistory implements History {
  readonly #sql: (text: string) => Statement;

  constructor(db: Database) {
    this.#sql = statementCache(db);
  }

  async add({ requests = [], activities = [] }: Parameters<History['add']>[0]): Promise<void> {
    for (const [webhookId, entries] of byWebhook(requests)) {
      for (const { n, entry } of this.#numbered('requests', REQUESTS_KEPT, webhookId, entries)) {
        this.#sql(
          `INSERT OR REPLACE INTO request_log (webhook_id, slot, n, at, entry, chat_id)
           VALUES (?, ?, ?, ?, ?, ?)`,
        ).run(webhookId, n % REQUESTS_KEPT, n, Date.parse(entry.at), compress(entry), entry.chatId);
      }
    }
    for (const [webhookId, entries] of byWebhook(activities)) {
      for (const { n, entry } of this.#numbered('actions', ACTIVITIES_KEPT, webhookId, entries)) {
        this.#sql(
          `INSERT OR REPLACE INTO activity (webhook_id, slot, n, at, action, facts, chat_id)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          webhookId,
          n % ACTIVITIES_KEPT,
          n,
          entry.at,
          entry.action,
          JSON.stringify(entry.facts),
          entry.chatId,
        );
      }
    }
  }

  /** Counts the entries on their webhook and numbers those that survive; none where it is gone. */
  #numbered<Entry>(
    counter: 'requests' | 'actions',
    kept: number,
    webhookId: number,
    entries: Entry[],
  ): { n: number; entry: Entry }[] {
    const row = this.#sql(
      `UPDATE webhook SET ${counter} = ${counter} + ? WHERE id = ? RETURNING ${counter} AS total`,
    ).get(entries.length, webhookId) as { total: number } | undefined;
    if (!row) return [];
    const survivors = entries.slice(-kept);
    return survivors.map((entry, i) => ({ n: row.total - survivors.length + i, entry }));
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

function byWebhook<Entry extends { webhookId: number }>(entries: Entry[]): Map<number, Entry[]> {
  return Map.groupBy(entries, ({ webhookId }) => webhookId);
}
