import { setImmediate as turn } from 'node:timers/promises';
import type { Scope } from '../store/store.ts';
import { FairQueue } from './fair-queue.ts';

/** The scope of a transaction that concerns these. */
export const amongThoseOf = (items: readonly { workspaceId: number }[]): Scope => ({
  among: [...new Set(items.map(({ workspaceId }) => workspaceId))],
});

/** So many turns of the event loop a commit waits at most: other work may make them long. */
const TURNS_AT_MOST = 16;

interface Entry<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** How much one transaction takes, and of whom. */
interface Shares<Item> {
  /** As the sum of the items' weights; one that weighs more by itself is taken alone. */
  maxWeight: number;
  weigh: (item: Item) => number;
  /** Whose item it is: where more waits than one transaction takes, all have the same share in each. */
  flow: (item: Item) => unknown;
}

/** @param take answers the items, the same ones each time */
type Commit<Item, Result> = (take: () => Item[]) => Promise<Result[]>;

/**
 * Gathers what arrives while a commit is under way, and as long as every turn of the event loop brings
 * more, and commits it together: many callers, one fsync. Each caller is answered only after the commit
 * that holds its item.
 *
 * If a group fails although the store is up, its items are committed one by one, so that a poison item
 * sinks alone.
 */
export class GroupCommit<Item, Result> {
  readonly #commit: Commit<Item, Result>;
  readonly #isDown: (error: unknown) => boolean;
  readonly #shares: Shares<Item>;
  readonly #waiting = new FairQueue<Entry<Item, Result>>();
  #running = false;

  /**
   * @param commit commits the items in one transaction and answers one result each, in order. It takes them
   * when it is its turn: those that came while it waited are among them
   * @param isDown whether an error means that no other group could be committed either
   */
  constructor(
    commit: Commit<Item, Result>,
    isDown: (error: unknown) => boolean,
    shares: Shares<Item>,
  ) {
    this.#commit = commit;
    this.#isDown = isDown;
    this.#shares = shares;
  }

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const { flow, weigh } = this.#shares;
      this.#waiting.add({ item, resolve, reject }, flow(item), weigh(item));
      this.#start();
    });
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#run().catch(() => {
      // Unreachable: a group's failure is handed to its callers.
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#commitGroup();
    }
    this.#running = false;
  }

  /** Each turn hands over what the sockets hold by then; one that brings nothing ends it. */
  async #gather(): Promise<void> {
    let known = 0;
    for (let turns = 0; turns < TURNS_AT_MOST && known < this.#waiting.length; turns += 1) {
      known = this.#waiting.length;
      await turn();
    }
  }

  /** @param given the group, where it was taken before */
  async #commitGroup(given: Entry<Item, Result>[] | null = null): Promise<void> {
    let taken = given;
    const group = () => {
      taken ??= this.#waiting.take(this.#shares.maxWeight);
      return taken;
    };
    try {
      const results = await this.#commit(() => group().map(({ item }) => item));
      for (const [i, entry] of group().entries()) entry.resolve(results[i] as Result);
    } catch (error) {
      const entries = group();
      if (entries.length === 1 || this.#isDown(error)) {
        for (const entry of entries) entry.reject(error);
      } else {
        for (const entry of entries) await this.#commitGroup([entry]);
      }
    }
  }
}
