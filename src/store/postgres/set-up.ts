import pg from 'pg';
import {
  engineError,
  StoreMoveUnfinishedError,
  StoreRefusedError,
  StoreUnreachableError,
} from '../errors.ts';
import { migrate } from '../migrate.ts';
import { confirmKey, type KeySource } from './installation.ts';
import { kyselyOver } from './kysely.ts';
import { MIGRATION_LOCK } from './lock.ts';
import { migrations } from './migrations/index.ts';
import { answered, ClientQueries, type Queries } from './queries.ts';
import { PLANS, sessionConfig } from './session.ts';

const OLDEST_VERSION = 15;

/**
 * Makes the database ready for this program: looks whether it will do, migrates it, and settles which key
 * opens its secrets. Of processes that start at once one comes after the other.
 * @returns the key
 * @throws {StoreError} with one sentence for whoever starts the program
 */
export function setUp(url: string, keySource: KeySource): Promise<Buffer> {
  return whenReady(url, async (queries) => {
    await refuseUnfinished(queries);
    return confirmKey(queries, keySource);
  });
}

/**
 * Migrates the database and runs `work` over the same connection, while whoever else sets it up waits.
 * @throws {StoreError} where this program cannot work on it
 */
export async function whenReady<Result>(
  url: string,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  const client = await connect(url);
  try {
    const queries = new ClientQueries(client);
    await check(queries);
    // It ends with the session, however that ends.
    await queries.once(`SELECT pg_advisory_lock(hashtext(current_schema()), ${MIGRATION_LOCK})`);
    await migrate(kyselyOver(queries), migrations);
    return await work(queries);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A data folder that was moved in by half must not be taken for all there is. */
async function refuseUnfinished(queries: Queries): Promise<void> {
  const { rows } = await queries.once('SELECT FROM move WHERE finished_at IS NULL');
  if (rows.length > 0) throw new StoreMoveUnfinishedError();
}

/**
 * Opens a connection of its own.
 * @throws {StoreUnreachableError}
 * @throws {StoreRefusedError} where it leads to a pooler
 */
export async function connect(
  url: string,
  options: Parameters<typeof sessionConfig>[1] = {},
): Promise<pg.Client> {
  try {
    // It reads the files that the URL names, such as sslrootcert.
    const client = new pg.Client(sessionConfig(url, options));
    // One that is lost fails whatever is asked of it next; nothing more has to be done.
    client.on('error', () => {});
    await answered(client.connect());
    return client;
  } catch (error) {
    const cause = engineError(error);
    // PostgreSQL itself knows this one.
    if (/unsupported startup parameter.*options/.test(String(cause))) {
      throw new StoreRefusedError(
        'The server of DATABASE_URL refuses what Pakiet asks of its connections (options), as a pooler such as pgbouncer does: give the address of PostgreSQL itself.',
      );
    }
    throw new StoreUnreachableError(cause);
  }
}

/** @throws {StoreRefusedError} where the program would not work on this database */
async function check(queries: Queries): Promise<void> {
  const { rows } = await queries.once<{
    version: string;
    encoding: string;
    schema: string | null;
    path: string;
    unicode: boolean;
    plans: string;
    replica: boolean;
  }>(
    `SELECT current_setting('server_version') AS version,
            current_setting('server_encoding') AS encoding, current_schema() AS schema,
            current_setting('search_path') AS path,
            current_setting('plan_cache_mode') AS plans, pg_is_in_recovery() AS replica,
            EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu') AS unicode`,
  );
  const { version, encoding, schema, path, unicode, plans, replica } =
    rows[0] as (typeof rows)[number];
  // A pooler that shares connections out would keep our locks, and mix up what is prepared.
  if (plans !== PLANS) {
    throw new StoreRefusedError(
      'What Pakiet asks of its connections does not reach the server of DATABASE_URL, as when a pooler such as pgbouncer leaves it out (ignore_startup_parameters): give the address of PostgreSQL itself.',
    );
  }
  if (replica) {
    throw new StoreRefusedError(
      'The server of DATABASE_URL is a replica, which nothing can be written to: give the address of the primary.',
    );
  }
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    throw new StoreRefusedError(
      `Pakiet needs PostgreSQL ${OLDEST_VERSION} or later, and the server of DATABASE_URL is PostgreSQL ${version}: use a newer one.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new StoreRefusedError(
      `The database of DATABASE_URL has the encoding ${encoding}, which cannot hold every message: create one with ENCODING 'UTF8'.`,
    );
  }
  if (!unicode) {
    throw new StoreRefusedError(
      'The server of DATABASE_URL was built without ICU, which searching for names needs: use one that has it, as most have.',
    );
  }
  if (schema === null) {
    throw new StoreRefusedError(
      `No schema of the search_path of DATABASE_URL exists (it is ${path}): create it first (CREATE SCHEMA …), or leave the search_path out of the address.`,
    );
  }
}
