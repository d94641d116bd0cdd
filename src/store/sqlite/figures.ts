import { statfsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Webhook } from '../rows.ts';
import { databasePath } from './data-folder.ts';
import { SqliteLanes } from './lanes.ts';

/** So many messages are counted of a webhook that wants only some of its chats’ messages. */
const COUNTED_AT_MOST = 1_000_000;

/** How things stand in the store: what only a scan can tell. */
export interface Figures {
  /** Messages that wait for webhooks that are switched on, or off, and the lanes in which they wait. */
  waiting: Record<'on' | 'off', { messages: number; lanes: number }>;
  /** When the longest due delivery fell due, of webhooks without and with errors; null where none is. */
  dueSince: Record<'healthy' | 'failing', number | null>;
  webhooks: Record<string, number>;
  emails: Record<string, number>;
  parked: number;
  /** Sizes of the database's two files. */
  bytes: Record<'database' | 'log', number>;
  /** On the disk. */
  freeBytes: number;
}

/**
 * Counts, over a connection of its own. It may take seconds where millions of messages wait, so it has no
 * place on a thread that does anything else.
 */
export async function countFigures(folder: string): Promise<Figures> {
  const path = databasePath(folder);
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const all = <Row>(sql: string) => db.prepare(sql).all() as Row[];
    const figures: Figures = {
      waiting: { on: { messages: 0, lanes: 0 }, off: { messages: 0, lanes: 0 } },
      dueSince: { healthy: null, failing: null },
      webhooks: Object.fromEntries(all<Pair>(WEBHOOKS).map(({ state, n }) => [state, n])),
      emails: Object.fromEntries(all<Pair>(EMAILS).map(({ state, n }) => [state, n])),
      parked: db.prepare('SELECT count(*) FROM parked').pluck().get() as number,
      bytes: { database: sizeOf(path), log: sizeOf(`${path}-wal`) },
      freeBytes: freeBytes(folder),
    };
    for (const { enabled, ...counted } of all<WaitingRow>(WAITING)) {
      figures.waiting[enabled ? 'on' : 'off'] = counted;
    }
    const lanes = new SqliteLanes(db);
    for (const { id, enabled, direction, gaps } of all<ChoosyRow>(CHOOSY)) {
      const choosy = { id, filters: { direction }, gaps: JSON.parse(gaps) } as Webhook;
      const messages = await lanes.waiting(choosy, COUNTED_AT_MOST);
      figures.waiting[enabled ? 'on' : 'off'].messages += messages;
    }
    for (const { failing, due } of all<DueRow>(DUE_SINCE)) {
      figures.dueSince[failing ? 'failing' : 'healthy'] = due;
    }
    return figures;
  } finally {
    db.close();
  }
}

const IS_CHOOSY = `(webhook.filters ->> 'direction' IS NOT NULL OR webhook.gaps != '[]')`;

// A chat's log has no gaps from a lane's place on, so most messages need not be counted one by one.
const WAITING = `
  SELECT webhook.enabled, count(*) AS lanes,
         sum(CASE WHEN ${IS_CHOOSY} THEN 0 ELSE chat.last_seq - lane.next_seq + 1 END) AS messages
    FROM lane JOIN webhook ON webhook.id = lane.webhook_id JOIN chat ON chat.id = lane.chat_id
   GROUP BY webhook.enabled`;

const CHOOSY = `
  SELECT id, enabled, filters ->> 'direction' AS direction, gaps FROM webhook WHERE ${IS_CHOOSY}`;

const DUE_SINCE = `
  SELECT consecutive_errors > 0 AS failing,
         min((SELECT min(due_at) FROM lane WHERE webhook_id = webhook.id)) AS due
    FROM webhook WHERE enabled = 1 GROUP BY 1`;

const WEBHOOKS = `
  SELECT CASE WHEN enabled = 0 THEN coalesce(disabled_reason, 'owner')
              WHEN consecutive_errors > 0 THEN 'failing' ELSE 'healthy' END AS state, count(*) AS n
    FROM webhook GROUP BY 1`;

const EMAILS = 'SELECT state, count(*) AS n FROM email GROUP BY state';

interface Pair {
  state: string;
  n: number;
}
interface WaitingRow {
  enabled: number;
  lanes: number;
  messages: number;
}
interface ChoosyRow {
  id: number;
  enabled: number;
  direction: string | null;
  gaps: string;
}
interface DueRow {
  failing: number;
  due: number | null;
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
