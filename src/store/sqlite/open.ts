import { chmodSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { StoreUnavailableError } from '../errors.ts';
import { Accounts } from '../everyday/accounts.ts';
import { Actions } from '../everyday/actions.ts';
import { Outbox } from '../everyday/outbox.ts';
import { ParkedDeliveries } from '../everyday/parked.ts';
import { SignIns } from '../everyday/sign-ins.ts';
import { Sources } from '../everyday/sources.ts';
import { folded } from '../folded.ts';
import { makeFolder } from '../make-folder.ts';
import { migrate } from '../migrate.ts';
import type { Tables } from '../schema.ts';
import type { SecretBox } from '../secret-box.ts';
import type { Repositories, Scope, Store } from '../store.ts';
import { SqliteChats } from './chats.ts';
import { SqliteCounters } from './counters.ts';
import { confirmKey, databasePath, openSecretBox } from './data-folder.ts';
import { isUnavailable, sqliteCode } from './error-code.ts';
import { SqliteHistory } from './history.ts';
import { SqliteLanes } from './lanes.ts';
import { SqliteMessages } from './messages.ts';
import { migrations } from './migrations/index.ts';
import { SqlitePeople } from './people.ts';
import { statementCache } from './statements.ts';
import { SqliteWebhooks } from './webhooks.ts';
import { SqliteWorkspaces } from './workspaces.ts';
import { WriteMutex } from './write-mutex.ts';

/** Another program may hold the database's lock for so long. */
const LOCKED_LIMIT_MS = 5000;
/** SQLite waits for it with the whole thread, so that is kept short; the rest is waited aside. */
const BUSY_TIMEOUT = 'busy_timeout = 50';
const LOCKED_RETRY_MS = 100;

export interface SqliteOptions {
  folder: string;
  /** Shared by all the threads of this process that open the folder; see {@link WriteMutex}. */
  mutexMemory?: SharedArrayBuffer;
}

/**
 * Opens a data folder, creating and migrating the database as needed. Two connections: one writes, one
 * reads what is committed.
 * @throws {StoreNewerError} where a newer program has written it
 * @throws {StoreKeyMissingError | StoreKeyDamagedError | StoreKeyUnreadableError | StoreKeyWrongError} where its secrets cannot be opened
 * @throws {StoreUnavailableError} where the database cannot be read
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  makeFolder(options.folder);
  const path = databasePath(options.folder);
  const box = openSecretBox(options.folder);
  const writer = connect(path);
  try {
    // FULL: a commit is on the disk before anyone is told that it happened.
    writer.pragma('journal_mode = WAL');
    writer.pragma('synchronous = FULL');
    await migrate(kyselyOf(writer), migrations, (work) => atOnce(writer, work));
    confirmKey(writer, box, options.folder);
    const write = repositories(writer, box);
    const reader = connect(path);
    reader.pragma('query_only = ON');
    for (const connection of [writer, reader]) connection.pragma(BUSY_TIMEOUT);
    const mutex = new WriteMutex(options.mutexMemory ?? WriteMutex.memory());
    return new SqliteStore(writer, reader, write, repositories(reader, box), mutex);
  } catch (error) {
    writer.close();
    throw isUnavailable(error) ? new StoreUnavailableError(error) : error;
  }
}

/** @throws {StoreUnavailableError} */
function connect(path: string): Database.Database {
  try {
    const db = new Database(path, { timeout: LOCKED_LIMIT_MS });
    // Messages are nobody else's business, whoever made the folder; SQLite's other files follow suit.
    chmodSync(path, 0o600);
    db.function('folded', { deterministic: true }, (text) => folded(String(text ?? '')));
    return db;
  } catch (error) {
    throw new StoreUnavailableError(error);
  }
}

/** A start that is cut off while it migrates leaves nothing of that, so that the next one can. */
async function atOnce(writer: Database.Database, work: () => Promise<void>): Promise<void> {
  writer.exec('BEGIN IMMEDIATE');
  try {
    await work();
    writer.exec('COMMIT');
  } catch (error) {
    if (writer.inTransaction) writer.exec('ROLLBACK');
    throw error;
  }
}

const kyselyOf = (database: SqliteDatabase) =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });

function repositories(database: Database.Database, box: SecretBox): Repositories {
  // Each statement that reads comes with a function made for its columns: preparing takes longer than asking.
  const db = kyselyOf({ prepare: statementCache(database), close: () => database.close() });
  return {
    workspaces: new SqliteWorkspaces(database, db),
    signIns: new SignIns(db),
    sources: new Sources(db, box),
    accounts: new Accounts(db),
    chats: new SqliteChats(database, db),
    webhooks: new SqliteWebhooks(database, db, box),
    people: new SqlitePeople(database),
    messages: new SqliteMessages(database),
    lanes: new SqliteLanes(database),
    actions: new Actions(db),
    parked: new ParkedDeliveries(db),
    history: new SqliteHistory(database),
    outbox: new Outbox(db),
    counters: new SqliteCounters(database, db),
  };
}

class SqliteStore implements Store {
  readonly read: Repositories;
  readonly #writer: Database.Database;
  readonly #reader: Database.Database;
  readonly #tx: Repositories;
  readonly #mutex: WriteMutex;
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;

  constructor(
    writer: Database.Database,
    reader: Database.Database,
    tx: Repositories,
    read: Repositories,
    mutex: WriteMutex,
  ) {
    this.#writer = writer;
    this.#reader = reader;
    this.#tx = tx;
    this.read = read;
    this.#mutex = mutex;
    this.#begin = writer.prepare('BEGIN IMMEDIATE');
    this.#commit = writer.prepare('COMMIT');
  }

  async transaction<Result>(
    work: (tx: Repositories) => Promise<Result>,
    scope?: Scope | (() => Scope),
  ): Promise<Result> {
    const release = await this.#mutex.acquire();
    try {
      await this.#beginPatiently();
      if (typeof scope === 'function') scope();
      const result = await work(this.#tx);
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.exec('ROLLBACK');
      throw isUnavailable(error) ? new StoreUnavailableError(error) : error;
    } finally {
      release();
    }
  }

  /** Waits for whoever holds the lock. */
  async #beginPatiently(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        this.#begin.run();
        return;
      } catch (error) {
        if (!isLocked(error) || tries * LOCKED_RETRY_MS >= LOCKED_LIMIT_MS) throw error;
        await sleep(LOCKED_RETRY_MS);
      }
    }
  }

  async close(): Promise<void> {
    this.#reader.close();
    this.#writer.close();
  }
}

const isLocked = (error: unknown) => sqliteCode(error).startsWith('SQLITE_BUSY');
