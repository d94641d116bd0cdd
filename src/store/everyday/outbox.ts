import { type Kysely, type Selectable, sql } from 'kysely';
import type { Email, UnsentReason } from '../rows.ts';
import type { Tables } from '../schema.ts';

/** An e-mail as it is put in: it waits, and is due at once. */
export type NewEmail = Pick<
  Email,
  'workspaceId' | 'webhookId' | 'messageId' | 'createdAt' | 'facts'
>;

/** In the text of the statement: only so does the index of those that are open know that it is meant. */
const OPEN = [sql.lit('waiting' as const), sql.lit('unsent' as const)];

/**
 * E-mails to owners, one for each time that errors switched a webhook off. An e-mail is *open* while it
 * may still go out: it waits, or is unsent for want of a server or an address.
 */
export class Outbox {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(email: NewEmail): Promise<void> {
    await this.#db
      .insertInto('email')
      .values({
        workspace_id: email.workspaceId,
        webhook_id: email.webhookId,
        message_id: email.messageId,
        created_at: email.createdAt,
        facts: JSON.stringify(email.facts),
        due_at: email.createdAt,
      })
      .execute();
  }

  /**
   * Open ones that are due by `now`, the longest due first. One due later than `latest` counts as due:
   * it was dated before the clock was set back.
   */
  async due(now: number, latest: number, limit: number): Promise<Email[]> {
    const rows = await this.#db
      .selectFrom('email')
      .selectAll()
      .where('state', 'in', OPEN)
      .where((eb) => eb.or([eb('due_at', '<=', now), eb('due_at', '>', latest)]))
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(toEmail);
  }

  /** When the next open one is due; null where none is open. */
  async nextDue(): Promise<number | null> {
    const row = await this.#db
      .selectFrom('email')
      .select((eb) => eb.fn.min('due_at').as('at'))
      .where('state', 'in', OPEN)
      .executeTakeFirst();
    return row?.at ?? null;
  }

  /** The server has taken it, whatever has become of its webhook meanwhile. */
  async sent(id: number, at: number): Promise<void> {
    await this.#db
      .updateTable('email')
      .set({ state: 'sent', reason: null, sent_at: at })
      .where('id', '=', id)
      .execute();
  }

  /** An open one is tried again at `dueAt`; with a reason it counts as unsent until then. */
  async postpone(id: number, dueAt: number, reason: UnsentReason | null): Promise<void> {
    await this.#db
      .updateTable('email')
      .set((eb) => ({
        state: reason === null ? 'waiting' : 'unsent',
        reason,
        attempts: eb('attempts', '+', 1),
        due_at: dueAt,
      }))
      .where('id', '=', id)
      .where('state', 'in', OPEN)
      .execute();
  }

  /** An open one will not be sent any more. */
  async giveUp(id: number): Promise<void> {
    await this.#db
      .updateTable('email')
      .set({ state: 'given_up' })
      .where('id', '=', id)
      .where('state', 'in', OPEN)
      .execute();
  }

  /** Makes all open ones due at `now`. */
  async hasten(now: number): Promise<void> {
    await this.#db
      .updateTable('email')
      .set({ due_at: now })
      .where('state', 'in', OPEN)
      .where('due_at', '!=', now)
      .execute();
  }

  /** All that wait are unsent, for this reason. */
  async leaveUnsent(reason: UnsentReason): Promise<void> {
    await this.#db
      .updateTable('email')
      .set({ state: 'unsent', reason })
      .where('state', '=', 'waiting')
      .execute();
  }

  /** The webhook is enabled again: what has not gone out about it need not. */
  async cancel(webhookId: number): Promise<void> {
    await this.#db
      .updateTable('email')
      .set({ state: 'cancelled' })
      .where('webhook_id', '=', webhookId)
      .where('state', 'in', OPEN)
      .execute();
  }

  /** How many made since then are open, and of how many the workspace has no owner's e-mail. */
  async open(since: number): Promise<{ all: number; ownerless: number }> {
    const rows = await this.#db
      .selectFrom('email')
      .innerJoin('workspace', 'workspace.id', 'email.workspace_id')
      .select('workspace.owner_email as owner')
      .where('email.state', 'in', OPEN)
      .where('email.created_at', '>', since)
      .execute();
    return { all: rows.length, ownerless: rows.filter(({ owner }) => owner === '').length };
  }

  /** Those about one webhook, the latest first. */
  async ofWebhook(webhookId: number): Promise<Email[]> {
    const rows = await this.#db
      .selectFrom('email')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .orderBy('id', 'desc')
      .execute();
    return rows.map(toEmail);
  }

  /** Deletes all that were made before then. */
  async forget(before: number): Promise<void> {
    await this.#db.deleteFrom('email').where('created_at', '<', before).execute();
  }

  /** Deletes all about a webhook. */
  async clear(webhookId: number): Promise<void> {
    await this.#db.deleteFrom('email').where('webhook_id', '=', webhookId).execute();
  }
}

const toEmail = (row: Selectable<Tables['email']>): Email => ({
  id: row.id,
  workspaceId: row.workspace_id,
  webhookId: row.webhook_id,
  messageId: row.message_id,
  createdAt: row.created_at,
  facts: JSON.parse(row.facts),
  state: row.state,
  reason: row.reason,
  attempts: row.attempts,
  dueAt: row.due_at,
  sentAt: row.sent_at,
});
