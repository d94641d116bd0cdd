import { RowDigest } from './digest.ts';
import { MoveDiffersError } from './errors.ts';
import type { MoveSource } from './source.ts';
import type { Storable } from './storable.ts';
import { TABLE_NAMES, TABLES, type TableName } from './tables.ts';
import type { MoveTarget } from './target.ts';

/** How often a long table lets others of this thread have their turn, in rows. */
const ROWS_AT_A_TIME = 5000;

/**
 * What has to be the same by its meaning, asked of both. Times are summed up in seconds: of milliseconds the
 * sum would be more than SQLite can hold.
 */
const FIGURES: Readonly<Record<string, string>> = {
  'the cursors of the webhooks': `
    SELECT webhook_id AS id, count(*) AS lanes, sum(next_seq) AS next_seq, count(sealed_seq) AS sealed,
           sum(opened_at / 1000) AS opened_at, sum(due_at / 1000) AS due_at, sum(attempts) AS attempts
      FROM lane GROUP BY webhook_id ORDER BY webhook_id`,
  'the rings of the webhooks': `
    SELECT id, requests, actions,
           (SELECT max(n) FROM request_log WHERE webhook_id = webhook.id) AS last_request,
           (SELECT max(n) FROM activity WHERE webhook_id = webhook.id) AS last_action
      FROM webhook ORDER BY id`,
  'the ends of the chats’ logs': `
    SELECT count(*) AS chats, sum(last_seq) AS last_seq, sum(log.last) AS last_kept,
           sum(CASE WHEN log.last > chat.last_seq THEN 1 ELSE 0 END) AS behind_their_log
      FROM chat LEFT JOIN (SELECT chat_id, max(seq) AS last FROM message GROUP BY chat_id) AS log
        ON log.chat_id = chat.id`,
};

/**
 * Reads both from beginning to end and compares them: every row of every table, the cursors and logs by
 * what they mean, and from where ids go on.
 * @param onRows told how many more rows of a table have been compared
 * @throws {MoveDiffersError} where the copy is not the same
 */
export async function verify(
  source: MoveSource,
  target: MoveTarget,
  storable: Storable,
  onRows: (table: TableName, rows: number) => void,
): Promise<void> {
  for (const table of TABLE_NAMES) {
    // PostgreSQL sums up while this thread does.
    const theirs = target.digest(table, source.columns(table));
    const ours = new RowDigest();
    theirs.catch(() => {});
    let compared = 0;
    for (const { row, isMoved } of source.rows(table, storable)) {
      if (isMoved) ours.add(row);
      compared += 1;
      if (compared % ROWS_AT_A_TIME > 0) continue;
      onRows(table, ROWS_AT_A_TIME);
      await new Promise(setImmediate);
    }
    onRows(table, compared % ROWS_AT_A_TIME);
    const { rows, sum } = await theirs;
    if (rows !== ours.rows) {
      throw new MoveDiffersError(`"${table}" has ${rows} rows instead of ${ours.rows}`);
    }
    if (sum !== ours.sum) throw new MoveDiffersError(`rows of "${table}" are not the same`);
  }
  for (const [what, text] of Object.entries(FIGURES)) {
    const [ours, theirs] = [source.all(text), await target.all(text)];
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) throw new MoveDiffersError(what);
  }
  for (const table of TABLE_NAMES.filter((one) => TABLES[one].numbered)) {
    if ((await target.givenLast(table)) < source.lastGiven(table)) {
      throw new MoveDiffersError(`ids of "${table}" would be given twice`);
    }
  }
}
