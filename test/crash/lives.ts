import { CrashServer } from '../support/crash-server.ts';
import type { History, Life } from './history.ts';
import type { Event, Plan } from './plan.ts';
import type { SteeredTime } from './steered-time.ts';

/** A whole life takes no longer than this, from the start of the process on; nor does the last one. */
const LIFE_LIMIT_MS = 60_000;
const LAST_LIFE_LIMIT_MS = 180_000;

/** One server after the other on the same folder: their births, their clock, and their deaths. */
export class Lives {
  readonly time: SteeredTime;
  readonly #folder: string;
  readonly #smtpUrl: () => string;
  readonly #history: History;
  #server: CrashServer | null = null;
  #plan: Plan | null = null;
  #struck = 0;
  #doors = Promise.withResolvers<CrashServer>();
  #areOpen = false;

  constructor(folder: string, time: SteeredTime, history: History, smtpUrl: () => string) {
    this.#folder = folder;
    this.#smtpUrl = smtpUrl;
    this.time = time;
    this.#history = history;
  }

  /** Starts the next server; null where it is killed before it is ready. */
  async begin(plan: Plan | null, isLast = false): Promise<CrashServer | null> {
    this.time.confirmed();
    const { lives } = this.#history;
    // Payloads name the life they were sent in: the links in them begin with this.
    const env = {
      PAKIET_DATA_DIR: this.#folder,
      PAKIET_PUBLIC_URL: `http://life-${lives.length}.example`,
      PAKIET_RETENTION_DAYS: '3650',
      SMTP_URL: this.#smtpUrl(),
      PAKIET_MAIL_FROM: 'pakiet@example.com',
      PAKIET_OWNER_EMAIL: 'owner@example.com',
    };
    const life: Life = { readyAt: null, quietAt: null, killedAt: null };
    lives.push(life);
    const server = new CrashServer(this.time.path, env);
    this.#server = server;
    const limit = setTimeout(
      () => {
        this.#history.faults.push('a server did not get on, and was killed for it');
        this.#kill(server);
      },
      isLast ? LAST_LIFE_LIMIT_MS : LIFE_LIMIT_MS,
    );
    void server.ended.then(() => clearTimeout(limit));
    if (plan?.at === 'starting') {
      this.arm(plan);
      this.strike('starting');
    }
    const url = await Promise.race([server.ready, server.ended.then(() => null)]);
    if (url === null) return null;
    life.readyAt = Date.now();
    return server;
  }

  /** From now on the server dies as planned. */
  arm(plan: Plan): void {
    this.#plan = plan;
    this.#struck = 0;
  }

  /** Something has happened: if it is what this life is to end with, this is the end of it. */
  strike(event: Event): void {
    const plan = this.#plan;
    const server = this.#server;
    if (!server || plan?.at !== event) return;
    this.#struck += 1;
    if (this.#struck < plan.count) return;
    this.#plan = null;
    if (plan.burnsMs === 0) this.#kill(server);
    else setTimeout(() => this.#kill(server), plan.burnsMs);
  }

  /** It has lived long enough. */
  giveUp(server: CrashServer): void {
    this.#kill(server);
  }

  /** Moves the server's clock; resolves when it has seen that, or is dead. */
  async move(server: CrashServer, ms: number): Promise<void> {
    this.time.asked(ms);
    const seen = server.moved().then(() => true);
    this.strike('moved');
    const isSeen = await Promise.race([seen, server.ended.then(() => false)]);
    if (isSeen && server === this.#server) this.time.confirmed();
  }

  /** Whoever has something to say may say it to this server. */
  openDoors(server: CrashServer): void {
    if (!this.isAlive(server)) return;
    this.#areOpen = true;
    this.#doors.resolve(server);
  }

  closeDoors(): void {
    // Whoever waits goes on waiting for the same doors.
    if (!this.#areOpen) return;
    this.#areOpen = false;
    this.#doors = Promise.withResolvers();
  }

  /** The server, as soon as its doors are open. */
  talkTo(): Promise<CrashServer> {
    return this.#doors.promise;
  }

  isAlive(server: CrashServer): boolean {
    return server === this.#server && this.life.killedAt === null;
  }

  get life(): Life {
    return this.#history.lives.at(-1) as Life;
  }

  /** Waits for the end of this life. @param code with which it is to end; null where it is killed */
  async bury(code: number | null = null): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const ended = await server.ended;
    this.closeDoors();
    this.#plan = null;
    this.#server = null;
    const { faults } = this.#history;
    if (ended !== code) faults.push(`a server ended by itself with ${ended}`);
    faults.push(...server.complaints.map(({ text }) => `a server complained: ${text}`));
  }

  /** Ends what runs, whatever it is. */
  async stop(): Promise<void> {
    this.#server?.signal('SIGKILL');
    await this.#server?.ended;
  }

  #kill(server: CrashServer): void {
    if (!this.isAlive(server)) return;
    this.closeDoors();
    this.life.killedAt = Date.now();
    server.signal('SIGKILL');
  }
}
