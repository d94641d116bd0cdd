import { Identity } from '../identity.ts';
import { makeMessageId } from '../message-id.ts';
import type { Appended, Arrival } from '../store.ts';
import { loadIdentity } from './load-identity.ts';
import type { LoadedIdentity } from './loaded-identity.ts';
import type { Told } from './places.ts';
import type { Queries } from './queries.ts';
import { saveIdentity } from './save-identity.ts';

/**
 * Appends a group of messages to their chats' logs: whom they are of is read for all together, judged in
 * memory one after the other, and written down together.
 */
export async function append(db: Queries, arrivals: readonly Arrival[]): Promise<Appended[]> {
  if (arrivals.length === 0) return [];
  const loaded = await loadIdentity(db, arrivals.map(toldBy));
  const identity = new Identity(loaded);
  const placed = arrivals.map((arrival) => placeOf(loaded, identity, arrival));
  const claimed = await claim(db, placed);
  const rows: object[] = [];
  const skipped = new Map<number, { id: number; attachment: number; no_text: number }>();
  const results = placed.map(({ arrival, account, receivedAt }): Appended => {
    if (!account) return { status: 'unknown_chat' };
    if (!claimed.delete(keyOf(account.id, arrival))) return { status: 'duplicate' };
    const { workspaceId, message, aliases, skip } = arrival;
    if (skip) {
      const count = skipped.get(account.id) ?? { id: account.id, attachment: 0, no_text: 0 };
      skipped.set(account.id, { ...count, [skip]: count[skip] + 1 });
      return { status: 'skipped' };
    }
    const given = { ...message.chat, aliases, at: receivedAt };
    const known = identity.chat(account.id, message.chat);
    const { chat, joined } = identity.settle(account, known, given);
    const seq = loaded.appendTo(chat.id, message.message.direction, receivedAt);
    rows.push(rowOf(workspaceId, chat.id, seq, receivedAt, message.message));
    return { status: 'appended', chat, account, seq, receivedAt, joined };
  });
  await saveIdentity(db, loaded.changes());
  if (rows.length > 0) await db.write(INSERT, [JSON.stringify(rows)]);
  if (skipped.size > 0) await db.write(COUNT_SKIPPED, [JSON.stringify([...skipped.values()])]);
  return results;
}

function toldBy({ workspaceId, message: { whatsapp_account, chat }, aliases }: Arrival): Told {
  return {
    workspaceId,
    account: whatsapp_account.phone,
    // One that is named by its number has to be there already, and its account with it.
    begins: !chat.chat_id,
    chat,
    aliases,
    phone: chat.phone,
  };
}

/** When it was received, with its account; without one where its chat is unknown, or its account. */
function placeOf(loaded: LoadedIdentity, identity: Identity, arrival: Arrival) {
  const { whatsapp_account, chat } = arrival.message;
  const account = loaded.account(arrival.workspaceId, whatsapp_account.phone);
  const isUnknown = !account || (chat.chat_id && !identity.chat(account.id, chat));
  return { arrival, receivedAt: arrival.receivedAt(), account: isUnknown ? undefined : account };
}

const keyOf = (accountId: number, { message: { message } }: Arrival) =>
  `${accountId} ${message.direction} ${message.message_id}`;

/** Writes the keys of messages down; answers those that were not there. */
async function claim(
  db: Queries,
  placed: readonly ReturnType<typeof placeOf>[],
): Promise<Set<string>> {
  const keys = placed.flatMap(({ arrival, account, receivedAt }) => {
    if (!account) return [];
    const { direction, message_id } = arrival.message.message;
    return [{ account: account.id, direction, message_id, at: receivedAt }];
  });
  const rows = await db.rows<{ account_id: number; direction: string; native_id: string }>(CLAIM, [
    keys.map(({ account }) => account),
    keys.map(({ direction }) => direction),
    keys.map(({ message_id }) => message_id),
    keys.map(({ at }) => at),
  ]);
  return new Set(
    rows.map(({ account_id, direction, native_id }) => `${account_id} ${direction} ${native_id}`),
  );
}

function rowOf(
  workspace_id: number,
  chat_id: number,
  seq: number,
  received_at: number,
  message: Arrival['message']['message'],
) {
  return {
    ...{ workspace_id, chat_id, seq, received_at },
    uuid: makeMessageId({ chatId: chat_id, seq, receivedAt: received_at }),
    direction: message.direction,
    timestamp: message.timestamp,
    sender_name: message.sender?.full_name ?? '',
    sender_phone: message.sender?.phone ?? '',
    recipient_name: message.recipient?.full_name ?? '',
    recipient_phone: message.recipient?.phone ?? '',
    origin: message.origin,
    text: message.text,
  };
}

const CLAIM = `
  INSERT INTO seen (account_id, direction, native_id, received_at)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
  ON CONFLICT DO NOTHING RETURNING account_id, direction, native_id`;

// In the order in which they stand there, which is the order of their places in the log.
const INSERT = `
  INSERT INTO message (workspace_id, chat_id, seq, uuid, direction, timestamp, received_at,
    sender_name, sender_phone, recipient_name, recipient_phone, origin, text)
  SELECT workspace_id, chat_id, seq, uuid, direction, timestamp, received_at,
    sender_name, sender_phone, recipient_name, recipient_phone, origin, text
    FROM json_to_recordset($1) AS new (workspace_id bigint, chat_id bigint, seq bigint, uuid text,
      direction text, timestamp bigint, received_at bigint, sender_name text, sender_phone text,
      recipient_name text, recipient_phone text, origin text, text text)`;

const COUNT_SKIPPED = `
  UPDATE account SET skipped_attachment = skipped_attachment + skipped.attachment,
         skipped_no_text = skipped_no_text + skipped.no_text
    FROM json_to_recordset($1) AS skipped (id bigint, attachment bigint, no_text bigint)
   WHERE account.id = skipped.id`;
