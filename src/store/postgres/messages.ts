import type { Filters } from '../../wire/webhook.ts';
import { conversation } from '../conversation.ts';
import type { LoggedMessage } from '../rows.ts';
import type { Arrival, Messages, Page, PurgeCursor, Range } from '../store.ts';
import { append } from './append.ts';
import { chatLogs } from './conversation.ts';
import { COLUMNS, outsideOf } from './message-columns.ts';
import type { Queries } from './queries.ts';

/** The chats' logs: every message passes through here. */
export class PostgresMessages implements Messages {
  readonly #db: Queries;

  constructor(db: Queries) {
    this.#db = db;
  }

  append(arrivals: readonly Arrival[]) {
    return append(this.#db, arrivals);
  }

  async range({ limit, ...range }: Page): Promise<LoggedMessage[]> {
    return this.#db.rows<LoggedMessage>(
      `SELECT ${COLUMNS} FROM message
        WHERE chat_id = $1 AND seq >= $2 AND seq <= $3
          AND ($4::text IS NULL OR direction = $4) AND ${outsideOf('$5::json')}
        ORDER BY seq LIMIT $6`,
      [...valuesOf(range), limit],
    );
  }

  async pages(pages: readonly Page[]) {
    const found: LoggedMessage[][] = pages.map(() => []);
    if (pages.length === 0) return found;
    const rows = await this.#db.rows<LoggedMessage & { nth: number }>(
      `SELECT nth, found.* FROM ${RANGES} CROSS JOIN LATERAL (
         SELECT ${COLUMNS} FROM message WHERE ${IN_RANGE} ORDER BY seq LIMIT range.at_most) AS found
        ORDER BY nth, seq`,
      columnsOf(pages),
    );
    for (const { nth, ...message } of rows) found[nth - 1]?.push(message);
    return found;
  }

  async firsts(ranges: readonly Range[]) {
    const firsts: ({ seq: number; receivedAt: number } | null)[] = ranges.map(() => null);
    if (ranges.length === 0) return firsts;
    const rows = await this.#db.rows<{ nth: number; seq: number; receivedAt: number }>(
      `SELECT nth, found.* FROM ${RANGES} CROSS JOIN LATERAL (
         SELECT seq, received_at AS "receivedAt" FROM message WHERE ${IN_RANGE}
          ORDER BY seq LIMIT range.at_most) AS found`,
      columnsOf(ranges.map((range) => ({ ...range, limit: 1 }))),
    );
    for (const { nth, ...first } of rows) firsts[nth - 1] = first;
    return firsts;
  }

  async firstReceivedSince(range: Range, since: number) {
    const [row] = await this.#db.rows<{ seq: number; receivedAt: number }>(
      `SELECT seq, received_at AS "receivedAt" FROM message
        WHERE chat_id = $1 AND seq >= $2 AND seq <= $3
          AND ($4::text IS NULL OR direction = $4) AND ${outsideOf('$5::json')}
          AND received_at >= $6
        ORDER BY seq LIMIT 1`,
      [...valuesOf(range), since],
    );
    return row ?? null;
  }

  async count(range: Range & { toSeq?: number }): Promise<number> {
    const [row] = await this.#db.rows<{ n: number }>(
      `SELECT count(*) AS n FROM message
        WHERE chat_id = $1 AND seq >= $2 AND seq <= $3
          AND ($4::text IS NULL OR direction = $4) AND ${outsideOf('$5::json')}`,
      valuesOf(range),
    );
    return row?.n ?? 0;
  }

  /**
   * Places are given before they are committed. A transaction that is alone in a workspace knows that all
   * of the workspace up to here is there.
   */
  async position(): Promise<number> {
    const [row] = await this.#db.rows<{ last: number }>(
      'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM message_id_seq',
    );
    return row?.last ?? 0;
  }

  async positionBefore(workspaceId: number, since: number): Promise<number> {
    // The sum keeps the plan from looking for it among the messages of all, in their order.
    const [row] = await this.#db.rows<{ first: number | null }>(
      'SELECT min(id + 0) AS first FROM message WHERE workspace_id = $1 AND received_at >= $2',
      [workspaceId, since],
    );
    return row?.first == null ? this.position() : row.first - 1;
  }

  async removeOfChat(chatId: number, limit: number): Promise<number> {
    const [row] = await this.#db.rows<{ n: number }>(
      `WITH gone AS (
         DELETE FROM message WHERE id IN (SELECT id FROM message WHERE chat_id = $1 LIMIT $2)
         RETURNING 1)
       SELECT count(*) AS n FROM gone`,
      [chatId, limit],
    );
    return row?.n ?? 0;
  }

  async newest(
    workspaceId: number,
    limit: number,
    { whatsapp_accounts, chats, chat_type, direction }: Filters = {},
  ): Promise<LoggedMessage[]> {
    return this.#db.rows<LoggedMessage>(
      `SELECT ${COLUMNS} FROM message
        WHERE workspace_id = $1 AND ($2::text IS NULL OR direction = $2)
          AND ($3::bigint[] IS NULL OR chat_id = ANY($3)
            OR chat_id IN (SELECT id FROM chat WHERE redirect_to = ANY($3)))
          AND (($4::smallint IS NULL AND $5::text[] IS NULL) OR (
            SELECT ($4 IS NULL OR chat.is_group = $4) AND ($5 IS NULL OR account.phone = ANY($5))
              FROM chat JOIN account ON account.id = chat.account_id
             WHERE chat.id = message.chat_id))
        ORDER BY received_at DESC, id DESC LIMIT $6`,
      [
        workspaceId,
        direction ?? null,
        chats?.map(Number) ?? null,
        chat_type ? Number(chat_type === 'group') : null,
        whatsapp_accounts ?? null,
        limit,
      ],
    );
  }

  async byUuid(workspaceId: number, uuid: string): Promise<LoggedMessage | null> {
    const [row] = await this.#db.rows<LoggedMessage>(
      `SELECT ${COLUMNS} FROM message WHERE uuid = $1 AND workspace_id = $2`,
      [uuid, workspaceId],
    );
    return row ?? null;
  }

  conversation(...[chatIds, page]: Parameters<Messages['conversation']>) {
    return conversation(chatLogs(this.#db), chatIds, page);
  }

  async purge(
    workspaceId: number,
    before: number,
    from: PurgeCursor | null,
    limit: number,
  ): Promise<PurgeCursor | null> {
    const rows = await this.#db.rows<PurgeCursor & { needed: boolean }>(
      `SELECT id, received_at AS "receivedAt",
              EXISTS (SELECT 1 FROM lane
                       WHERE lane.chat_id = message.chat_id AND lane.next_seq <= message.seq)
              OR EXISTS (SELECT 1 FROM parked
                          WHERE parked.chat_id = message.chat_id
                            AND message.seq BETWEEN parked.first_seq AND parked.last_seq) AS needed
         FROM message
        WHERE workspace_id = $1 AND received_at < $2 AND (received_at, id) > ($3, $4)
        ORDER BY received_at, id LIMIT $5`,
      [workspaceId, before, from?.receivedAt ?? Number.MIN_SAFE_INTEGER, from?.id ?? 0, limit],
    );
    const gone = rows.filter(({ needed }) => !needed).map(({ id }) => id);
    await this.#db.write('DELETE FROM message WHERE id = ANY($1::bigint[])', [gone]);
    const last = rows.at(-1);
    return rows.length < limit || !last ? null : { receivedAt: last.receivedAt, id: last.id };
  }

  async forget(before: number, limit: number): Promise<number> {
    const [row] = await this.#db.rows<{ n: number }>(
      `WITH old AS (
         SELECT account_id, direction, native_id FROM seen
          WHERE received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED),
       gone AS (
         DELETE FROM seen USING old
          WHERE (seen.account_id, seen.direction, seen.native_id)
              = (old.account_id, old.direction, old.native_id) RETURNING 1)
       SELECT count(*) AS n FROM gone`,
      [before, limit],
    );
    return row?.n ?? 0;
  }
}

const valuesOf = ({ chatId, fromSeq, toSeq, direction, gaps }: Range & { toSeq?: number }) => [
  chatId,
  fromSeq,
  toSeq ?? Number.MAX_SAFE_INTEGER,
  direction,
  gaps && gaps.length > 0 ? JSON.stringify(gaps) : null,
];

/** Many pages at once, as {@link columnsOf} hands them over. */
const RANGES = `unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::int[])
  WITH ORDINALITY AS range (chat_id, from_seq, to_seq, direction, gaps, at_most, nth)`;

const IN_RANGE = `message.chat_id = range.chat_id
  AND message.seq >= range.from_seq AND message.seq <= range.to_seq
  AND (range.direction IS NULL OR message.direction = range.direction)
  AND ${outsideOf('range.gaps::json')}`;

function columnsOf(pages: readonly Page[]): unknown[][] {
  const rows = pages.map((page) => [...valuesOf(page), page.limit]);
  return [0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column]));
}
