import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { StoreNewerError } from './errors.ts';

/**
 * Brings the schema up to this program's version.
 * @param migrations every version there is, by names that are in order
 * @param atOnce does work wholly or not at all, where Kysely does not see to that itself
 * @throws {StoreNewerError} where a newer program has been there first
 */
export async function migrate<Schema>(
  db: Kysely<Schema>,
  migrations: Record<string, Migration>,
  atOnce = (work: () => Promise<void>) => work(),
): Promise<void> {
  const applied = await sql<{ name: string }>`SELECT name FROM kysely_migration`
    .execute(db)
    .then((result) => result.rows.map(({ name }) => name))
    .catch(() => []);
  const unknown = applied.find((name) => !(name in migrations));
  if (unknown) throw new StoreNewerError(unknown);
  if (applied.length === Object.keys(migrations).length) return;
  const migrator = new Migrator({
    db: db as Kysely<unknown>,
    provider: { getMigrations: async () => migrations },
  });
  await atOnce(async () => {
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  });
}
