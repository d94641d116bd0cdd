import type { Database, Statement } from 'better-sqlite3';

/** Texts made of parts are many, and most of those are needed once. */
const KEPT = 500;

/** Prepares each text once, as long as it is among the last so many. */
export function statementCache(db: Database): (text: string) => Statement {
  const prepared = new Map<string, Statement>();
  return (text) => {
    const known = prepared.get(text);
    if (known) return known;
    const statement = db.prepare(text);
    prepared.set(text, statement);
    const [oldest] = prepared.keys();
    if (prepared.size > KEPT && oldest !== undefined) prepared.delete(oldest);
    return statement;
  };
}
