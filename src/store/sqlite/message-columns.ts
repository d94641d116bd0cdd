/** What is read of a message: a LoggedMessage. */
export const COLUMNS = `chat_id AS chatId, seq, id AS position, uuid, direction, timestamp,
  received_at AS receivedAt, sender_name AS senderName, sender_phone AS senderPhone,
  recipient_name AS recipientName, recipient_phone AS recipientPhone, origin, text`;
