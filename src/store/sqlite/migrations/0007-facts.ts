import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // Where there was an English sentence there are facts now, as JSON; the sentence is the only fact known.
  'ALTER TABLE activity RENAME COLUMN detail TO facts',
  `UPDATE activity SET facts = json_object('kind', 'told', 'text', facts)`,
  `UPDATE lane SET error = json_object('code', 'told', 'text', coalesce(error, '')) WHERE attempts > 0`,
  `UPDATE parked SET error = json_object('code', 'told', 'text', error)`,
  `UPDATE email SET facts = json_set(facts, '$.lastError',
      json_object('code', 'told', 'text', json_extract(facts, '$.lastError')))`,
];

/** What is told to people, in whichever language they read. */
export const facts: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
