import { setTimeout as pause } from 'node:timers/promises';
import { type Api, CrashServer } from '../support/crash-server.ts';
import type { History, Life } from './history.ts';
import type { SteeredTime } from './steered-time.ts';

/** However busy the machine is: a start, and the end of one that was told to end. */
const START_LIMIT_MS = 60_000;
const LEAVE_LIMIT_MS = 40_000;
/** One that has not looked at the clock by then has been stopped. */
const LOOK_LIMIT_MS = 2000;
const ASK_LIMIT_MS = 60_000;
/** So long after a trouble servers may go on complaining of it. */
const COMPLAINTS_MS = 15_000;
const KEY = Buffer.alloc(32, 7).toString('base64');

export type Role = 'dispatcher' | 'api';

/** One process of several over the same database. */
export interface Member {
  readonly role: Role;
  /** Its place in the history's lives; its connections are called `life-…`. */
  readonly life: number;
  readonly server: CrashServer;
  /** Whether it takes part: it is neither still starting, nor standing still, nor about to go. */
  isUp: boolean;
  /** With what it is to end, once it is to: an exit code, or null for a signal. */
  end: { code: number | null } | null;
}

export interface FleetSettings {
  /** URL of the database for connections of that name. */
  database: (name: string) => string;
  smtpUrl: string;
  leaseMs: number;
  history: History;
  time: SteeredTime;
}

/** The processes that share a database: their births, their clock, and their ends. */
export class Fleet {
  readonly #settings: FleetSettings;
  readonly #members = new Set<Member>();
  #turn = 0;
  #arrival = Promise.withResolvers<void>();

  constructor(settings: FleetSettings) {
    this.#settings = settings;
  }

  /** Those that take part. */
  of(role: Role): Member[] {
    return [...this.#members].filter((member) => member.role === role && member.isUp);
  }

  async start(role: Role): Promise<Member> {
    const { database, smtpUrl, leaseMs, history, time } = this.#settings;
    const life: Life = { readyAt: null, quietAt: null, killedAt: null, breaks: [] };
    const nth = history.lives.push(life) - 1;
    const server = new CrashServer(
      time.path,
      {
        DATABASE_URL: database(`life-${nth}`),
        PAKIET_SECRET_KEY: KEY,
        PAKIET_PUBLIC_URL: `http://life-${nth}.example`,
        PAKIET_RETENTION_DAYS: '3650',
        SMTP_URL: smtpUrl,
        PAKIET_MAIL_FROM: 'pakiet@example.com',
        PAKIET_OWNER_EMAIL: 'owner@example.com',
        CRASH_LEASE_MS: String(leaseMs),
      },
      ['--role', role],
    );
    const member: Member = { role, life: nth, server, isUp: false, end: null };
    this.#members.add(member);
    void server.ended.then((code) => this.#bury(member, code));
    const late = pause(START_LIMIT_MS, 'late' as const, { ref: false });
    const how = await Promise.race([server.ready, server.ended.then(() => 'dead' as const), late]);
    if (how === 'late' || how === 'dead') {
      throw new Error(`life ${nth} did not start: ${JSON.stringify(server.complaints)}`);
    }
    life.readyAt = Date.now();
    member.isUp = true;
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
    return member;
  }

  /** Ends it in the midst of whatever it does. */
  async kill(member: Member): Promise<void> {
    member.isUp = false;
    member.end = { code: null };
    (this.#settings.history.lives[member.life] as Life).killedAt = Date.now();
    member.server.signal('SIGKILL');
    await member.server.ended;
  }

  /** Asks it to end, as for a new version: it finishes what it has begun. */
  async leave(member: Member): Promise<void> {
    member.isUp = false;
    member.end = { code: 0 };
    member.server.signal('SIGTERM');
    const late = pause(LEAVE_LIMIT_MS, 'late' as const, { ref: false });
    if ((await Promise.race([member.server.ended, late])) === 'late') {
      throw new Error(`life ${member.life} did not end`);
    }
  }

  standStill(member: Member): void {
    member.isUp = false;
    member.server.signal('SIGSTOP');
  }

  goOn(member: Member): void {
    member.server.signal('SIGCONT');
    member.isUp = true;
  }

  /** Moves the clock of all; resolves when those that are up have looked at it. */
  async move(ms: number): Promise<void> {
    const { time } = this.#settings;
    time.asked(ms);
    const up = [...this.#members].filter(({ isUp }) => isUp);
    await Promise.all(
      up.map(({ server }) =>
        Promise.race([server.moved(), server.ended, pause(LOOK_LIMIT_MS, null, { ref: false })]),
      ),
    );
    time.confirmed();
  }

  /** Servers of the API, in turn; waits until there is one. */
  async anApi(): Promise<CrashServer> {
    for (;;) {
      const all = this.of('api');
      const next = all[this.#turn++ % all.length];
      if (next) return next.server;
      await this.#arrival.promise;
    }
  }

  isUp(server: Api): boolean {
    return [...this.#members].some((member) => member.server === server && member.isUp);
  }

  /** The API behind a balancer: whichever server answers. */
  readonly api: Api = {
    call: async (method, path, body) => {
      const from = Date.now();
      for (;;) {
        try {
          const answer = await (await this.anApi()).call(method, path, body);
          if (answer.status < 500) return answer;
          throw new Error(`${path} was answered ${JSON.stringify(answer)}`);
        } catch (error) {
          if (Date.now() - from > ASK_LIMIT_MS) throw error;
          await pause(50);
        }
      }
    },
  };

  /** Ends what runs, whatever it is. */
  async stop(): Promise<void> {
    await Promise.all([...this.#members].map((member) => this.kill(member)));
  }

  #bury(member: Member, code: number | null): void {
    this.#members.delete(member);
    member.isUp = false;
    const { history } = this.#settings;
    const troubles = history.fleet?.troubles ?? [];
    if (!member.end || member.end.code !== code) {
      history.faults.push(`life ${member.life} ended by itself with ${code}`);
    }
    for (const { at, text } of member.server.complaints) {
      const mayComplain = troubles.some(
        ({ isOfDatabase, life, from, to }) =>
          (isOfDatabase || life === member.life) && at >= from && at <= to + COMPLAINTS_MS,
      );
      if (!mayComplain) history.faults.push(`life ${member.life} complained: ${text}`);
    }
  }
}
