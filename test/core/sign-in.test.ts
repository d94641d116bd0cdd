import { beforeEach, describe, expect, test } from '@jest/globals';
import { PasswordsBusyError } from '../../src/core/passwords.ts';
import { makeLink, type SignedIn, SignIn } from '../../src/core/sign-in.ts';
import { StoreUnavailableError } from '../../src/store/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { emptyStore } from '../support/stores.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const EMAIL = 'olga@acme.example';
const PASSWORD = 'correct horse battery';
/** The real ones take their time: they have tests of their own. */
const passwords = {
  hashPassword: async (password: string) => `hash of ${password}`,
  isPassword: async (password: string, hash: string | null) => hash === `hash of ${password}`,
};
const OWNER = { ownerName: 'Olga', ownerEmail: EMAIL, language: 'pl' as const };

let store: Store;
let clock: ManualClock;
let signIn: SignIn;
let workspaceId: number;

beforeEach(async () => {
  store = await emptyStore();
  clock = new ManualClock(100 * DAY);
  signIn = new SignIn({ store, clock, passwords });
  workspaceId = await workspace('');
});

async function workspace(ownerEmail: string): Promise<number> {
  const given = { name: 'Acme', ownerName: '', ownerEmail };
  return (await store.transaction((tx) => tx.workspaces.create(given))).id;
}

const link = (id = workspaceId) => makeLink(store, id, clock.now());
const useLink = (text: string, password = PASSWORD) => signIn.useLink(text, { ...OWNER, password });

/** Lets the owner in by a link; answers the token of the session. */
async function enter(): Promise<string> {
  const begun = await useLink(await link());
  return begun?.token as string;
}

const attempt = (password: string, address = '192.0.2.1', email = EMAIL) =>
  signIn.signIn(email, password, address);
const fail = async (times: number, address?: string) => {
  for (let i = 0; i < times; i += 1) await attempt('wrong', address);
};
const isAlive = async (token: string) => (await signIn.session(token, false)) !== null;
const use = (token: string) => signIn.session(token, true);
const tokenOf = (result: SignedIn) => (result.ok ? result.token : '');

describe('a one-time link', () => {
  test('opens its workspace, and sets owner, language and password', async () => {
    const text = await link();
    expect(await signIn.ofLink(text)).toMatchObject({
      workspace: { id: workspaceId },
      hasPassword: false,
    });
    const begun = await useLink(text);
    expect(begun).toMatchObject({ workspaceId });
    expect(await store.read.workspaces.get(workspaceId)).toEqual({
      ...OWNER,
      id: workspaceId,
      name: 'Acme',
    });
    expect(await isAlive(begun?.token as string)).toBe(true);
    expect(await attempt(PASSWORD)).toMatchObject({ ok: true, workspaceId });
    expect(await signIn.ofLink(await link())).toMatchObject({ hasPassword: true });
  });

  test('holds once, also for two who use it at the same time', async () => {
    const text = await link();
    const both = await Promise.all([useLink(text, 'first password'), useLink(text)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await signIn.ofLink(text)).toBeNull();
    expect(await useLink(text)).toBeNull();
  });

  test('holds for a day', async () => {
    const text = await link();
    clock.advance(DAY - 1);
    expect(await signIn.ofLink(text)).not.toBeNull();
    clock.advance(1);
    expect(await signIn.ofLink(text)).toBeNull();
    expect(await useLink(text)).toBeNull();
  });

  test('holds no more once another was made', async () => {
    const first = await link();
    const second = await link();
    expect(await signIn.ofLink(first)).toBeNull();
    expect(await useLink(first)).toBeNull();
    expect(await signIn.ofLink(second)).not.toBeNull();
  });

  test.each(['', 'x', 'x'.repeat(43)])('%j, which nobody made, opens nothing', async (text) => {
    await link();
    expect(await signIn.ofLink(text)).toBeNull();
    expect(await useLink(text)).toBeNull();
  });

  test('ends all sessions of its workspace when it is used, not before, and no others', async () => {
    const first = await enter();
    const other = await workspace('');
    const elsewhere = (await useLink(await link(other)))?.token as string;
    const text = await link();
    expect(await isAlive(first)).toBe(true);
    await useLink(text);
    expect([await isAlive(first), await isAlive(elsewhere)]).toEqual([false, true]);
  });
});

describe('signing in', () => {
  beforeEach(async () => {
    await enter();
  });

  test('takes the address in any case, and the right password only', async () => {
    expect(await attempt(PASSWORD, '192.0.2.1', 'Olga@ACME.example')).toMatchObject({ ok: true });
    expect(await attempt('wrong')).toEqual({ ok: false, reason: 'wrong' });
    expect(await attempt(PASSWORD, '192.0.2.1', 'jan@acme.example')).toEqual({
      ok: false,
      reason: 'wrong',
    });
  });

  test('opens the workspace whose password it is, where one person owns several', async () => {
    const second = await workspace(EMAIL);
    await useLink(await link(second), 'another password');
    expect(await attempt(PASSWORD)).toMatchObject({ ok: true, workspaceId });
    expect(await attempt('another password')).toMatchObject({ ok: true, workspaceId: second });
  });

  test('lets nobody into a workspace without an owner’s address or password', async () => {
    await workspace('jan@acme.example');
    await workspace('');
    for (const password of ['', 'null', PASSWORD]) {
      expect(await attempt(password, '192.0.2.1', 'jan@acme.example')).toMatchObject({ ok: false });
      expect(await attempt(password, '192.0.2.1', '')).toMatchObject({ ok: false });
    }
  });

  test('slows down after 5 failures: not even the right password is looked at', async () => {
    await fail(5);
    expect(await attempt(PASSWORD)).toEqual({ ok: false, reason: 'wait', waitMs: SECOND });
    clock.advance(SECOND);
    await fail(1);
    expect(await attempt(PASSWORD)).toEqual({ ok: false, reason: 'wait', waitMs: 2 * SECOND });
    clock.advance(2 * SECOND);
    expect(await attempt(PASSWORD)).toMatchObject({ ok: true });
    await fail(4);
    expect(await attempt(PASSWORD)).toMatchObject({ ok: true });
  });

  test('slows down nobody at another address', async () => {
    await fail(8);
    expect(await attempt(PASSWORD, '192.0.2.2')).toMatchObject({ ok: true });
  });

  test('slows down an address that tries many people', async () => {
    const tries = [];
    for (let i = 0; i < 51; i += 1)
      tries.push(await attempt('wrong', '192.0.2.1', `${i}@a.example`));
    expect(tries.slice(0, 50)).toEqual(Array(50).fill({ ok: false, reason: 'wrong' }));
    expect(tries[50]).toMatchObject({ reason: 'wait' });
  });

  test('looks at no more than 5 of many tries that come at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => attempt('wrong')));
    const looked = results.filter((result) => !result.ok && result.reason === 'wrong');
    expect(looked).toHaveLength(5);
  });
});

describe('many tries', () => {
  beforeEach(enter);

  test('from a network of IPv6 count together, whichever of its addresses they come from', async () => {
    for (let i = 1; i <= 5; i += 1) await attempt('wrong', `2001:db8::${i}`);
    expect(await attempt(PASSWORD, '2001:db8::77')).toMatchObject({ reason: 'wait' });
    expect(await attempt(PASSWORD, '2001:db8:0:1::77')).toMatchObject({ ok: true });
  });

  test('at one person from many networks are held to one in 5 seconds', async () => {
    for (let i = 0; i < 100; i += 1) await attempt('wrong', `198.51.${i}.1`);
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const result = await attempt('wrong', `203.0.113.${i}`);
      if (!result.ok && result.reason === 'wait') waits.push(result.waitMs);
      clock.set(clock.now() + 1000);
    }
    expect(waits.length).toBeGreaterThan(4);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5000);
    clock.set(clock.now() + 5000);
    expect(await attempt(PASSWORD, '203.0.113.99')).toMatchObject({ ok: true });
  });

  test('are no fewer for signing in to a workspace of one’s own in between', async () => {
    for (let i = 0; i < 49; i += 1) await attempt('wrong', undefined, `${i}@b.example`);
    expect(await attempt(PASSWORD)).toMatchObject({ ok: true });
    await attempt('wrong', undefined, 'x@b.example');
    expect(await attempt('wrong', undefined, 'y@b.example')).toMatchObject({ reason: 'wait' });
  });

  test('that come while too many passwords are looked at count for nothing', async () => {
    const busy = async () => {
      throw new PasswordsBusyError();
    };
    const crowded = new SignIn({ store, clock, passwords: { ...passwords, isPassword: busy } });
    for (let i = 0; i < 20; i += 1) {
      const result = await crowded.signIn(EMAIL, PASSWORD, '192.0.2.1');
      expect(result).toEqual({ ok: false, reason: 'wait', waitMs: 5000 });
    }
  });
});

describe('a session', () => {
  test('ends after 30 days without use', async () => {
    const token = await enter();
    clock.advance(30 * DAY);
    expect(await isAlive(token)).toBe(true);
    clock.advance(1);
    expect(await isAlive(token)).toBe(false);
  });

  test('goes on for as long as it is used', async () => {
    const token = await enter();
    for (let i = 0; i < 10; i += 1) {
      clock.advance(29 * DAY);
      expect(await use(token)).not.toBeNull();
    }
  });

  test('is not kept alive by a page that asks by itself', async () => {
    const token = await enter();
    clock.advance(29 * DAY);
    expect(await isAlive(token)).toBe(true);
    clock.advance(2 * DAY);
    expect(await isAlive(token)).toBe(false);
  });

  test('that has ended is not used again, also with the clock set back and on', async () => {
    const token = await enter();
    clock.advance(31 * DAY);
    await attempt(PASSWORD);
    clock.advance(-20 * DAY);
    expect(await isAlive(token)).toBe(false);
  });

  test('can be used while nothing can be written', async () => {
    const token = await enter();
    clock.advance(2 * HOUR);
    const readOnly: Store = Object.assign(Object.create(store), {
      read: store.read,
      transaction: () => Promise.reject(new StoreUnavailableError('full')),
    });
    const limited = new SignIn({ store: readOnly, clock, passwords });
    expect(await limited.session(token, true)).toMatchObject({ workspaceId });
  });

  test('ends on sign-out, and the others of the same owner go on', async () => {
    const first = await enter();
    const second = tokenOf(await attempt(PASSWORD));
    await signIn.signOut(first);
    expect([await isAlive(first), await isAlive(second)]).toEqual([false, true]);
  });

  test('is kept as a hash, from which the cookie cannot be made', async () => {
    const token = await enter();
    const session = await signIn.session(token, false);
    expect(session?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await isAlive(session?.hash as string)).toBe(false);
  });
});

describe('changing the password', () => {
  const change = (current: string, next = 'a new password', address = '192.0.2.1') =>
    signIn.changePassword(workspaceId, current, next, address);

  test('ends every session but the one it begins', async () => {
    const tokens = [await enter(), tokenOf(await attempt(PASSWORD))];
    const fresh = tokenOf(await change(PASSWORD));
    expect(await Promise.all([...tokens, fresh].map(isAlive))).toEqual([false, false, true]);
    expect(await attempt(PASSWORD)).toMatchObject({ ok: false });
    expect(await attempt('a new password')).toMatchObject({ ok: true });
  });

  test('needs the current one, and slows down like signing in', async () => {
    const token = await enter();
    for (let i = 0; i < 5; i += 1) {
      expect(await change('wrong')).toEqual({ ok: false, reason: 'wrong' });
    }
    expect(await change(PASSWORD)).toEqual({ ok: false, reason: 'wait', waitMs: SECOND });
    expect(await isAlive(token)).toBe(true);
    clock.advance(SECOND);
    expect(await change(PASSWORD)).toMatchObject({ ok: true });
  });

  test.each([
    ['a sign-in', (slow: SignIn) => slow.signIn(EMAIL, PASSWORD, '192.0.2.2')],
    [
      'another change',
      (slow: SignIn) => slow.changePassword(workspaceId, PASSWORD, 'x', '192.0.2.2'),
    ],
  ])('wins over %s that has checked the password of before', async (_what, begin) => {
    await enter();
    const isPassword: typeof passwords.isPassword = async (password, hash) => {
      const isRight = await passwords.isPassword(password, hash);
      await change(PASSWORD);
      return isRight;
    };
    const slow = new SignIn({ store, clock, passwords: { ...passwords, isPassword } });
    expect(await begin(slow)).toEqual({ ok: false, reason: 'wrong' });
    expect(await attempt('a new password')).toMatchObject({ ok: true });
  });

  test('makes a one-time link of before useless', async () => {
    await enter();
    const text = await link();
    await change(PASSWORD);
    expect(await signIn.ofLink(text)).toBeNull();
  });
});
