import type { Database, Statement } from 'better-sqlite3';
import { remembered } from '../remembered.ts';

/** Texts made of parts are many, and most of those are needed once. */
const KEPT = 500;

/** Prepares each text once. */
export const statementCache = (db: Database): ((text: string) => Statement) =>
  remembered((text) => db.prepare(text), KEPT);
