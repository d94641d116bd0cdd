import { randomBytes } from 'node:crypto';
import { afterAll, describe } from '@jest/globals';
import pg from 'pg';

/** The server that the tests run against; each takes a schema of its own in that database. */
const SERVER = process.env.PAKIET_TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** Whether a server answers there. Where CI runs there must be one. */
export const hasPostgres = await canConnect();

async function canConnect(): Promise<boolean> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const reason = `No PostgreSQL answers at PAKIET_TEST_DATABASE_URL (${(error as Error).message})`;
    if (process.env.CI) throw new Error(`${reason}, and CI needs one`, { cause: error });
    process.stderr.write(`${reason}: its tests are skipped.\n`);
    return false;
  }
}

/** Tests of what only PostgreSQL does; skipped where there is none. */
export const describePostgres = hasPostgres ? describe : describe.skip;

const schemas: string[] = [];
const databases: string[] = [];

/** The URL of a new, empty schema, which is dropped when the suite has ended. */
export async function emptySchema(): Promise<string> {
  const name = `pakiet_test_${randomBytes(8).toString('hex')}`;
  await ask(`CREATE SCHEMA ${name}`);
  schemas.push(name);
  const url = new URL(SERVER);
  url.searchParams.set('options', `-c search_path=${name}`);
  // By which its connections are told from those of other tests.
  url.searchParams.set('application_name', name);
  return url.href;
}

/** The URL of a new database, made in that way, which is dropped when the suite has ended. */
export async function emptyDatabase(how: string): Promise<string> {
  const name = `pakiet_test_${randomBytes(8).toString('hex')}`;
  await ask(`CREATE DATABASE ${name} TEMPLATE template0 ${how}`);
  databases.push(name);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs statements over a connection of its own. */
export async function ask<Row = Record<string, unknown>>(
  text: string,
  url = SERVER,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return rows;
  } finally {
    await client.end();
  }
}

/** Ends the connections of whoever works in the schema of that URL, as an administrator would. */
export async function endConnections(url: string): Promise<void> {
  const name = new URL(url).searchParams.get('application_name');
  await ask(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND application_name = '${name}'`,
  );
}

/** Schemas dropped by one statement, which locks all that is in them: a server has room for so many. */
const AT_ONCE = 20;

// A machine that others keep busy took half a minute for those of the contract suite, dropped one by one.
afterAll(async () => {
  while (schemas.length > 0) await ask(`DROP SCHEMA ${schemas.splice(0, AT_ONCE)} CASCADE`);
  for (const name of databases.splice(0)) await ask(`DROP DATABASE ${name} WITH (FORCE)`);
}, 120_000);
