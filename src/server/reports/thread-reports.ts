import type { Clock } from '../../core/clock.ts';
import type { CostsQuestion } from '../../core/count-costs.ts';
import type { ChatFiles, Estimated } from '../../core/estimate-files.ts';
import type { Site } from '../../core/render.ts';
import {
  type Computed,
  type Costs,
  ReportFailedError,
  type Reports,
  ReportsBusyError,
} from '../../core/reports.ts';
import type { StoreConfig } from '../../store/open.ts';
import type { AccountFigures, Period } from '../../store/report-log.ts';
import type { Filters } from '../../wire/webhook.ts';
import { askThread } from '../ask-thread.ts';

/** How long an answer is given again. */
const KEPT_MS = 60_000;
const ANSWERS_KEPT = 50;
/** Questions that wait for their turn, the one being answered among them. */
const WAITING = 20;
/** Of those the ones that hold files. */
const FILES_WAITING = 3;

export type Question =
  | ({ kind: 'costs' } & CostsQuestion)
  | { kind: 'accounts'; workspaceId: number; todayFrom: number }
  | ({ kind: 'estimate' } & ChatFiles);

/** What a thread is handed. */
export interface ReportTask {
  store: StoreConfig;
  site: Site;
  question: Question;
}

export interface ReportsOptions {
  store: StoreConfig;
  clock: Clock;
  site: Site;
  /** Told why a report failed; whoever asked is told that it did. */
  onError: (error: unknown) => void;
  /** Module that answers one {@link ReportTask}. */
  entry?: URL;
}

/**
 * Makes reports one after the other, each by a thread that lives just so long: neither intake nor
 * deliveries wait for one, a thread that dies takes only its own report along, and where nobody asks it
 * costs nothing. Questions that are the same share one answer.
 */
export class ThreadReports implements Reports {
  readonly #options: Required<ReportsOptions>;
  readonly #answers = new Map<string, { at: number; answer: Promise<object> }>();
  readonly #stopping = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #filesWaiting = 0;

  constructor(options: ReportsOptions) {
    this.#options = { entry: new URL('./report-worker.js', import.meta.url), ...options };
  }

  costs(workspaceId: number, filters: Filters, { from, to }: Period): Promise<Computed<Costs>> {
    return this.#ask({ kind: 'costs', workspaceId, filters, period: { from, to } });
  }

  // They come with the costs, which a page that asks for the one shows as well.
  messagesByDay(workspaceId: number, filters: Filters, period: Period): Promise<Computed<Costs>> {
    return this.costs(workspaceId, filters, period);
  }

  accountFigures(
    workspaceId: number,
    todayFrom: number,
  ): Promise<Computed<{ accounts: AccountFigures[] }>> {
    return this.#ask({ kind: 'accounts', workspaceId, todayFrom });
  }

  async estimate(given: ChatFiles): Promise<Estimated> {
    if (this.#waiting >= WAITING || this.#filesWaiting >= FILES_WAITING)
      throw new ReportsBusyError();
    this.#filesWaiting += 1;
    try {
      return (await this.#inTurn({ kind: 'estimate', ...given })) as Estimated;
    } finally {
      this.#filesWaiting -= 1;
    }
  }

  /** Ends what is being counted; whoever waits for it is told that it failed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#turn;
  }

  async #ask<Answer extends object>(question: Question): Promise<Computed<Answer>> {
    const now = this.#options.clock.now();
    const key = JSON.stringify(question);
    const known = this.#answers.get(key);
    if (known && Math.abs(now - known.at) < KEPT_MS) {
      return { ...((await known.answer) as Answer), computedAt: known.at };
    }
    if (this.#waiting >= WAITING) throw new ReportsBusyError();
    const asked = { at: now, answer: this.#inTurn(question) };
    this.#keep(key, asked);
    try {
      return { ...((await asked.answer) as Answer), computedAt: now };
    } catch (error) {
      if (this.#answers.get(key) === asked) this.#answers.delete(key);
      throw error;
    }
  }

  #inTurn(question: Question): Promise<object> {
    const { store, site, entry, onError } = this.#options;
    this.#waiting += 1;
    const answer = this.#turn
      .then(() => askThread<object>(entry, { store, site, question }, this.#stopping.signal))
      .catch((error) => {
        if (!this.#stopping.signal.aborted) onError(error);
        throw new ReportFailedError(error);
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** The answer asked for longest ago makes room. */
  #keep(key: string, asked: { at: number; answer: Promise<object> }): void {
    this.#answers.delete(key);
    this.#answers.set(key, asked);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > ANSWERS_KEPT && oldest !== undefined) this.#answers.delete(oldest);
  }
}
