import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { StoreNewerError } from '../errors.ts';
import { theLog } from './0001-the-log.ts';
import { theZapsLife } from './0002-the-zaps-life.ts';
import { deliveryPolicy } from './0003-delivery-policy.ts';
import { theOutbox } from './0004-outbox.ts';
import { dailyCounters } from './0005-daily-counters.ts';
import { signIn } from './0006-sign-in.ts';
import { facts } from './0007-facts.ts';
import { identity } from './0008-identity.ts';
import { sources } from './0009-sources.ts';

/** Every version of the schema, in order. A landed one is never changed. */
const migrations: Record<string, Migration> = {
  '0001-the-log': theLog,
  '0002-the-zaps-life': theZapsLife,
  '0003-delivery-policy': deliveryPolicy,
  '0004-outbox': theOutbox,
  '0005-daily-counters': dailyCounters,
  '0006-sign-in': signIn,
  '0007-facts': facts,
  '0008-identity': identity,
  '0009-sources': sources,
};

/**
 * Brings the schema up to this program's version.
 * @throws {StoreNewerError} where a newer program has been there first
 */
export async function migrate<Schema>(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({
    db: db as Kysely<unknown>,
    provider: { getMigrations: async () => migrations },
  });
  const applied = await sql<{ name: string }>`SELECT name FROM kysely_migration`
    .execute(db)
    .then((result) => result.rows)
    .catch(() => []);
  const unknown = applied.find(({ name }) => !(name in migrations));
  if (unknown) throw new StoreNewerError(unknown.name);
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
