import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // How often a Zap has subscribed to its webhook; 0 for webhooks made by hand.
  `ALTER TABLE webhook ADD COLUMN subscription INTEGER NOT NULL DEFAULT 0`,
  `UPDATE webhook SET subscription = 1 WHERE source = 'zapier'`,
  // JSON: [{"from", "to"}], times between which messages were not for this webhook.
  `ALTER TABLE webhook ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]'`,
];

/** Webhooks of Zaps that are switched off and on again. */
export const theZapsLife: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
