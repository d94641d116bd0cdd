import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CrashServer } from '../support/crash-server.ts';
import { MailServer } from '../support/mail-server.ts';
import type { History } from './history.ts';
import { HookWatch } from './hook-watch.ts';
import { HOOKS } from './hooks.ts';
import { Lives } from './lives.ts';
import { aPlan, type Plan } from './plan.ts';
import { Random } from './random.ts';
import { Receivers } from './receivers.ts';
import { CrashSender, type Outlet } from './senders.ts';
import { SteeredTime } from './steered-time.ts';

export interface CrashOptions {
  seed: number;
  /** Kill so often, unless the seconds are over before. */
  kills: number;
  seconds: number;
  progress?: (kills: number) => void;
}

const SENDERS = 6;
const PAUSE_MS = 60;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A life in which what it is to end with does not happen ends all the same. */
const LONG_LIFE_MS = 2500;
/** While something is due, no more than this goes by without a request. */
const STALL_LIMIT_MS = 5000;

/** Streams messages at a server, kills it over and over, and answers with all that happened. */
export async function crashRun(options: CrashOptions): Promise<History> {
  const folder = mkdtempSync(join(tmpdir(), 'pakiet-crash-'));
  const run = new CrashRun(folder, options);
  try {
    return await run.run();
  } finally {
    await run.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #random: Random;
  readonly #history: History;
  readonly #receivers: Receivers;
  readonly #watch: HookWatch;
  readonly #lives: Lives;
  #mail: MailServer | null = null;
  /** Requests that senders have under way. */
  #busy = 0;
  #goesOn = true;

  constructor(folder: string, options: CrashOptions) {
    const { seed } = options;
    const time = new SteeredTime(folder);
    this.#options = options;
    this.#random = new Random(seed);
    this.#receivers = new Receivers(HOOKS, time, new Random(seed, 1), (event) =>
      this.#lives.strike(event),
    );
    this.#history = {
      hooks: HOOKS,
      said: [],
      delivered: this.#receivers.delivered,
      lives: [],
      moves: time.moves,
      looks: [],
      mails: [],
      faults: [],
    };
    this.#lives = new Lives(folder, time, this.#history, () => this.#mail?.url ?? '');
    this.#watch = new HookWatch(this.#history, this.#receivers, time);
  }

  async run(): Promise<History> {
    const { seed, kills, seconds, progress } = this.#options;
    const until = Date.now() + seconds * 1000;
    await this.#receivers.start();
    this.#mail = await MailServer.start();
    this.#mail.beforeAccepting = async ({ headers }) => {
      this.#history.mails.push(headers.get('message-id') ?? '');
    };
    const senders: Promise<void>[] = [];
    for (let killed = 0; killed < kills && Date.now() < until; killed += 1) {
      if (killed > 0) progress?.(killed);
      const plan = aPlan(this.#random);
      const server = await this.#lives.begin(killed === 0 ? null : plan);
      if (killed === 0 && server) {
        await this.#watch.create(server);
        const sender = (i: number) => new CrashSender(i, this.#outlet(), new Random(seed, 10 + i));
        for (let i = 0; i < SENDERS; i += 1) senders.push(sender(i).run(() => this.#goesOn));
      }
      if (server) await this.#liveOn(server, plan);
      await this.#lives.bury();
    }
    await this.#comeToAnEnd(senders);
    return this.#history;
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#lives.stop();
    await this.#receivers.stop();
    await this.#mail?.stop();
  }

  /** From when the server is ready until it is killed. */
  async #liveOn(server: CrashServer, plan: Plan): Promise<void> {
    const lives = this.#lives;
    try {
      await this.#watch.attend(server);
      lives.openDoors(server);
      if (plan.quietBefore) await this.#comeToRest(server);
      lives.arm(plan);
      lives.strike('quiet');
      await this.#keepMoving(server, LONG_LIFE_MS, plan.at === 'moved');
    } catch (error) {
      // A server that has been killed does not answer.
      if (lives.isAlive(server)) this.#history.faults.push(`a server failed: ${error}`);
    }
    lives.giveUp(server);
  }

  /** Messages come for a while; then they stop, and all that is due goes out. */
  async #comeToRest(server: CrashServer): Promise<void> {
    await this.#keepMoving(server, this.#random.whole(50, 500), false);
    this.#lives.closeDoors();
    while (this.#busy > 0) await pause(1);
    const isQuiet = await this.#watch.comesToRest(server, STALL_LIMIT_MS);
    if (!isQuiet) this.#history.faults.push('what was due did not get out');
    this.#lives.life.quietAt = Date.now();
  }

  /** Time goes by: minutes for the most part, and hours now and then. */
  async #keepMoving(server: CrashServer, realMs: number, byHours: boolean): Promise<void> {
    const until = Date.now() + realMs;
    while (this.#lives.isAlive(server) && Date.now() < until) {
      const hours = byHours || this.#random.chance(0.25);
      const ms = hours ? this.#random.whole(HOUR, 7 * HOUR) : this.#random.whole(0, 20 * MINUTE);
      const wait = this.#random.whole(20, 150);
      await Promise.race([server.ended, pause(wait)]);
      if (this.#lives.isAlive(server)) await this.#lives.move(server, ms);
    }
  }

  /** Everybody is well again, and everything gets out. */
  async #comeToAnEnd(senders: Promise<void>[]): Promise<void> {
    const server = await this.#lives.begin(null, true);
    if (!server) throw new Error(`The last server did not start: ${this.#history.faults}`);
    const move = (ms: number) => this.#lives.move(server, ms);
    this.#lives.openDoors(server);
    await this.#watch.bringToAnEnd(server, move);
    this.#goesOn = false;
    await Promise.all(senders);
    await move(10 * HOUR);
    const isEmpty = await this.#watch.getsEmpty(server, STALL_LIMIT_MS);
    if (!isEmpty) this.#history.faults.push('messages were still waiting in the end');
    await this.#watch.look(server);
    server.signal('SIGTERM');
    await this.#lives.bury(0);
  }

  /** The run as senders see it. */
  #outlet(): Outlet {
    const { said, faults } = this.#history;
    return {
      said,
      faults,
      time: this.#lives.time,
      open: () => this.#lives.talkTo(),
      strike: (event) => this.#lives.strike(event),
      isOver: () => true,
      pauseMs: PAUSE_MS,
      busy: () => {
        this.#busy += 1;
        return () => {
          this.#busy -= 1;
        };
      },
    };
  }
}
