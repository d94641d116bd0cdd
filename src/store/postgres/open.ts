import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StoreUnavailableError } from '../errors.ts';
import { SecretBox } from '../secret-box.ts';
import type { Repositories, Scope, SharedStore, Store } from '../store.ts';
import { isInTheWay } from './error-code.ts';
import { type After, Heartbeat } from './heartbeat.ts';
import { theKey } from './installation.ts';
import { PostgresLeases } from './leases.ts';
import { NOBODY } from './lock.ts';
import { connected, PoolQueries, type Queries } from './queries.ts';
import { repositories } from './repositories.ts';
import { sessionConfig } from './session.ts';
import { setUp } from './set-up.ts';
import { PostgresSignals } from './signals.ts';
import { cut } from './socket.ts';
import { Transaction } from './transaction.ts';

/**
 * Connections that write. Work comes in groups, of which one goes on while another waits for its flush to
 * the disk; more would only take turns at the same rows. All processes together must leave the server room.
 */
export const WRITERS = 4;
export const READERS = 4;
/** A lease must not lapse because all that write are waiting. */
export const LEASE_KEEPERS = 1;
/** Opening one anew costs milliseconds, and what it has prepared. */
const IDLE_LIMIT_MS = 60_000;

const TRIES = 10;
/** The longest wait before the second try; before each further one it is longer by as much. */
const WAIT_MS = 10;

export interface PostgresOptions {
  url: string;
  /** 32 bytes: it opens the secrets at rest. */
  key: Uint8Array;
  /** For the waits before a transaction is tried again. */
  random?: () => number;
  /** For the heartbeat. */
  after?: After;
}

/**
 * Opens the database of that URL, migrating it as needed.
 * @throws {StoreError} with one sentence where it cannot be used
 */
export async function openPostgres(options: PostgresOptions): Promise<SharedStore> {
  const key = await setUp(options.url, theKey(options.key));
  return new PostgresStore(options, new SecretBox(key));
}

class PostgresStore implements SharedStore {
  readonly read: Repositories;
  readonly leases: PostgresLeases;
  readonly signals: PostgresSignals;
  readonly #writers: pg.Pool;
  readonly #readers: pg.Pool;
  readonly #leaseKeepers: pg.Pool;
  readonly #queries: PoolQueries;
  readonly #box: SecretBox;
  readonly #random: () => number;
  readonly #closing = new AbortController();
  readonly #prepared = new WeakMap<pg.PoolClient, Promise<Transaction>>();
  readonly #open = new Set<Transaction>();
  readonly #clients = new Set<pg.PoolClient>();
  readonly #heartbeat: Heartbeat;

  constructor({ url, random = Math.random, after }: PostgresOptions, box: SecretBox) {
    const writing = sessionConfig(url, { keepsPlans: true });
    const reading = sessionConfig(url, { keepsPlans: true, readOnly: true });
    this.#writers = poolOf(writing, WRITERS, this.#clients);
    this.#readers = poolOf(reading, READERS, this.#clients);
    this.#leaseKeepers = poolOf(writing, LEASE_KEEPERS, this.#clients);
    this.#queries = new PoolQueries(this.#readers);
    this.read = repositories(this.#queries, box, false);
    this.signals = new PostgresSignals(url);
    this.leases = new PostgresLeases((work) =>
      this.#transaction((_, queries) => work(queries), NOBODY),
    );
    this.#box = box;
    this.#random = random;
    const silent = () => {
      for (const client of this.#clients) cut(client);
      this.signals.cut();
    };
    this.#heartbeat = new Heartbeat(() => this.signals.ping(), silent, after);
  }

  transaction<Result>(
    work: (tx: Repositories) => Promise<Result>,
    scope?: Scope | (() => Scope),
  ): Promise<Result> {
    return this.#transaction(work, scope);
  }

  under(lease: number): Store {
    return {
      read: this.read,
      close: () => this.close(),
      transaction: (work, scope) => this.#transaction(work, scope, lease),
    };
  }

  async now(): Promise<number> {
    const [row] = await this.#queries.rows<{ now: number }>(
      'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
    );
    return (row as { now: number }).now;
  }

  async #transaction<Result>(
    work: (tx: Repositories, queries: Queries) => Promise<Result>,
    scope: Scope | (() => Scope) | typeof NOBODY | undefined,
    lease: number | null = null,
  ): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#try(work, scope, lease);
      } catch (error) {
        if (!isInTheWay(error) || tries === TRIES) throw error;
      }
      await sleep(this.#random() * WAIT_MS * tries);
    }
  }

  async #try<Result>(
    work: (tx: Repositories, queries: Queries) => Promise<Result>,
    scope: Scope | (() => Scope) | typeof NOBODY | undefined,
    lease: number | null,
  ): Promise<Result> {
    const client = await this.#connect(scope === NOBODY ? this.#leaseKeepers : this.#writers);
    let reusable = false;
    try {
      const transaction = await this.#on(client);
      this.#open.add(transaction);
      try {
        const its = typeof scope === 'function' ? scope() : scope;
        return await transaction.run(work, its, lease);
      } finally {
        this.#open.delete(transaction);
        reusable = transaction.reusable;
      }
    } finally {
      client.release(!reusable);
    }
  }

  /** A connection of the pool, once one is free. A pool that is being closed leaves who waits waiting. */
  async #connect(pool: pg.Pool): Promise<pg.PoolClient> {
    const { signal } = this.#closing;
    const connecting = connected(pool);
    const closed = Promise.withResolvers<never>();
    const close = () => {
      connecting.then((client) => client.release(true)).catch(() => {});
      closed.reject(new StoreUnavailableError(new Error('the store is closed')));
    };
    if (signal.aborted) close();
    signal.addEventListener('abort', close);
    try {
      return await Promise.race([connecting, closed.promise]);
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  #on(client: pg.PoolClient): Promise<Transaction> {
    let prepared = this.#prepared.get(client);
    if (!prepared) {
      prepared = Transaction.over(client, {
        toRepositories: (queries) => repositories(queries, this.#box, true),
        elsewhere: this.#queries,
        closing: this.#closing.signal,
      });
      this.#prepared.set(client, prepared);
    }
    return prepared;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#heartbeat.stop();
    await Promise.all([...this.#open].map((transaction) => transaction.cut()));
    await Promise.all([
      ...[this.#writers, this.#readers, this.#leaseKeepers].map((pool) => pool.end()),
      this.signals.close(),
    ]);
  }
}

/** @param clients where the connections that there are will be */
function poolOf(config: pg.ClientConfig, max: number, clients: Set<pg.PoolClient>): pg.Pool {
  const pool = new pg.Pool({ ...config, max, idleTimeoutMillis: IDLE_LIMIT_MS });
  // A connection that is lost fails whatever is asked of it; where nobody was using it, another is made.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    clients.add(client);
    client.on('error', () => {});
  });
  pool.on('remove', (client) => void clients.delete(client));
  return pool;
}
