import type { Logger } from 'pino';
import { LeaseLostError } from '../store/errors.ts';
import type { Email } from '../store/rows.ts';
import type { Repositories, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { disabledEmail } from './disabled-email.ts';
import { isTooOld, latestDue, nextLook } from './outbox.ts';
import type { Site } from './render.ts';
import { describeSmtpError, type Post } from './smtp.ts';

/** Handed in side by side. */
const TOGETHER = 10;
const STORE_RETRY_MS = 1000;
const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 90 * DAY_MS;
/** How long what is under way may take to end once the server is to stop. */
const UNDER_WAY_LIMIT_MS = 5000;

export interface MailerOptions {
  store: Store;
  clock: Clock;
  /** Null where no SMTP server is configured. */
  post: Post | null;
  site: Site;
  retentionDays: number;
  log: Logger;
}

/**
 * Sends what is in the outbox: a row waits → is handed to the SMTP server → is marked as sent. It looks
 * when it is started, when it is told that a row was added, and when the next one is due. If the process
 * dies before the mark, the row goes out again, with the same Message-ID; nothing else is sent twice.
 */
export class Mailer {
  readonly #options: MailerOptions;
  readonly #abandon = new AbortController();
  #cancelAlarm = () => {};
  #woken = false;
  #running: Promise<void> | null = null;
  #stopping = false;

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  /**
   * Looks at all that is open, due or not: the configuration may be another than before. Resolves when
   * it is written down what cannot be sent for want of a server; sending goes on.
   */
  async start(): Promise<void> {
    const { store, clock, post } = this.#options;
    const now = clock.now();
    await store.transaction(
      async (tx) => {
        await tx.outbox.forget(now - KEPT_MS);
        if (post) await tx.outbox.hasten(now);
        else await tx.outbox.leaveUnsent('smtp_not_configured');
      },
      { among: [] },
    );
    this.wake();
  }

  /** Something was added to the outbox. */
  wake(): void {
    this.#woken = true;
    if (!this.#running && !this.#stopping) this.#running = this.#run();
  }

  /** Starts nothing more; resolves when what is under way has ended, or was abandoned. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelAlarm();
    const impatience = setTimeout(() => this.#abandon.abort(), UNDER_WAY_LIMIT_MS);
    await this.#running;
    clearTimeout(impatience);
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    while (this.#woken && !this.#stopping) {
      this.#woken = false;
      this.#cancelAlarm();
      let next: number | null;
      try {
        next = await this.#look();
      } catch (error) {
        // It is another's house now, which whoever holds it has said.
        if (error instanceof LeaseLostError) break;
        log.error({ err: error }, 'looking into the outbox failed');
        next = clock.now() + STORE_RETRY_MS;
      }
      if (next !== null && !this.#stopping) {
        this.#cancelAlarm = clock.alarm(next, () => this.wake());
      }
    }
    this.#running = null;
  }

  /** Sends all that is due; answers when the next is. */
  async #look(): Promise<number | null> {
    const { store, clock, post } = this.#options;
    if (!post) {
      await store.transaction((tx) => tx.outbox.leaveUnsent('smtp_not_configured'), { among: [] });
      return null;
    }
    for (;;) {
      const now = clock.now();
      const due = await store.read.outbox.due(now, latestDue(now), TOGETHER);
      if (due.length === 0 || this.#stopping) return store.read.outbox.nextDue();
      const handled = await Promise.allSettled(due.map((email) => this.#handle(email, post)));
      const failed = handled.find(({ status }) => status === 'rejected');
      if (failed) throw (failed as PromiseRejectedResult).reason;
    }
  }

  async #handle(email: Email, post: Post): Promise<void> {
    const { store, clock, log } = this.#options;
    const { id, webhookId, createdAt, attempts } = email;
    const about = { webhook: webhookId, attempt: attempts + 1 };
    if (isTooOld(createdAt, clock.now())) {
      await this.#write((tx) => tx.outbox.giveUp(id));
      log.warn(about, 'e-mail about a webhook given up');
      return;
    }
    const owner = await store.read.workspaces.get(email.workspaceId);
    const again = () => nextLook(createdAt, attempts + 1, clock.now());
    if (!owner?.ownerEmail) {
      return this.#write((tx) => tx.outbox.postpone(id, again(), 'no_owner_email'));
    }
    const { site, retentionDays } = this.#options;
    try {
      await post(disabledEmail(email, owner, site, retentionDays), this.#abandon.signal);
    } catch (error) {
      await this.#write((tx) => tx.outbox.postpone(id, again(), null));
      log.warn({ ...about, reason: describeSmtpError(error) }, 'sending an e-mail failed');
      return;
    }
    await this.#write((tx) => tx.outbox.sent(id, clock.now()));
    log.info(about, 'e-mail about a webhook sent');
  }

  /** What was sent must not be forgotten for want of a disk: tried until written, or the program ends. */
  async #write(work: (tx: Repositories) => Promise<void>): Promise<void> {
    const { store, clock, log } = this.#options;
    for (;;) {
      try {
        return await store.transaction(work, { among: [] });
      } catch (error) {
        if (this.#stopping || error instanceof LeaseLostError) throw error;
        log.error({ err: error }, 'writing down what became of an e-mail failed; trying again');
        await new Promise<void>((wake) => {
          clock.alarm(clock.now() + STORE_RETRY_MS, wake);
        });
      }
    }
  }
}
