import type { Database, Statement } from 'better-sqlite3';
import { remembered } from '../remembered.ts';

/** Texts made of parts are many, and most of those are needed once. */
const KEPT = 500;
const QUOTED_OR_PARAMETER = /'[^']*'|"[^"]*"|[?@]\w*/g;

/** Prepares each text once. */
export const statementCache = (db: Database): ((text: string) => Statement) =>
  remembered((text) => db.prepare(plannedOnce(text)), KEPT);

/**
 * Puts a plus before each parameter, which changes nothing of its value. Without it this SQLite, which is built with
 * STAT4, plans a statement anew each time a value is bound that might make another plan better: 41 µs to look
 * up a due lane instead of 2, and 11 µs to read a message instead of 1.
 */
function plannedOnce(text: string): string {
  return text.replace(QUOTED_OR_PARAMETER, (part) => (/^[?@]/.test(part) ? `+${part}` : part));
}
