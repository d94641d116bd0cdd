import type { Database, Statement } from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { type Lessons, type WebhookRow, Webhooks } from '../everyday/webhooks.ts';
import type { Tables } from '../schema.ts';
import type { SecretBox } from '../secret-box.ts';
import { statementCache } from './statements.ts';

/** Webhooks; what deliveries teach of them is part of every settling. */
export class SqliteWebhooks extends Webhooks {
  readonly #sql: (text: string) => Statement;

  constructor(database: Database, db: Kysely<Tables>, box: SecretBox) {
    super(db, box);
    this.#sql = statementCache(database);
  }

  protected async rowsByIds(ids: readonly number[]): Promise<WebhookRow[]> {
    const find = this.#sql('SELECT * FROM webhook WHERE id = ?');
    return ids.flatMap((id) => (find.get(id) as WebhookRow | undefined) ?? []);
  }

  async saveHealth(...all: readonly Lessons[]): Promise<void> {
    const update = this.#sql(
      `UPDATE webhook SET consecutive_errors = ?, last_error_at = ?, paused_until = ?,
              last_success_at = ? WHERE id = ?`,
    );
    for (const { id, health, lastSuccessAt } of all) {
      const { consecutiveErrors, lastErrorAt, pausedUntil } = health;
      update.run(consecutiveErrors, lastErrorAt, pausedUntil, lastSuccessAt, id);
    }
  }
}
