import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Mailer } from '../../src/core/mailer.ts';
import type { Mail, Post } from '../../src/core/smtp.ts';
import { LeaseLostError } from '../../src/store/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { anEmail } from '../support/messages.ts';
import { emptyStore } from '../support/stores.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SITE = { publicUrl: 'https://pakiet.test', productName: 'Pakiet' };

let store: Store;
let clock: ManualClock;
let mailer: Mailer;
/** Handed in and accepted. */
let sent: Mail[];
/** When each one was handed in, accepted or not. */
let tries: number[];
let down: boolean;
let logged: string;

const post: Post = async (mail) => {
  tries.push(clock.now());
  if (down) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ESOCKET' });
  sent.push(mail);
};

beforeEach(async () => {
  [sent, tries, down, logged] = [[], [], false, ''];
  clock = new ManualClock(0);
  store = await emptyStore();
  await store.transaction((tx) =>
    tx.workspaces.create({ name: 'Acme', ownerName: 'Olga', ownerEmail: 'olga@acme.example' }),
  );
});

afterEach(() => mailer.stop());

const start = async (given: Post | null = post) => {
  const log = pino({}, { write: (line) => (logged += line) });
  mailer = new Mailer({ store, clock, post: given, site: SITE, retentionDays: 30, log });
  await mailer.start();
};
const add = async (createdAt = clock.now(), workspaceId = 1) => {
  const { webhookId, messageId, facts } = anEmail();
  const email = { workspaceId, webhookId, messageId, createdAt, facts };
  await store.transaction((tx) => tx.outbox.add(email));
  return messageId;
};
const latest = async () => (await store.read.outbox.ofWebhook(1))[0];
const until = async (isSo: () => boolean | Promise<boolean>) => {
  for (let turns = 0; turns < 10_000; turns += 1) {
    if (await isSo()) return;
    await new Promise((next) => setImmediate(next));
  }
  throw new Error(`It did not come to be so: ${isSo}`);
};
/** Rings the next alarm once it is set, and waits for what it leads to. */
const ringNext = async () => {
  const before = tries.length;
  await until(() => clock.nextAlarm() !== null);
  clock.set(clock.nextAlarm() as number);
  await until(async () => tries.length > before || (await latest())?.state !== 'waiting');
};

describe('an e-mail', () => {
  test('goes out as soon as the mailer is told of it, to the owner, and no more than once', async () => {
    await start();
    const messageId = await add();
    mailer.wake();
    mailer.wake();
    await until(async () => (await latest())?.state === 'sent');
    expect(sent).toMatchObject([
      { messageId, to: { name: 'Olga', address: 'olga@acme.example' }, from: { name: 'Pakiet' } },
    ]);
    expect(clock.nextAlarm()).toBeNull();
  });

  test('is in the language that its owner reads by then', async () => {
    await start();
    await store.transaction((tx) => tx.workspaces.edit(1, { language: 'pl' }));
    await add();
    mailer.wake();
    await until(() => sent.length === 1);
    expect(sent[0]?.subject).toBe('Pakiet: webhook „CRM” został wyłączony po 11 błędach z rzędu');
  });

  test('that was left behind goes out when the mailer starts, however many there are', async () => {
    for (let i = 0; i < 25; i += 1) await add();
    await start();
    await until(() => sent.length === 25);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(25);
  });

  test('is tried again with growing pauses while the server is down, then sent once', async () => {
    down = true;
    await add();
    await start();
    await until(() => tries.length === 1);
    for (let i = 0; i < 6; i += 1) await ringNext();
    down = false;
    await ringNext();
    await until(async () => (await latest())?.state === 'sent');
    const pauses = tries.map((at, i) => (at - (tries[i - 1] ?? 0)) / MINUTE);
    expect(pauses).toEqual([0, 1, 5, 15, 60, 240, 240, 240]);
    expect(sent).toHaveLength(1);
    expect(clock.nextAlarm()).toBeNull();
  });

  test('is given up after 3 days', async () => {
    down = true;
    await add();
    await start();
    await until(() => tries.length === 1);
    while ((await latest())?.state === 'waiting') await ringNext();
    expect((await latest())?.state).toBe('given_up');
    expect(clock.now()).toBe(72 * HOUR);
    expect(tries.at(-1)).toBeGreaterThanOrEqual(68 * HOUR);
    expect(tries.at(-1)).toBeLessThan(72 * HOUR);
    expect(clock.nextAlarm()).toBeNull();
  });

  test('that has grown 3 days old while the program was off is not sent', async () => {
    await add(0);
    clock.set(72 * HOUR);
    await start();
    await until(async () => (await latest())?.state === 'given_up');
    expect(tries).toEqual([]);
  });

  test('is not sent once its webhook was enabled', async () => {
    down = true;
    await add();
    await start();
    await until(() => clock.nextAlarm() !== null);
    await store.transaction((tx) => tx.outbox.cancel(1));
    down = false;
    clock.advance(HOUR);
    await until(() => clock.nextAlarm() === null);
    expect(tries).toHaveLength(1);
    expect((await latest())?.state).toBe('cancelled');
  });

  test('that was due in hours is tried at once after a restart, which may bring other settings', async () => {
    down = true;
    await add();
    await start();
    await until(() => tries.length === 1);
    for (let i = 0; i < 5; i += 1) await ringNext();
    await mailer.stop();
    down = false;
    await start();
    await until(() => sent.length === 1);
  });

  test('does not wait longer because the clock was set back', async () => {
    clock.set(99 * HOUR);
    down = true;
    await add();
    await start();
    await until(() => clock.nextAlarm() !== null);
    down = false;
    clock.set(0);
    mailer.wake();
    await until(() => sent.length === 1);
  });
});

describe('without SMTP', () => {
  const reason = 'smtp_not_configured';

  test('an e-mail is marked unsent, with the reason', async () => {
    await add();
    await start(null);
    expect(await latest()).toMatchObject({ state: 'unsent', reason });
    await add();
    mailer.wake();
    await until(async () => (await latest())?.state === 'unsent');
    expect(clock.nextAlarm()).toBeNull();
  });

  test('it goes out once there is SMTP, if it is younger than 3 days', async () => {
    await add();
    clock.set(70 * HOUR);
    const young = await add();
    await start(null);
    await mailer.stop();
    clock.set(73 * HOUR);
    await start();
    await until(async () => (await latest())?.state === 'sent');
    expect(sent.map(({ messageId }) => messageId)).toEqual([young]);
    const states = (await store.read.outbox.ofWebhook(1)).map(({ state }) => state);
    expect(states).toEqual(['sent', 'given_up']);
  });

  test('it stays away if its webhook was enabled meanwhile', async () => {
    await add();
    await start(null);
    await store.transaction((tx) => tx.outbox.cancel(1));
    await mailer.stop();
    await start();
    await until(async () => (await store.read.outbox.nextDue()) === null);
    expect(tries).toEqual([]);
  });
});

test('without an owner’s address it is unsent, with the reason, and goes out once there is one', async () => {
  const nobody = { ownerName: '', ownerEmail: '' };
  await store.transaction((tx) => tx.workspaces.edit(1, nobody));
  await add();
  await start();
  await until(async () => (await latest())?.state === 'unsent');
  expect(await latest()).toMatchObject({ reason: 'no_owner_email' });
  const owner = { ownerName: '', ownerEmail: 'new@acme.example' };
  await store.transaction((tx) => tx.workspaces.edit(1, owner));
  await until(() => clock.nextAlarm() !== null);
  clock.set(clock.nextAlarm() as number);
  await until(async () => (await latest())?.state === 'sent');
  expect(sent).toMatchObject([{ to: { address: 'new@acme.example' } }]);
});

test('a failure is logged by its cause, without name, address or text', async () => {
  down = true;
  await add();
  await start();
  await until(() => clock.nextAlarm() !== null);
  expect(logged).toContain('"reason":"ESOCKET: connect ECONNREFUSED"');
  expect(logged).not.toMatch(/olga|CRM/i);
});

test('what was sent is marked even if the store is down for a while', async () => {
  await add();
  let outages = 3;
  const shaky: Store = {
    read: store.read,
    close: () => store.close(),
    transaction: (work) => {
      if (sent.length > 0 && outages-- > 0) return Promise.reject(new Error('disk full'));
      return store.transaction(work);
    },
  };
  const log = pino({ level: 'silent' });
  mailer = new Mailer({ store: shaky, clock, post, site: SITE, retentionDays: 30, log });
  await mailer.start();
  while (outages > 0) {
    await until(() => clock.nextAlarm() !== null || outages <= 0);
    clock.advance(1000);
  }
  await until(async () => (await latest())?.state === 'sent');
  expect(sent).toHaveLength(1);
});

test('a stop waits for what is under way, and what is marked then stays marked', async () => {
  const accepted = Promise.withResolvers<void>();
  await add();
  await start(async () => {
    tries.push(clock.now());
    await accepted.promise;
  });
  await until(() => tries.length === 1);
  const stopped = mailer.stop();
  accepted.resolve();
  await stopped;
  expect((await latest())?.state).toBe('sent');
});

test('once its lease is lost it ends without a complaint: the house is another’s', async () => {
  const log = pino({}, { write: (line) => (logged += line) });
  let isLost = false;
  let refused = 0;
  const leased: Store = {
    ...store,
    read: store.read,
    close: () => store.close(),
    transaction: (work, scope) => {
      if (!isLost) return store.transaction(work, scope);
      refused += 1;
      return Promise.reject(new LeaseLostError());
    },
  };
  mailer = new Mailer({ store: leased, clock, post, site: SITE, retentionDays: 30, log });
  await mailer.start();
  await until(() => clock.nextAlarm() === null);
  await add();
  isLost = true;
  mailer.wake();
  await until(() => refused > 0);
  await mailer.stop();
  // Whoever holds the house now sends it again, under the same Message-ID.
  expect([refused, sent.length, logged, clock.nextAlarm()]).toEqual([1, 1, '', null]);
});
