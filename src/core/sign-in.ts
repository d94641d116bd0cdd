import { createHash, randomBytes } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { StoreUnavailableError } from '../store/errors.ts';
import type { Session } from '../store/everyday/sign-ins.ts';
import type { Workspace } from '../store/rows.ts';
import type { Repositories, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { hashPassword, isPassword, PasswordsBusyError } from './passwords.ts';
import { SlowDown } from './slow-down.ts';

const DAY_MS = 24 * 3_600_000;
/** A session that is not used for so long ends. */
export const SESSION_IDLE_MS = 30 * DAY_MS;
/** That it is in use is written down so often. */
const SEEN_EVERY_MS = 3_600_000;
const LINK_HOLDS_MS = DAY_MS;

const FREE_FAILURES = { person: 5, network: 50, email: 100 };
/** Guesses from many networks together are held to this pace; longer, they would keep the owner out. */
const LONGEST_WAIT_FOR_ALL_MS = 5000;
/** When to come back while too many passwords are being looked at. */
const BUSY_WAIT_MS = 5000;

/** Texts of 256 random bits are kept as a fast hash: there is nothing to guess from. */
const hashToken = (token: string) => createHash('sha256').update(token).digest('hex');
const makeToken = () => randomBytes(32).toString('base64url');

export type SignedIn =
  | { ok: true; token: string; workspaceId: number }
  | { ok: false; reason: 'wrong' }
  /** Too many failures: nothing was looked at. */
  | { ok: false; reason: 'wait'; waitMs: number };

/**
 * Makes the link by which the owner chooses a password, once, within a day. One made before holds no more.
 * @returns the secret part of its address
 */
export async function makeLink(store: Store, workspaceId: number, now: number): Promise<string> {
  const token = makeToken();
  await store.transaction((tx) => setLink(tx, workspaceId, token, now), { alone: workspaceId });
  return token;
}

/** The same where none made before still holds; null where one does. */
export async function makeFirstLink(
  store: Store,
  workspaceId: number,
  now: number,
): Promise<string | null> {
  const token = makeToken();
  return store.transaction(
    async (tx) => {
      if (await tx.signIns.hasLink(workspaceId, now)) return null;
      await setLink(tx, workspaceId, token, now);
      return token;
    },
    { alone: workspaceId },
  );
}

const setLink = (tx: Repositories, workspaceId: number, token: string, now: number) =>
  tx.signIns.setLink(workspaceId, hashToken(token), now + LINK_HOLDS_MS);

/** Where a try comes from: an IPv4 address, or the network of an IPv6 one, which has addresses without end. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

/** How passwords are kept; those of passwords.ts take their time on purpose. */
type Passwords = Pick<typeof import('./passwords.ts'), 'hashPassword' | 'isPassword'>;

/** Checking a password takes its time, and another may have been set meanwhile. */
const isStill = async (tx: Repositories, workspaceId: number, stored: string | null) =>
  (await tx.signIns.password(workspaceId)) === stored;

/** Lets owners in: by a one-time link at first, then with e-mail address and password. */
export class SignIn {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #passwords: Passwords;
  readonly #people = new SlowDown(FREE_FAILURES.person);
  readonly #networks = new SlowDown(FREE_FAILURES.network);
  readonly #emails = new SlowDown(FREE_FAILURES.email, LONGEST_WAIT_FOR_ALL_MS);

  constructor({
    store,
    clock,
    passwords = { hashPassword, isPassword },
  }: {
    store: Store;
    clock: Clock;
    passwords?: Passwords;
  }) {
    this.#store = store;
    this.#clock = clock;
    this.#passwords = passwords;
  }

  /**
   * The workspace that a one-time link opens, and whether its owner has a password already; null where it
   * holds no more.
   */
  async ofLink(link: string): Promise<{ workspace: Workspace; hasPassword: boolean } | null> {
    const { read } = this.#store;
    const id = await read.signIns.workspaceOfLink(hashToken(link), this.#clock.now());
    const workspace = id === null ? null : await read.workspaces.get(id);
    if (!workspace) return null;
    return { workspace, hasPassword: (await read.signIns.password(workspace.id)) !== null };
  }

  /**
   * Sets what the owner has entered, and the password; every session ends, and one begins.
   * @returns null where the link holds no more
   */
  async useLink(
    link: string,
    { password, ...owner }: Omit<Workspace, 'id' | 'name'> & { password: string },
  ): Promise<{ token: string; workspaceId: number } | null> {
    const hash = await this.#passwords.hashPassword(password);
    const { read } = this.#store;
    const workspaceId = await read.signIns.workspaceOfLink(hashToken(link), this.#clock.now());
    if (workspaceId === null) return null;
    const use = async (tx: Repositories) => {
      const now = this.#clock.now();
      // It may have been used meanwhile.
      if ((await tx.signIns.workspaceOfLink(hashToken(link), now)) !== workspaceId) return null;
      await tx.workspaces.edit(workspaceId, owner);
      await tx.signIns.setPassword(workspaceId, hash);
      return { token: await this.#begin(tx, workspaceId), workspaceId };
    };
    return this.#store.transaction(use, { alone: workspaceId });
  }

  /** @param address where the try comes from: failures count for it as well */
  async signIn(email: string, password: string, address: string): Promise<SignedIn> {
    const whose = email.toLowerCase();
    const network = networkOf(address);
    const person = `${whose} ${network}`;
    const now = this.#clock.now();
    const counts: [SlowDown, string][] = [
      [this.#people, person],
      [this.#networks, network],
      [this.#emails, whose],
    ];
    const waitMs = Math.max(...counts.map(([slowDown, key]) => slowDown.wait(key, now)));
    if (waitMs > 0) return { ok: false, reason: 'wait', waitMs };
    // Counted before the password is looked at, so that many tries at once are not all looked at.
    for (const [slowDown, key] of counts) slowDown.failed(key, now);
    const takeBack = () => {
      for (const [slowDown, key] of counts) slowDown.takeBack(key);
    };
    const found = await this.#whose(email, password).catch((error: unknown) => {
      takeBack();
      if (error instanceof PasswordsBusyError) return 'busy' as const;
      throw error;
    });
    if (found === 'busy') return { ok: false, reason: 'wait', waitMs: BUSY_WAIT_MS };
    if (!found) return { ok: false, reason: 'wrong' };
    // Whoever signs in to a workspace of their own has not become less of a guesser at others'.
    takeBack();
    this.#people.succeeded(person);
    const { workspaceId, stored } = found;
    return this.#store.transaction(
      async (tx) => {
        if (!(await isStill(tx, workspaceId, stored))) return { ok: false, reason: 'wrong' };
        return { ok: true, token: await this.#begin(tx, workspaceId), workspaceId };
      },
      { alone: workspaceId },
    );
  }

  async #whose(
    email: string,
    password: string,
  ): Promise<{ workspaceId: number; stored: string | null } | null> {
    const { read } = this.#store;
    const found = await read.workspaces.ofOwner(email);
    for (const { id } of found) {
      const stored = await read.signIns.password(id);
      if (await this.#passwords.isPassword(password, stored)) return { workspaceId: id, stored };
    }
    // As slow as for an address that is known, so that none can be found out.
    if (found.length === 0) await this.#passwords.isPassword(password, null);
    return null;
  }

  async #begin(tx: Repositories, workspaceId: number): Promise<string> {
    const token = makeToken();
    const now = this.#clock.now();
    await tx.signIns.endIdle(now - SESSION_IDLE_MS);
    await tx.signIns.addSession({ hash: hashToken(token), workspaceId, seenAt: now });
    return token;
  }

  /**
   * The session that a browser's token stands for; null where it has ended.
   * @param isUse whether a person asks, or only a page that keeps itself up to date
   */
  async session(token: string, isUse: boolean): Promise<Session | null> {
    const session = await this.#store.read.signIns.session(hashToken(token));
    if (!session) return null;
    const now = this.#clock.now();
    const idle = now - session.seenAt;
    if (idle > SESSION_IDLE_MS) return null;
    if (isUse && Math.abs(idle) > SEEN_EVERY_MS) {
      try {
        await this.#store.transaction((tx) => tx.signIns.sessionSeen(session.hash, now), {
          alone: session.workspaceId,
        });
      } catch (error) {
        // While nothing can be written, the pages that say so can still be read.
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
    }
    return session;
  }

  async signOut(token: string): Promise<void> {
    await this.#store.transaction((tx) => tx.signIns.endSession(hashToken(token)), { among: [] });
  }

  /** Changes the password; every session ends, and one begins. Failures count as those of signing in. */
  async changePassword(
    workspaceId: number,
    current: string,
    next: string,
    address: string,
  ): Promise<SignedIn> {
    const person = `${workspaceId} ${address}`;
    const now = this.#clock.now();
    const waitMs = this.#people.wait(person, now);
    if (waitMs > 0) return { ok: false, reason: 'wait', waitMs };
    this.#people.failed(person, now);
    const stored = await this.#store.read.signIns.password(workspaceId);
    if (!(await this.#passwords.isPassword(current, stored))) return { ok: false, reason: 'wrong' };
    this.#people.succeeded(person);
    const hash = await this.#passwords.hashPassword(next);
    return this.#store.transaction(
      async (tx) => {
        if (!(await isStill(tx, workspaceId, stored))) return { ok: false, reason: 'wrong' };
        await tx.signIns.setPassword(workspaceId, hash);
        return { ok: true, token: await this.#begin(tx, workspaceId), workspaceId };
      },
      { alone: workspaceId },
    );
  }
}
