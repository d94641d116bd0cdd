import type pg from 'pg';
import { LeaseLostError, StoreUnavailableError } from '../errors.ts';
import type { Repositories, Scope } from '../store.ts';
import { isAfterFailure, isInTheWay } from './error-code.ts';
import { type NOBODY, turnOf } from './lock.ts';
import { LIFE, wasCommitted } from './outcome.ts';
import { ClientQueries, type Queries } from './queries.ts';
import { cut } from './socket.ts';

interface Surroundings {
  toRepositories: (queries: Queries) => Repositories;
  /** Over other connections: for what became of a commit. */
  elsewhere: Queries;
  /** Aborted when the store is being closed. */
  closing: AbortSignal;
}

/** The transactions over one connection, one after the other. */
export class Transaction {
  readonly #client: pg.PoolClient;
  readonly #queries: ClientQueries;
  readonly #repositories: Repositories;
  readonly #surroundings: Surroundings;
  readonly #space: number;
  readonly #life: string;
  #committing: Promise<void> | null = null;
  #reusable = true;

  private constructor(
    client: pg.PoolClient,
    queries: ClientQueries,
    surroundings: Surroundings,
    { space, life }: { space: number; life: string },
  ) {
    this.#client = client;
    this.#queries = queries;
    this.#surroundings = surroundings;
    this.#repositories = surroundings.toRepositories(queries);
    this.#space = space;
    this.#life = life;
  }

  static async over(client: pg.PoolClient, surroundings: Surroundings): Promise<Transaction> {
    const queries = new ClientQueries(client, { stopsAtFailure: true });
    const { rows } = await queries.once<{ space: number; life: string }>(
      `SELECT hashtext(current_schema()) AS space, ${LIFE} AS life`,
    );
    return new Transaction(client, queries, surroundings, rows[0] as (typeof rows)[number]);
  }

  /** Whether the connection may be used again. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** Runs the work once and commits it; what it throws is what speaks most for trying again. */
  async run<Result>(
    work: (tx: Repositories, queries: Queries) => Promise<Result>,
    scope: Scope | typeof NOBODY | undefined,
    lease: number | null = null,
  ): Promise<Result> {
    const begun = this.#begin(scope, lease);
    begun.catch(() => {});
    try {
      // Beside others of the same workspaces its first statements travel with it; where it fails, so do they.
      if (!isAmong(scope)) await begun;
      const result = await work(this.#repositories, this.#queries);
      this.#committing = this.#commit(await begun);
      await this.#committing;
      return result;
    } catch (error) {
      const failure = this.#queries.takeFailure();
      const cause = isInTheWay(failure) || isAfterFailure(error) ? failure : error;
      await this.#rollBack(cause);
      // Without its lease the work has gone on for nothing, whatever became of it.
      throw (await leaseLostBy(begun)) ?? cause;
    } finally {
      this.#committing = null;
    }
  }

  /** @returns its id @throws {LeaseLostError} */
  async #begin(scope: Scope | typeof NOBODY | undefined, lease: number | null): Promise<string> {
    const { text, values } = turnOf(this.#space, scope, lease);
    const opened = this.#queries.script('BEGIN ISOLATION LEVEL READ COMMITTED');
    opened.catch(() => {});
    const rows = await this.#queries.rows<{ id: string; lease: number | null }>(text, values);
    await opened;
    const [begun] = rows as [(typeof rows)[number]];
    if (lease !== null && begun.lease === null) throw new LeaseLostError();
    return begun.id;
  }

  async #commit(id: string): Promise<void> {
    try {
      const { command } = await this.#queries.script('COMMIT');
      // After an error that the work passed over, the server answers ROLLBACK.
      if (command !== 'COMMIT') throw this.#queries.takeFailure() ?? new Error(`Got ${command}`);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#reusable = false;
      const { elsewhere, closing } = this.#surroundings;
      if (!(await wasCommitted({ id, life: this.#life }, elsewhere, closing))) throw error;
    }
  }

  async #rollBack(cause: unknown): Promise<void> {
    if (cause instanceof StoreUnavailableError) this.#reusable = false;
    if (!this.#reusable) return;
    try {
      await this.#queries.script('ROLLBACK');
    } catch {
      this.#reusable = false;
    }
    this.#queries.takeFailure();
  }

  /** Ends it where it stands; a commit under way is let go through. */
  async cut(): Promise<void> {
    if (this.#committing) return this.#committing.catch(() => {});
    this.#reusable = false;
    cut(this.#client);
  }
}

const isAmong = (scope: Scope | typeof NOBODY | undefined) =>
  typeof scope === 'object' && 'among' in scope;

const leaseLostBy = (begun: Promise<unknown>): Promise<LeaseLostError | null> =>
  begun.then(
    () => null,
    (reason) => (reason instanceof LeaseLostError ? reason : null),
  );
