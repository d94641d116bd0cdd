import type { Database, Statement } from 'better-sqlite3';
import { toAccount } from '../everyday/accounts.ts';
import { toChat } from '../everyday/chats.ts';
import { type LaneRow, toLane, toLaneRow } from '../lane-row.ts';
import type { Lane, Webhook } from '../rows.ts';
import { SHARDS } from '../shards.ts';
import type { DueLane, LaneKey, Lanes, NewLane } from '../store.ts';
import { OUTSIDE_OF } from './messages.ts';
import { statementCache } from './statements.ts';

const LANE = `SELECT lane.*,
  EXISTS (SELECT 1 FROM chat WHERE chat.id = lane.chat_id AND redirect_to IS NOT NULL) AS draining
  FROM lane`;

// Of chats that are one the youngest is drained first, and the one that goes on comes last: see
// core/identity.ts. It needs a row of `lane` and one of `chat`. Redirects are few: where SQLite is free to
// choose, it begins with the lanes.
const HELD_UP = `
  EXISTS (SELECT 1 FROM chat AS younger INDEXED BY chat_by_redirect
            CROSS JOIN lane AS before ON before.chat_id = younger.id
           WHERE younger.redirect_to = coalesce(chat.redirect_to, chat.id)
             AND younger.id > chat.id AND before.webhook_id = lane.webhook_id)`;

/** To find those that fail, which fall due sooner than most others. */
const LOOKED_AT = 10_000;

/** A lane with all that is needed to judge it, unless it is held up. */
const WHOLE = `
  SELECT lane.*, chat.*, chat.id AS the_chat, account.id AS the_account,
         account.phone AS account_phone, account.full_name, account.email,
         account.source_full_name, account.source_email,
         account.skipped_attachment, account.skipped_no_text,
         chat.redirect_to IS NOT NULL AS draining
    FROM lane JOIN chat ON chat.id = lane.chat_id JOIN account ON account.id = chat.account_id
   WHERE lane.webhook_id = ? AND lane.chat_id = ? AND NOT ${HELD_UP}`;

/** The cursors, in prepared statements: every delivery passes through here. */
export class SqliteLanes implements Lanes {
  readonly #sql: (text: string) => Statement;

  constructor(db: Database) {
    this.#sql = statementCache(db);
  }

  async open(lanes: readonly NewLane[]): Promise<void> {
    const insert = this.#sql(
      `INSERT INTO lane (webhook_id, chat_id, next_seq, opened_at, due_at, attempts)
       VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
    );
    for (const lane of lanes) {
      insert.run(lane.webhookId, lane.chatId, lane.nextSeq, lane.openedAt, lane.dueAt);
    }
  }

  async get(webhookId: number, chatId: number): Promise<Lane | null> {
    return this.#get(webhookId, chatId);
  }

  async all(keys: readonly LaneKey[]): Promise<(Lane | null)[]> {
    return keys.map(({ webhookId, chatId }) => this.#get(webhookId, chatId));
  }

  #get(webhookId: number, chatId: number): Lane | null {
    const row = this.#sql(`${LANE} WHERE webhook_id = ? AND chat_id = ?`).get(webhookId, chatId);
    return row ? toLane(row as LaneRow) : null;
  }

  async save(...lanes: readonly Lane[]): Promise<void> {
    const update = this.#sql(
      `UPDATE lane SET next_seq = ?, opened_at = ?, due_at = ?, attempts = ?,
              blamed = ?, blamed_since = ?, blamed_at = ?, error = ?,
              sealed_seq = ?, sealed_shape = ?, sealed_direction = ?
        WHERE webhook_id = ? AND chat_id = ?`,
    );
    for (const lane of lanes) {
      const row = toLaneRow(lane);
      update.run(
        ...[row.next_seq, row.opened_at, row.due_at, row.attempts],
        ...[row.blamed, row.blamed_since, row.blamed_at, row.error],
        ...[row.sealed_seq, row.sealed_shape, row.sealed_direction],
        ...[row.webhook_id, row.chat_id],
      );
    }
  }

  async remove(...keys: readonly LaneKey[]): Promise<void> {
    const remove = this.#sql('DELETE FROM lane WHERE webhook_id = ? AND chat_id = ?');
    for (const { webhookId, chatId } of keys) remove.run(webhookId, chatId);
  }

  async ofChat(chatId: number): Promise<Lane[]> {
    const rows = this.#sql(`${LANE} WHERE chat_id = ?`).all(chatId);
    return (rows as LaneRow[]).map(toLane);
  }

  async removeOfChat(chatId: number): Promise<void> {
    this.#sql('DELETE FROM lane WHERE chat_id = ?').run(chatId);
  }

  async put(...lanes: readonly Lane[]): Promise<void> {
    await this.open(lanes);
    await this.save(...lanes);
  }

  async due(...[webhookId, now, limit, probe, except]: Parameters<Lanes['due']>) {
    const order = probe ? 'attempts, opened_at' : 'due_at';
    // Of lanes that are left out no more is read than the index holds.
    const places = this.#sql(
      `SELECT chat_id FROM lane WHERE webhook_id = ? AND due_at <= ? ORDER BY ${order}`,
    ).pluck();
    const whole = this.#sql(WHOLE);
    const rows: JoinedRow[] = [];
    for (const chatId of places.iterate(webhookId, now)) {
      if (except.has(chatId as number)) continue;
      const row = whole.get(webhookId, chatId) as JoinedRow | undefined;
      if (row) rows.push(row);
      if (rows.length === limit) break;
    }
    return rows.map(
      (row): DueLane => ({
        lane: toLane(row),
        chat: toChat({ ...row, id: row.the_chat }),
        account: toAccount({ ...row, id: row.the_account, phone: row.account_phone }),
      }),
    );
  }

  async nextDue(webhookId: number, now: number): Promise<number | null> {
    const row = this.#sql(
      `SELECT due_at AS due FROM lane JOIN chat ON chat.id = lane.chat_id
        WHERE lane.webhook_id = ? AND lane.due_at > ? AND NOT ${HELD_UP} ORDER BY due_at LIMIT 1`,
    ).get(webhookId, now);
    return (row as { due: number } | undefined)?.due ?? null;
  }

  async heldUp(webhookId: number, chatIds: readonly number[]): Promise<Set<number>> {
    const rows = this.#sql(
      `SELECT lane.chat_id FROM lane JOIN chat ON chat.id = lane.chat_id
        WHERE lane.webhook_id = ? AND lane.chat_id IN (SELECT value FROM json_each(?)) AND ${HELD_UP}`,
    )
      .pluck()
      .all(webhookId, JSON.stringify(chatIds));
    return new Set(rows as number[]);
  }

  async hasten(chatIds: readonly number[], now: number): Promise<number[]> {
    const among = JSON.stringify(chatIds);
    this.#sql(
      `UPDATE lane SET due_at = min(due_at, ?)
        WHERE chat_id IN (SELECT value FROM json_each(?)) AND sealed_seq IS NULL`,
    ).run(now, among);
    const rows = this.#sql(
      'SELECT DISTINCT webhook_id AS id FROM lane WHERE chat_id IN (SELECT value FROM json_each(?))',
    ).all(among);
    return (rows as { id: number }[]).map(({ id }) => id);
  }

  async schedule(shards: readonly number[]): Promise<{ webhookId: number; dueAt: number }[]> {
    const rows = this.#sql(
      `SELECT id AS webhookId, (SELECT min(due_at) FROM lane WHERE webhook_id = webhook.id) AS dueAt
         FROM webhook
        WHERE enabled = 1 AND id % ${SHARDS} IN (SELECT value FROM json_each(?))`,
    ).all(JSON.stringify(shards)) as { webhookId: number; dueAt: number | null }[];
    return rows.flatMap(({ webhookId, dueAt }) => (dueAt === null ? [] : { webhookId, dueAt }));
  }

  async firstPosition(webhookId: number): Promise<number | null> {
    const row = this.#sql(
      `SELECT min(message.id) AS first
         FROM lane JOIN message ON message.chat_id = lane.chat_id AND message.seq = lane.next_seq
        WHERE lane.webhook_id = ?`,
    ).get(webhookId);
    return (row as { first: number | null }).first;
  }

  async countOpen(webhookId: number, now: number): Promise<number> {
    const row = this.#sql(
      'SELECT count(*) AS n FROM lane WHERE webhook_id = ? AND sealed_seq IS NULL AND due_at > ?',
    ).get(webhookId, now);
    return (row as { n: number }).n;
  }

  async nextClosing(webhookId: number, now: number): Promise<number | null> {
    const row = this.#sql(
      `SELECT due_at AS due FROM lane WHERE webhook_id = ? AND sealed_seq IS NULL AND due_at > ?
        ORDER BY due_at LIMIT 1`,
    ).get(webhookId, now);
    return (row as { due: number } | undefined)?.due ?? null;
  }

  async failing(webhookId: number, limit: number): Promise<Lane[]> {
    const rows = this.#sql(
      `SELECT * FROM (SELECT * FROM lane WHERE webhook_id = ? ORDER BY due_at LIMIT ${LOOKED_AT})
        WHERE error IS NOT NULL ORDER BY due_at LIMIT ?`,
    ).all(webhookId, limit);
    return (rows as LaneRow[]).map(toLane);
  }

  async page(webhookId: number, afterChat: number, limit: number): Promise<Lane[]> {
    const rows = this.#sql(
      `${LANE} WHERE webhook_id = ? AND chat_id > ? ORDER BY chat_id LIMIT ?`,
    ).all(webhookId, afterChat, limit);
    return (rows as LaneRow[]).map(toLane);
  }

  async redate(now: number, longestPauseMs: number): Promise<void> {
    this.#sql(
      `UPDATE lane SET opened_at = @now, due_at = @now + 3600000 *
              (SELECT granularity_hours FROM webhook WHERE webhook.id = lane.webhook_id) *
              NOT EXISTS (SELECT 1 FROM chat
                           WHERE chat.id = lane.chat_id AND redirect_to IS NOT NULL)
        WHERE sealed_seq IS NULL AND opened_at > @now
          AND webhook_id IN (SELECT id FROM webhook)`,
    ).run({ now });
    this.#sql(
      'UPDATE lane SET due_at = @now WHERE sealed_seq IS NOT NULL AND due_at > @now + @longestPauseMs',
    ).run({ now, longestPauseMs });
  }

  async frozen(openedBefore: number, limit: number): Promise<Lane[]> {
    const rows = this.#sql(
      `${LANE} JOIN webhook ON webhook.id = lane.webhook_id
        WHERE webhook.enabled = 0 AND lane.opened_at < ? LIMIT ?`,
    ).all(openedBefore, limit) as LaneRow[];
    return rows.map(toLane);
  }

  async waiting({ id, filters, gaps }: Webhook, atMost: number): Promise<number> {
    const { direction } = filters;
    return this.#sql(
      `SELECT count(*) FROM (
         SELECT 1 FROM lane JOIN message ON message.chat_id = lane.chat_id
            AND message.seq >= lane.next_seq
          WHERE lane.webhook_id = ?
            ${direction ? 'AND message.direction = ?' : ''}
            ${gaps.length > 0 ? `AND ${OUTSIDE_OF}` : ''}
          LIMIT ?)`,
    )
      .pluck()
      .get(
        ...[id, ...(direction ? [direction] : [])],
        ...[...(gaps.length > 0 ? [JSON.stringify(gaps)] : []), atMost],
      ) as number;
  }
}

type JoinedRow = LaneRow &
  Parameters<typeof toChat>[0] &
  Parameters<typeof toAccount>[0] & {
    the_chat: number;
    the_account: number;
    account_phone: string;
  };
