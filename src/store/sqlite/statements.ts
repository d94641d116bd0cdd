import type { Database, Statement } from 'better-sqlite3';

/** Prepares each text once. */
export function statementCache(db: Database): (text: string) => Statement {
  const prepared = new Map<string, Statement>();
  return (text) => {
    let statement = prepared.get(text);
    if (!statement) {
      statement = db.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
}
