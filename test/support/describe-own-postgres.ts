import { describe } from '@jest/globals';
import { OwnPostgres } from './own-postgres.ts';

if (!OwnPostgres.isThere) {
  const missing = 'This machine has no PostgreSQL server (apt-get install postgresql)';
  if (process.env.CI) throw new Error(`${missing}, and CI needs one`);
  process.stderr.write(`${missing}: what needs one of the tests' own is not tested.\n`);
}

/** Tests that start a PostgreSQL server of their own; skipped where none is installed. */
export const describeOwnPostgres = OwnPostgres.isThere ? describe : describe.skip;
