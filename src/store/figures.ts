import type { Webhook } from './rows.ts';
import type { Lanes } from './store.ts';

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
  /** Size of the database, and of its write-ahead log where that is a file beside it. */
  bytes: { database: number; log?: number };
  /** On the disk of the data folder; null where the database is elsewhere. */
  freeBytes: number | null;
}

/** How a database is asked. */
interface Asked {
  all<Row>(sql: string): Promise<Row[]>;
  lanes: Pick<Lanes, 'waiting'>;
  /** The expression for the direction that a webhook filters by. */
  direction: string;
}

/** Counts what is in the tables. */
export async function countTables({
  all,
  lanes,
  direction,
}: Asked): Promise<Omit<Figures, 'bytes' | 'freeBytes'>> {
  const sums = async (sql: string) =>
    Object.fromEntries((await all<Pair>(sql)).map(({ state, n }) => [state, n]));
  const figures = {
    waiting: { on: { messages: 0, lanes: 0 }, off: { messages: 0, lanes: 0 } },
    dueSince: { healthy: null, failing: null } as Figures['dueSince'],
    webhooks: await sums(WEBHOOKS),
    emails: await sums(EMAILS),
    parked: (await all<{ n: number }>('SELECT count(*) AS n FROM parked'))[0]?.n ?? 0,
  };
  const isChoosy = `(${direction} IS NOT NULL OR webhook.gaps != '[]')`;
  for (const { enabled, ...counted } of await all<WaitingRow>(waitingBut(isChoosy))) {
    figures.waiting[enabled ? 'on' : 'off'] = counted;
  }
  const choosy = await all<ChoosyRow>(
    `SELECT id, enabled, ${direction} AS direction, gaps FROM webhook WHERE ${isChoosy}`,
  );
  for (const { id, enabled, direction: wanted, gaps } of choosy) {
    const webhook = { id, filters: { direction: wanted }, gaps: JSON.parse(gaps) } as Webhook;
    const messages = await lanes.waiting(webhook, COUNTED_AT_MOST);
    figures.waiting[enabled ? 'on' : 'off'].messages += messages;
  }
  for (const { failing, due } of await all<DueRow>(DUE_SINCE)) {
    figures.dueSince[failing ? 'failing' : 'healthy'] = due;
  }
  return figures;
}

// A chat's log has no gaps from a lane's place on, so most messages need not be counted one by one.
const waitingBut = (isChoosy: string) => `
  SELECT webhook.enabled, count(*) AS lanes,
         sum(CASE WHEN ${isChoosy} THEN 0 ELSE chat.last_seq - lane.next_seq + 1 END) AS messages
    FROM lane JOIN webhook ON webhook.id = lane.webhook_id JOIN chat ON chat.id = lane.chat_id
   GROUP BY webhook.enabled`;

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
  failing: number | boolean;
  due: number | null;
}
