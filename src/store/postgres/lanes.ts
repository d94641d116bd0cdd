import { toAccount } from '../everyday/accounts.ts';
import { toChat } from '../everyday/chats.ts';
import { type LaneRow, toLane, toLaneRow } from '../lane-row.ts';
import type { Lane, Webhook } from '../rows.ts';
import { SHARDS } from '../shards.ts';
import type { DueLane, LaneKey, Lanes, NewLane } from '../store.ts';
import { outsideOf } from './message-columns.ts';
import type { Queries } from './queries.ts';

// What is asked as a value, and not as EXISTS, is looked up for each row, and never by reading all there is.
const DRAINING = `coalesce(
  (SELECT (redirect_to IS NOT NULL)::int FROM chat WHERE chat.id = lane.chat_id), 0)`;

const LANE = `SELECT lane.*, ${DRAINING} AS draining FROM lane`;

// Of chats that are one the youngest is drained first, and the one that goes on comes last: see
// core/identity.ts. It needs a row of `lane` and one of `chat`.
const HELD_UP = `coalesce((
  SELECT true FROM chat AS younger
   WHERE younger.redirect_to = coalesce(chat.redirect_to, chat.id) AND younger.id > chat.id
     AND (SELECT true FROM lane AS before
           WHERE before.webhook_id = lane.webhook_id AND before.chat_id = younger.id)
   LIMIT 1), false)`;

// The index of what is due begins with this sum (migrations/0003-by-due-alone.ts).
const OF_WEBHOOK = 'lane.webhook_id + 0 = $1';

/** To find those that fail, which fall due sooner than most others. */
const LOOKED_AT = 10_000;

const DUE = `
  SELECT lane.*, chat.*, chat.id AS the_chat, account.id AS the_account,
         account.phone AS account_phone, account.full_name, account.email,
         account.source_full_name, account.source_email,
         account.skipped_attachment, account.skipped_no_text,
         (chat.redirect_to IS NOT NULL)::int AS draining
    FROM lane JOIN chat ON chat.id = lane.chat_id JOIN account ON account.id = chat.account_id
   WHERE ${OF_WEBHOOK} AND lane.due_at <= $2 AND lane.chat_id <> ALL ($4::bigint[])
     AND NOT ${HELD_UP}`;

/** The cursors: every delivery passes through here. */
export class PostgresLanes implements Lanes {
  readonly #db: Queries;

  constructor(db: Queries) {
    this.#db = db;
  }

  async open(lanes: readonly NewLane[]): Promise<void> {
    if (lanes.length === 0) return;
    await this.#db.write(
      `INSERT INTO lane (webhook_id, chat_id, next_seq, opened_at, due_at, attempts)
       SELECT *, 0 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS new (webhook_id, chat_id, next_seq, opened_at, due_at)
        ORDER BY webhook_id, chat_id, next_seq
       ON CONFLICT DO NOTHING`,
      [
        lanes.map(({ webhookId }) => webhookId),
        lanes.map(({ chatId }) => chatId),
        lanes.map(({ nextSeq }) => nextSeq),
        lanes.map(({ openedAt }) => openedAt),
        lanes.map(({ dueAt }) => dueAt),
      ],
    );
  }

  async get(webhookId: number, chatId: number): Promise<Lane | null> {
    const [lane] = await this.all([{ webhookId, chatId }]);
    return lane ?? null;
  }

  async all(keys: readonly LaneKey[]): Promise<(Lane | null)[]> {
    const lanes: (Lane | null)[] = keys.map(() => null);
    if (keys.length === 0) return lanes;
    const rows = await this.#db.rows<LaneRow & { nth: number }>(
      `SELECT nth, lane.*, (chat.redirect_to IS NOT NULL)::int AS draining
         FROM unnest($1::bigint[], $2::bigint[])
           WITH ORDINALITY AS wanted (webhook_id, chat_id, nth)
         JOIN lane USING (webhook_id, chat_id) LEFT JOIN chat ON chat.id = lane.chat_id`,
      keyColumns(keys),
    );
    for (const row of rows) lanes[row.nth - 1] = toLane(row);
    return lanes;
  }

  async save(...lanes: readonly Lane[]): Promise<void> {
    if (lanes.length === 0) return;
    await this.#db.write(
      `UPDATE lane SET next_seq = new.next_seq, opened_at = new.opened_at, due_at = new.due_at,
              attempts = new.attempts, blamed = new.blamed, blamed_since = new.blamed_since,
              blamed_at = new.blamed_at, error = new.error, sealed_seq = new.sealed_seq,
              sealed_shape = new.sealed_shape, sealed_direction = new.sealed_direction
         FROM json_to_recordset($1) AS new (webhook_id bigint, chat_id bigint, next_seq bigint,
              opened_at bigint, due_at bigint, attempts int, blamed int, blamed_since bigint,
              blamed_at bigint, error text, sealed_seq bigint, sealed_shape text,
              sealed_direction text)
        WHERE lane.webhook_id = new.webhook_id AND lane.chat_id = new.chat_id`,
      [JSON.stringify(lanes.map(toLaneRow))],
    );
  }

  async remove(...keys: readonly LaneKey[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#db.write(
      `DELETE FROM lane USING unnest($1::bigint[], $2::bigint[]) AS gone (webhook_id, chat_id)
        WHERE lane.webhook_id = gone.webhook_id AND lane.chat_id = gone.chat_id`,
      keyColumns(keys),
    );
  }

  async ofChat(chatId: number): Promise<Lane[]> {
    return this.#lanes(`${LANE} WHERE chat_id = $1`, [chatId]);
  }

  async removeOfChat(chatId: number): Promise<void> {
    await this.#db.write('DELETE FROM lane WHERE chat_id = $1', [chatId]);
  }

  async put(...lanes: readonly Lane[]): Promise<void> {
    await this.open(lanes);
    await this.save(...lanes);
  }

  async due(...[webhookId, now, limit, probe, except]: Parameters<Lanes['due']>) {
    const order = probe ? 'lane.attempts, lane.opened_at' : 'lane.due_at';
    const rows = await this.#db.rows<JoinedRow>(`${DUE} ORDER BY ${order} LIMIT $3`, [
      ...[webhookId, now, limit],
      [...except],
    ]);
    return rows.map(
      (row): DueLane => ({
        lane: toLane(row),
        chat: toChat({ ...row, id: row.the_chat }),
        account: toAccount({ ...row, id: row.the_account, phone: row.account_phone }),
      }),
    );
  }

  async nextDue(webhookId: number, now: number): Promise<number | null> {
    return this.#dueAt(
      `SELECT due_at AS due FROM lane JOIN chat ON chat.id = lane.chat_id
        WHERE ${OF_WEBHOOK} AND lane.due_at > $2 AND NOT ${HELD_UP}
        ORDER BY due_at LIMIT 1`,
      [webhookId, now],
    );
  }

  async heldUp(webhookId: number, chatIds: readonly number[]): Promise<Set<number>> {
    const rows = await this.#db.rows<{ chat_id: number }>(
      `SELECT lane.chat_id FROM unnest($1::bigint[], $2::bigint[]) AS wanted (webhook_id, chat_id)
         JOIN lane USING (webhook_id, chat_id) JOIN chat ON chat.id = lane.chat_id
        WHERE ${HELD_UP}`,
      keyColumns(chatIds.map((chatId) => ({ webhookId, chatId }))),
    );
    return new Set(rows.map(({ chat_id }) => chat_id));
  }

  async hasten(chatIds: readonly number[], now: number): Promise<number[]> {
    await this.#db.write(
      `UPDATE lane SET due_at = least(due_at, $1)
        WHERE chat_id = ANY($2::bigint[]) AND sealed_seq IS NULL`,
      [now, chatIds],
    );
    const rows = await this.#db.rows<{ id: number }>(
      'SELECT DISTINCT webhook_id AS id FROM lane WHERE chat_id = ANY($1::bigint[])',
      [chatIds],
    );
    return rows.map(({ id }) => id);
  }

  async schedule(shards: readonly number[]): Promise<{ webhookId: number; dueAt: number }[]> {
    return this.#db.rows<{ webhookId: number; dueAt: number }>(
      `SELECT webhook.id AS "webhookId", first.due_at AS "dueAt" FROM webhook
        CROSS JOIN LATERAL (SELECT due_at FROM lane WHERE webhook_id + 0 = webhook.id
                             ORDER BY due_at LIMIT 1) AS first
        WHERE enabled = 1 AND webhook.id % ${SHARDS} = ANY($1::bigint[])`,
      [shards],
    );
  }

  async firstPosition(webhookId: number): Promise<number | null> {
    const [row] = await this.#db.rows<{ first: number | null }>(
      `SELECT min(message.id) AS first
         FROM lane JOIN message ON message.chat_id = lane.chat_id AND message.seq = lane.next_seq
        WHERE lane.webhook_id = $1`,
      [webhookId],
    );
    return row?.first ?? null;
  }

  async countOpen(webhookId: number, now: number): Promise<number> {
    const [row] = await this.#db.rows<{ n: number }>(
      `SELECT count(*) AS n FROM lane
        WHERE ${OF_WEBHOOK} AND sealed_seq IS NULL AND due_at > $2`,
      [webhookId, now],
    );
    return row?.n ?? 0;
  }

  async nextClosing(webhookId: number, now: number): Promise<number | null> {
    return this.#dueAt(
      `SELECT due_at AS due FROM lane
        WHERE ${OF_WEBHOOK} AND sealed_seq IS NULL AND due_at > $2 ORDER BY due_at LIMIT 1`,
      [webhookId, now],
    );
  }

  async failing(webhookId: number, limit: number): Promise<Lane[]> {
    return this.#lanes(
      `SELECT * FROM (${LANE} WHERE ${OF_WEBHOOK} ORDER BY due_at LIMIT ${LOOKED_AT}) AS first
        WHERE error IS NOT NULL ORDER BY due_at LIMIT $2`,
      [webhookId, limit],
    );
  }

  async page(webhookId: number, afterChat: number, limit: number): Promise<Lane[]> {
    return this.#lanes(`${LANE} WHERE webhook_id = $1 AND chat_id > $2 ORDER BY chat_id LIMIT $3`, [
      webhookId,
      afterChat,
      limit,
    ]);
  }

  async redate(now: number, longestPauseMs: number): Promise<void> {
    await this.#db.write(
      `UPDATE lane SET opened_at = $1, due_at = $1 + 3600000 * webhook.granularity_hours * (1 - ${DRAINING})
         FROM webhook
        WHERE webhook.id = lane.webhook_id AND sealed_seq IS NULL AND opened_at > $1`,
      [now],
    );
    await this.#db.write(
      'UPDATE lane SET due_at = $1 WHERE sealed_seq IS NOT NULL AND due_at > $1 + $2::bigint',
      [now, longestPauseMs],
    );
  }

  async frozen(openedBefore: number, limit: number): Promise<Lane[]> {
    return this.#lanes(
      `${LANE} JOIN webhook ON webhook.id = lane.webhook_id
        WHERE webhook.enabled = 0 AND lane.opened_at < $1 LIMIT $2`,
      [openedBefore, limit],
    );
  }

  async waiting({ id, filters, gaps }: Webhook, atMost: number): Promise<number> {
    const [row] = await this.#db.rows<{ n: number }>(
      `SELECT count(*) AS n FROM (
         SELECT 1 FROM lane JOIN message ON message.chat_id = lane.chat_id
            AND message.seq >= lane.next_seq
            AND ($2::text IS NULL OR message.direction = $2) AND ${outsideOf('$3::json')}
          WHERE lane.webhook_id = $1 LIMIT $4) AS waiting`,
      [id, filters.direction ?? null, gaps.length > 0 ? JSON.stringify(gaps) : null, atMost],
    );
    return row?.n ?? 0;
  }

  async #lanes(text: string, values: readonly unknown[]): Promise<Lane[]> {
    return (await this.#db.rows<LaneRow>(text, values)).map(toLane);
  }

  async #dueAt(text: string, values: readonly unknown[]): Promise<number | null> {
    const [row] = await this.#db.rows<{ due: number }>(text, values);
    return row?.due ?? null;
  }
}

type JoinedRow = LaneRow &
  Parameters<typeof toChat>[0] &
  Parameters<typeof toAccount>[0] & {
    the_chat: number;
    the_account: number;
    account_phone: string;
  };

const keyColumns = (keys: readonly LaneKey[]) => [
  keys.map(({ webhookId }) => webhookId),
  keys.map(({ chatId }) => chatId),
];
