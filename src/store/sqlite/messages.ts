import type { Database, Statement } from 'better-sqlite3';
import type { InboundMessage } from '../../wire/inbound.ts';
import type { Filters } from '../../wire/webhook.ts';
import { conversation } from '../conversation.ts';
import { Identity } from '../identity.ts';
import { makeMessageId } from '../message-id.ts';
import type { Account, LoggedMessage } from '../rows.ts';
import type { Appended, Arrival, Messages, Page, PurgeCursor, Range } from '../store.ts';
import { chatLogs } from './conversation.ts';
import { SqliteIdentityRows } from './identity-rows.ts';
import { COLUMNS } from './message-columns.ts';
import { statementCache } from './statements.ts';

/** The chats' logs, in prepared statements: every message passes through here. */
export class SqliteMessages implements Messages {
  readonly #sql: (text: string) => Statement;
  readonly #rows: SqliteIdentityRows;
  readonly #identity: Identity;

  constructor(db: Database) {
    this.#sql = statementCache(db);
    this.#rows = new SqliteIdentityRows(db);
    this.#identity = new Identity(this.#rows);
  }

  async append(arrivals: readonly Arrival[]): Promise<Appended[]> {
    const accounts = new Map<string, Account>();
    return arrivals.map((arrival) => this.#append(arrival, accounts));
  }

  /** @param accounts those that this group has come upon: most of it is of one */
  #append(
    { workspaceId, message, aliases, skip, ...arrival }: Arrival,
    accounts: Map<string, Account>,
  ): Appended {
    const { phone } = message.whatsapp_account;
    const receivedAt = arrival.receivedAt();
    const identity = this.#identity;
    const place = `${workspaceId} ${phone}`;
    const knownAccount = accounts.get(place) ?? this.#rows.account(workspaceId, phone);
    const known = knownAccount && identity.chat(knownAccount.id, message.chat);
    if (!known && message.chat.chat_id) return { status: 'unknown_chat' };
    const account = knownAccount ?? this.#rows.createAccount(workspaceId, phone);
    accounts.set(place, account);
    if (!this.#claim(account.id, message.message, receivedAt)) return { status: 'duplicate' };
    if (skip) {
      this.#sql(`UPDATE account SET skipped_${skip} = skipped_${skip} + 1 WHERE id = ?`).run(
        account.id,
      );
      return { status: 'skipped' };
    }
    const given = { ...message.chat, aliases, at: receivedAt };
    const { chat, joined } = identity.settle(account, known, given);
    const { direction } = message.message;
    const first = direction === 'received' ? 'first_received_seq' : 'first_sent_seq';
    const { seq } = this.#sql(
      `UPDATE chat SET last_seq = last_seq + 1, last_message_at = ?,
              ${first} = coalesce(${first}, last_seq + 1)
        WHERE id = ? RETURNING last_seq AS seq`,
    ).get(receivedAt, chat.id) as { seq: number };
    this.#insert(workspaceId, chat.id, seq, receivedAt, message.message);
    return { status: 'appended', chat, account, seq, receivedAt, joined };
  }

  /** Writes the message's key down; false where it was there. */
  #claim(accountId: number, message: InboundMessage['message'], receivedAt: number): boolean {
    return (
      this.#sql(
        `INSERT INTO seen (account_id, direction, native_id, received_at) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      ).run(accountId, message.direction, message.message_id, receivedAt).changes === 1
    );
  }

  #insert(
    workspaceId: number,
    chatId: number,
    seq: number,
    receivedAt: number,
    message: InboundMessage['message'],
  ): void {
    this.#sql(
      `INSERT INTO message (workspace_id, chat_id, seq, uuid, direction, timestamp, received_at,
         sender_name, sender_phone, recipient_name, recipient_phone, origin, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      workspaceId,
      chatId,
      seq,
      makeMessageId({ chatId, seq, receivedAt }),
      message.direction,
      message.timestamp,
      receivedAt,
      message.sender?.full_name ?? '',
      message.sender?.phone ?? '',
      message.recipient?.full_name ?? '',
      message.recipient?.phone ?? '',
      message.origin,
      message.text,
    );
  }

  async range(page: Page) {
    return this.#page(page);
  }

  async pages(pages: readonly Page[]) {
    return pages.map((page) => this.#page(page));
  }

  #page(page: Page): LoggedMessage[] {
    const { text, values } = within(page);
    const query = `SELECT ${COLUMNS} FROM message WHERE ${text} ORDER BY seq LIMIT ?`;
    return this.#sql(query).all(...values, page.limit) as LoggedMessage[];
  }

  async firsts(ranges: readonly Range[]) {
    return Promise.all(
      ranges.map((range) => this.firstReceivedSince(range, Number.MIN_SAFE_INTEGER)),
    );
  }

  async firstReceivedSince(range: Range, since: number) {
    const { text, values } = within(range);
    const row = this.#sql(
      `SELECT seq, received_at AS receivedAt FROM message WHERE ${text} AND received_at >= ?
        ORDER BY seq LIMIT 1`,
    ).get(...values, since);
    return (row as { seq: number; receivedAt: number } | undefined) ?? null;
  }

  async count(range: Range & { toSeq?: number }) {
    const { text, values } = within(range);
    const query = `SELECT count(*) FROM message WHERE ${text}`;
    return this.#sql(query)
      .pluck()
      .get(...values) as number;
  }

  async position(): Promise<number> {
    const row = this.#sql("SELECT seq FROM sqlite_sequence WHERE name = 'message'").get();
    return (row as { seq: number } | undefined)?.seq ?? 0;
  }

  async positionBefore(workspaceId: number, since: number): Promise<number> {
    const row = this.#sql(
      'SELECT min(id) AS first FROM message WHERE workspace_id = ? AND received_at >= ?',
    ).get(workspaceId, since);
    const { first } = row as { first: number | null };
    return first === null ? this.position() : first - 1;
  }

  async removeOfChat(chatId: number, limit: number): Promise<number> {
    return this.#sql(
      'DELETE FROM message WHERE id IN (SELECT id FROM message WHERE chat_id = ? LIMIT ?)',
    ).run(chatId, limit).changes;
  }

  async newest(
    workspaceId: number,
    limit: number,
    { whatsapp_accounts, chats, chat_type, direction }: Filters = {},
  ): Promise<LoggedMessage[]> {
    const wanted = [
      direction && 'direction = @direction',
      chats &&
        `chat_id IN (SELECT value FROM json_each(@chats) UNION
           SELECT id FROM chat WHERE redirect_to IN (SELECT value FROM json_each(@chats)))`,
      (chat_type || whatsapp_accounts) &&
        `EXISTS (SELECT 1 FROM chat JOIN account ON account.id = chat.account_id
           WHERE chat.id = message.chat_id
             AND (@isGroup IS NULL OR chat.is_group = @isGroup)
             AND (@accounts IS NULL OR account.phone IN (SELECT value FROM json_each(@accounts))))`,
    ].filter(Boolean);
    return this.#sql(
      `SELECT ${COLUMNS} FROM message
        WHERE ${['workspace_id = @workspaceId', ...wanted].join(' AND ')}
        ORDER BY received_at DESC, id DESC LIMIT @limit`,
    ).all({
      workspaceId,
      limit,
      direction: direction ?? null,
      chats: JSON.stringify(chats?.map(Number)) ?? null,
      isGroup: chat_type ? Number(chat_type === 'group') : null,
      accounts: JSON.stringify(whatsapp_accounts) ?? null,
    }) as LoggedMessage[];
  }

  async byUuid(workspaceId: number, uuid: string): Promise<LoggedMessage | null> {
    const row = this.#sql(`SELECT ${COLUMNS} FROM message WHERE uuid = ? AND workspace_id = ?`).get(
      uuid,
      workspaceId,
    );
    return (row as LoggedMessage | undefined) ?? null;
  }

  async conversation(...[chatIds, page]: Parameters<Messages['conversation']>) {
    return conversation(chatLogs(this.#sql), chatIds, page);
  }

  async purge(
    workspaceId: number,
    before: number,
    from: PurgeCursor | null,
    limit: number,
  ): Promise<PurgeCursor | null> {
    const rows = this.#sql(
      `SELECT id, received_at AS receivedAt,
              EXISTS (SELECT 1 FROM lane
                       WHERE lane.chat_id = message.chat_id AND lane.next_seq <= message.seq)
              OR EXISTS (SELECT 1 FROM parked
                          WHERE parked.chat_id = message.chat_id
                            AND message.seq BETWEEN parked.first_seq AND parked.last_seq) AS needed
         FROM message
        WHERE workspace_id = @workspaceId AND received_at < @before
          AND (received_at, id) > (@receivedAt, @id)
        ORDER BY received_at, id LIMIT @limit`,
    ).all({
      workspaceId,
      before,
      receivedAt: from?.receivedAt ?? Number.MIN_SAFE_INTEGER,
      id: from?.id ?? 0,
      limit,
    }) as (PurgeCursor & { needed: number })[];
    const remove = this.#sql('DELETE FROM message WHERE id = ?');
    for (const { id, needed } of rows) if (!needed) remove.run(id);
    const last = rows.at(-1);
    return rows.length < limit || !last ? null : { receivedAt: last.receivedAt, id: last.id };
  }

  async forget(before: number, limit: number): Promise<number> {
    return this.#sql(
      `DELETE FROM seen WHERE (account_id, direction, native_id) IN (
         SELECT account_id, direction, native_id FROM seen
          WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
    ).run(before, limit).changes;
  }
}

/** What holds for the messages of a range: of most ranges that is little, and every delivery reads one. */
function within({ chatId, fromSeq, toSeq, direction, gaps }: Range & { toSeq?: number }) {
  let text = 'chat_id = ? AND seq >= ?';
  const values: (number | string)[] = [chatId, fromSeq];
  const and = (condition: string, value: number | string) => {
    text += ` AND ${condition}`;
    values.push(value);
  };
  if (toSeq !== undefined) and('seq <= ?', toSeq);
  if (direction) and('direction = ?', direction);
  if (gaps && gaps.length > 0) and(OUTSIDE_OF, JSON.stringify(gaps));
  return { text, values };
}

/** Leaves out messages that lie in a gap. Its parameter: gaps, as JSON. */
export const OUTSIDE_OF = `NOT EXISTS (SELECT 1 FROM json_each(?)
  WHERE message.id > value ->> 'after' AND message.id <= value ->> 'upTo')`;
