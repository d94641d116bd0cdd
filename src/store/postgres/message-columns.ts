/** What is read of a message: a LoggedMessage. */
export const COLUMNS = `chat_id AS "chatId", seq, id AS position, uuid, direction, timestamp,
  received_at AS "receivedAt", sender_name AS "senderName", sender_phone AS "senderPhone",
  recipient_name AS "recipientName", recipient_phone AS "recipientPhone", origin, text`;

/**
 * Leaves out what lies in a gap.
 * @param gaps an expression: the gaps as JSON, null where there are none
 */
export const outsideOf = (gaps: string): string =>
  `(${gaps} IS NULL OR NOT EXISTS (
     SELECT 1 FROM json_to_recordset(${gaps}) AS gap ("after" bigint, "upTo" bigint)
      WHERE message.id > gap."after" AND message.id <= gap."upTo"))`;
