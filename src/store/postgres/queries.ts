import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ClientBase, Pool, PoolClient, QueryResult } from 'pg';
import { StoreUnavailableError } from '../errors.ts';
import { remembered } from '../remembered.ts';
import { isConnectionLost, isUnavailable } from './error-code.ts';
import { socketOf } from './socket.ts';

/** What the repositories ask the database by: over any connection of a pool, or over that of a transaction. */
export interface Queries {
  /** Runs a statement, which each connection prepares once: for texts that are always the same. */
  rows<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /**
   * The same for a statement that answers nothing. In a transaction nobody waits for it: it is on its way
   * together with what is asked next, and where it fails, so does that, and the commit.
   */
  write(text: string, params?: readonly unknown[]): Promise<void>;
  /** Runs a statement that is not kept prepared: for texts put together anew each time. */
  once<Row>(text: string, params?: readonly unknown[]): Promise<Answer<Row>>;
}

export interface Answer<Row> {
  rows: Row[];
  affected: number;
  /** What was done: SELECT, COMMIT, … */
  command: string;
}

/** Over whichever connection of the pool is free. */
export class PoolQueries implements Queries {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async rows<Row>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#ask(prepared(text, params))).rows as Row[];
  }

  async write(text: string, params: readonly unknown[] = []): Promise<void> {
    await this.#ask(prepared(text, params));
  }

  async once<Row>(text: string, params: readonly unknown[] = []): Promise<Answer<Row>> {
    return toAnswer<Row>(await this.#ask({ text, values: params }));
  }

  async #ask(query: Statement): Promise<QueryResult> {
    const client = await connected(this.#pool);
    let isLost = false;
    try {
      return await run(client, query);
    } catch (error) {
      isLost = error instanceof StoreUnavailableError;
      throw error;
    } finally {
      client.release(isLost);
    }
  }
}

/**
 * A connection of the pool, once one is free.
 * @throws {StoreUnavailableError} where none can be made, for whatever reason: so also one whose certificate
 * does not fit, of which only the program's administrator can judge, and what is handed in may come later
 */
export async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    keepToItself(error);
    throw new StoreUnavailableError(error);
  }
}

/**
 * Over one connection, which carries out one statement after the other, in the order in which they were asked.
 * They need not wait for each other's answers: what is asked together makes one trip.
 */
export class ClientQueries implements Queries {
  readonly #client: ClientBase;
  readonly #socket: Socket;
  readonly #stopsAtFailure: boolean;
  #gathering = false;
  #failure: unknown = null;

  /**
   * @param stopsAtFailure whether nothing more is asked once something has failed, until that is taken: were it
   * the BEGIN of a transaction, what comes after it would be written for good
   */
  constructor(client: ClientBase, { stopsAtFailure = false } = {}) {
    this.#client = client;
    this.#socket = socketOf(client);
    this.#stopsAtFailure = stopsAtFailure;
  }

  /** The first error since this was asked last; a transaction in which there was one cannot commit. */
  takeFailure(): unknown {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  async rows<Row>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#ask(prepared(text, params))).rows as Row[];
  }

  async once<Row>(text: string, params: readonly unknown[] = []): Promise<Answer<Row>> {
    return toAnswer<Row>(await this.#ask({ text, values: params }));
  }

  async write(text: string, params: readonly unknown[] = []): Promise<void> {
    this.#ask(prepared(text, params)).catch(() => {});
  }

  /** Runs several statements in one trip, none of them with parameters; answers those of the last. */
  async script<Row>(text: string): Promise<Answer<Row>> {
    const results = (await this.#ask({ text })) as QueryResult | QueryResult[];
    return toAnswer<Row>(Array.isArray(results) ? (results.at(-1) as QueryResult) : results);
  }

  #ask(query: Statement): Promise<QueryResult> {
    if (this.#stopsAtFailure && this.#failure) return Promise.reject(this.#failure);
    this.#gather();
    const asked = run(this.#client, query);
    asked.catch((error) => {
      this.#failure ??= error;
    });
    return asked;
  }

  /** What is asked in one turn is handed to the socket at its end, all at once: waking the server costs most. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#gathering = false;
      this.#socket.uncork();
    });
  }
}

interface Statement {
  text: string;
  name?: string;
  values?: readonly unknown[];
}

const run = (client: ClientBase, query: Statement): Promise<QueryResult> =>
  answered(client.query(query as { text: string; values?: unknown[] }));

/** The texts are the program's own, so there is an end to them. */
const nameOf = remembered(
  (text) => createHash('sha256').update(text).digest('base64url').slice(0, 16),
  1000,
);

const prepared = (text: string, values: readonly unknown[]) => ({
  name: nameOf(text),
  text,
  values: values as unknown[],
});

const toAnswer = <Row>({ rows, rowCount, command }: QueryResult): Answer<Row> => ({
  rows,
  affected: rowCount ?? 0,
  command,
});

/** @throws {StoreUnavailableError} where the server cannot be asked now */
export async function answered<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    keepToItself(error);
    const isDown = isUnavailable(error) || isConnectionLost(error);
    throw isDown ? new StoreUnavailableError(error) : error;
  }
}

/** What the server tells besides may hold whole rows: texts, names, numbers. Errors go to the log. */
function keepToItself(error: unknown): void {
  const told = error as { detail?: unknown; where?: unknown };
  if (told?.detail !== undefined) told.detail = undefined;
  if (told?.where !== undefined) told.where = undefined;
}
