import type { Migration } from 'kysely/migration';
import { theSchema } from './0001-the-schema.ts';
import { theMove } from './0002-the-move.ts';
import { byDueAlone } from './0003-by-due-alone.ts';

/** Every version of the schema on PostgreSQL, in order. A landed one is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-the-schema': theSchema,
  '0002-the-move': theMove,
  '0003-by-due-alone': byDueAlone,
};
