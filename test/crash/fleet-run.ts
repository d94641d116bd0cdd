import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MailServer } from '../support/mail-server.ts';
import { OwnPostgres } from '../support/own-postgres.ts';
import { DatabaseRecord } from './database-record.ts';
import {
  allHeld,
  DISTURBANCES,
  type Disturbance,
  type Disturbed,
  disturb,
} from './disturbances.ts';
import { Fleet, type Member, type Role } from './fleet.ts';
import { fleetRecord, lostOutcomes } from './fleet-record.ts';
import type { FleetRecord, History } from './history.ts';
import { HookWatch } from './hook-watch.ts';
import { HOOKS } from './hooks.ts';
import { aPlan, type Event } from './plan.ts';
import { Random } from './random.ts';
import { Receivers } from './receivers.ts';
import { CrashSender, type Outlet } from './senders.ts';
import { SteeredTime } from './steered-time.ts';

const DISPATCHERS = 4;
const APIS = 2;
const SENDERS = 4;
const PAUSE_MS = 300;
/** A request is held by its receiver for less than half a lease. */
const LEASE_MS = 3000;
const LONGEST_HOLD_MS = 1200;
/** How often a dispatcher looks for what it may not have been told. */
const LOOK_EVERY_MS = 10_000;
/** What a disturbance waits for comes by then, or else it comes without. */
const EVENT_LIMIT_MS = 2500;
const STALL_LIMIT_MS = LEASE_MS + LOOK_EVERY_MS + 5000;
/** A server says that it is unable to take anything so long after a trouble. */
const UNABLE_MS = 2000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SCHEMA = 'fleet';

export interface FleetOptions {
  seed: number;
  /** So long disturbances follow each other; each kind comes once, however long that takes. */
  seconds: number;
  progress?: (what: Disturbance) => void;
}

/** Disturbs processes that share a database over and over, and answers with all that happened. */
export async function fleetRun({ seed, seconds, progress }: FleetOptions): Promise<History> {
  const run = new FleetRun({ seed });
  const random = new Random(seed, 3);
  const until = Date.now() + seconds * 1000;
  try {
    await run.start();
    for (const what of random.shuffled(DISTURBANCES)) {
      progress?.(what);
      await run.disturb(what);
    }
    while (Date.now() < until) {
      const what = random.pick(DISTURBANCES);
      progress?.(what);
      await run.disturb(what);
    }
    return await run.end();
  } finally {
    await run.stop();
  }
}

export interface FleetSize {
  seed: number;
  dispatchers?: number;
  apis?: number;
}

/** Processes over one database, which messages stream through, and all that happens to them. */
export class FleetRun {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pakiet-fleet-'));
  readonly #random: Random;
  readonly #seed: number;
  readonly #roles: Role[];
  readonly #time = new SteeredTime(this.#folder);
  readonly #history: History;
  readonly #record: FleetRecord = {
    graceMs: LEASE_MS + LOOK_EVERY_MS,
    troubles: [],
    holdings: [],
  };
  readonly #receivers: Receivers;
  readonly #watch: HookWatch;
  readonly #senders: Promise<void>[] = [];
  #on!: Disturbed;
  #mail: MailServer | null = null;
  #postgres: OwnPostgres | null = null;
  #goesOn = true;
  #isMoving = true;
  #moving: Promise<void> = Promise.resolve();
  #awaited: { event: Event; left: number; come: () => void } | null = null;

  constructor({ seed, dispatchers = DISPATCHERS, apis = APIS }: FleetSize) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#roles = [
      ...Array.from({ length: apis }, () => 'api' as const),
      ...Array.from({ length: dispatchers }, () => 'dispatcher' as const),
    ];
    this.#receivers = new Receivers(
      HOOKS,
      this.#time,
      new Random(seed, 1),
      (event) => this.#strike(event),
      LONGEST_HOLD_MS,
    );
    this.#history = {
      hooks: HOOKS,
      said: [],
      delivered: this.#receivers.delivered,
      lives: [],
      moves: this.#time.moves,
      looks: [],
      mails: [],
      faults: [],
      fleet: this.#record,
    };
    this.#watch = new HookWatch(this.#history, this.#receivers, this.#time);
  }

  /** Starts all processes, and the messages. */
  async start(): Promise<void> {
    const [postgres, mail] = await Promise.all([OwnPostgres.start(), MailServer.start()]);
    this.#postgres = postgres;
    this.#mail = mail;
    mail.beforeAccepting = async ({ headers }) => {
      this.#history.mails.push(headers.get('message-id') ?? '');
    };
    await this.#receivers.start();
    const database = (name: string) =>
      postgres.url({ options: `-c search_path=${SCHEMA}`, application_name: name });
    const record = new DatabaseRecord(database('harness'));
    await record.ask(`CREATE SCHEMA ${SCHEMA}`);
    const fleet = new Fleet({
      ...{ database, history: this.#history, time: this.#time, leaseMs: LEASE_MS },
      smtpUrl: mail.url,
    });
    const { lives, faults } = this.#history;
    this.#on = {
      ...{ fleet, postgres, database: record, random: this.#random, leaseMs: LEASE_MS },
      ...{ lives, faults, troubles: this.#record.troubles },
      busiest: () => this.#busiest(),
    };
    const [first, ...others] = this.#roles;
    // It makes the schema.
    await fleet.start(first as Role);
    await record.begin();
    await Promise.all(others.map((role) => fleet.start(role)));
    await this.#watch.create(fleet.api);
    this.#moving = this.#keepMoving();
    for (let i = 0; i < SENDERS; i += 1) {
      const sender = new CrashSender(i, this.#outlet(), new Random(this.#seed, 10 + i));
      this.#senders.push(sender.run(() => this.#goesOn));
    }
  }

  /** At a moment of the plan's choosing does that; answers how many it was done to. */
  async disturb(what: Disturbance): Promise<number> {
    await this.#watch.attend(this.#on.fleet.api);
    await pause(this.#random.whole(0, 500));
    const { at, count, burnsMs } = aPlan(this.#random);
    await this.#comes(at, count);
    if (burnsMs > 0) await pause(burnsMs);
    return disturb(what, this.#on);
  }

  /** Everybody is well again, everything gets out, and all processes end. */
  async end(): Promise<History> {
    const { fleet, database } = this.#on;
    const { faults } = this.#history;
    await this.#stopMoving();
    const move = (ms: number) => fleet.move(ms);
    await this.#watch.bringToAnEnd(fleet.api, move);
    this.#goesOn = false;
    await Promise.all(this.#senders);
    await move(10 * HOUR);
    const isEmpty = await this.#watch.getsEmpty(fleet.api, STALL_LIMIT_MS);
    if (!isEmpty) faults.push('messages were still waiting in the end');
    await this.#watch.look(fleet.api);
    await allHeld(this.#on, LEASE_MS);
    const lanes = await database.lanes();
    if (lanes > 0) faults.push(`${lanes} lanes were left in the end`);
    const trespasses = await database.trespasses();
    faults.push(...trespasses.map(({ what }) => what));
    this.#record.holdings.push(...(await fleetRecord(database)));
    lostOutcomes(this.#history, await database.leaseEvents(), LEASE_MS);
    await Promise.all(
      [...fleet.of('dispatcher'), ...fleet.of('api')].map((member) => fleet.leave(member)),
    );
    return this.#history;
  }

  /** Ends what runs, whatever it is. */
  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#on?.fleet.stop();
    await this.#stopMoving();
    await this.#receivers.stop();
    await this.#mail?.stop();
    await this.#postgres?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Time goes by: minutes for the most part, and hours now and then. */
  async #keepMoving(): Promise<void> {
    const random = new Random(this.#seed, 2);
    while (this.#isMoving) {
      await pause(random.whole(40, 300));
      const byHours = random.chance(0.25);
      await this.#on.fleet.move(
        byHours ? random.whole(HOUR, 7 * HOUR) : random.whole(0, 20 * MINUTE),
      );
      this.#strike('moved');
    }
  }

  async #stopMoving(): Promise<void> {
    this.#isMoving = false;
    await this.#moving;
  }

  /** The dispatcher that sent something last. */
  #busiest(): Member {
    const all = this.#on.fleet.of('dispatcher');
    const last = this.#receivers.delivered.findLast(({ life }) =>
      all.some((member) => member.life === life),
    );
    return all.find(({ life }) => life === last?.life) ?? this.#random.pick(all);
  }

  #strike(event: Event): void {
    const awaited = this.#awaited;
    if (!awaited || awaited.event !== event) return;
    awaited.left -= 1;
    if (awaited.left <= 0) awaited.come();
  }

  /** Resolves at the so-many-th of these events, or after a while without. */
  async #comes(event: Event, count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { event, left: count, come: resolve };
    await Promise.race([promise, pause(EVENT_LIMIT_MS, null, { ref: false })]);
    this.#awaited = null;
  }

  /** The run as senders see it. */
  #outlet(): Outlet {
    const { said, faults } = this.#history;
    const { fleet, troubles } = this.#on;
    return {
      said,
      faults,
      time: this.#time,
      pauseMs: PAUSE_MS,
      // Its last transaction may go through after it.
      isOver: () => false,
      open: () => fleet.anApi(),
      strike: (event) => this.#strike(event),
      mayBeUnable: (server) =>
        !fleet.isUp(server) ||
        troubles.some(({ isOfDatabase, to }) => isOfDatabase && Date.now() < to + UNABLE_MS),
      busy: () => () => {},
    };
  }
}
