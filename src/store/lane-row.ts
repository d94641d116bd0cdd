import type { Lane, Shape } from './rows.ts';
import type { Tables } from './schema.ts';

/** A lane as it is stored, and whether its chat is a redirect. */
export type LaneRow = Tables['lane'] & { draining: number };

export const toLane = (row: LaneRow): Lane => ({
  webhookId: row.webhook_id,
  chatId: row.chat_id,
  nextSeq: row.next_seq,
  openedAt: row.opened_at,
  dueAt: row.due_at,
  attempts: row.attempts,
  blame: { attempts: row.blamed, since: row.blamed_since, last: row.blamed_at },
  error: row.error === null ? null : JSON.parse(row.error),
  seal:
    row.sealed_seq === null
      ? null
      : {
          lastSeq: row.sealed_seq,
          shape: row.sealed_shape as Shape,
          direction: row.sealed_direction,
        },
  draining: row.draining === 1,
});

export const toLaneRow = (lane: Lane): Tables['lane'] => ({
  webhook_id: lane.webhookId,
  chat_id: lane.chatId,
  next_seq: lane.nextSeq,
  opened_at: lane.openedAt,
  due_at: lane.dueAt,
  attempts: lane.attempts,
  blamed: lane.blame.attempts,
  blamed_since: lane.blame.since,
  blamed_at: lane.blame.last,
  error: lane.error && JSON.stringify(lane.error),
  sealed_seq: lane.seal?.lastSeq ?? null,
  sealed_shape: lane.seal?.shape ?? null,
  sealed_direction: lane.seal?.direction ?? null,
});
