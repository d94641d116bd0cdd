import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { TimedLease } from '../../src/core/lease.ts';
import { ShardHolder } from '../../src/core/shard-holder.ts';
import type { Leases, Renewed } from '../../src/store/leases.ts';
import { ManualClock } from '../support/manual-clock.ts';

const LENGTH_MS = 30_000;
const BEAT_MS = LENGTH_MS / 6;

let clock: ManualClock;
/** What was done, in order. */
let done: string[];
/** What stands in the log. */
let logged: string;
/** What the next renewals answer; the last goes on. */
let answers: (Renewed | Error)[];
let releasing: Promise<void>;
let freeing: Promise<void>;
let lease: TimedLease;
let holder: ShardHolder;

const leases: Leases = {
  renew: async (id) => {
    done.push(`renew ${id}`);
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Renewed | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  },
  free: async (id, shards) => {
    done.push(`free ${id} ${shards}`);
    await freeing;
  },
  leave: async (id) => void done.push(`leave ${id}`),
};

beforeEach(() => {
  clock = new ManualClock();
  done = [];
  logged = '';
  releasing = Promise.resolve();
  freeing = Promise.resolve();
  lease = new TimedLease(
    LENGTH_MS,
    () => done.push('lapse'),
    () => clock.now(),
  );
  holder = new ShardHolder({
    ...{ leases, lease, clock },
    log: pino({ base: null }, { write: (line) => (logged += line) }),
    freed: () => void done.push('freed'),
    holder: {
      take: async (shards) => void done.push(`take ${shards}`),
      release: async (shards) => {
        done.push(`release ${shards}`);
        await releasing;
      },
      begin: (id) => void done.push(`begin ${id}`),
      resume: () => void done.push('resume'),
    },
  });
});

const held = (id: number, shards: number[], release: number[] = []): Renewed => ({
  ...{ id, shards, release },
});

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

/** What was done since this was asked last. */
const since = () => done.splice(0);

test('where nothing is free at first it says why nothing is delivered', async () => {
  answers = [held(7, []), held(7, [0])];
  await holder.start();
  expect(logged).toContain('within the last 30 s: nothing is delivered from here until');
  logged = '';
  await pass(BEAT_MS);
  expect(since()).toContain('take 0');
  expect(logged).toBe('');
});

test('it takes what it gets, once, and gives everything back when it stops', async () => {
  answers = [held(7, [0, 1])];
  await holder.start();
  expect(since()).toEqual(['renew null', 'begin 7', 'resume', 'take 0,1']);
  expect(lease.mayStart()).toBe(true);
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'resume']);
  answers = [held(7, [0, 1, 5])];
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'resume', 'take 5']);
  await holder.stop();
  expect(since()).toEqual(['leave 7', 'freed']);
  expect(lease.mayStart()).toBe(false);
  await pass(10 * BEAT_MS);
  expect(since()).toEqual([]);
});

test('it frees shards only once they are released, and renews its lease meanwhile', async () => {
  const released = Promise.withResolvers<void>();
  releasing = released.promise;
  answers = [held(7, [0, 1, 2], [2])];
  await holder.start();
  since();
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'resume']);
  released.resolve();
  await pass(0);
  expect(since()).toEqual(['free 7 2', 'freed']);
  answers = [held(7, [0, 1])];
  await pass(BEAT_MS);
  // It comes back, and so is taken anew.
  answers = [held(7, [0, 1, 2])];
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'resume', 'renew 7', 'resume', 'take 2']);
  await holder.stop();
});

test('it does not take up what it is just giving back, however often it looks meanwhile', async () => {
  const freed = Promise.withResolvers<void>();
  freeing = freed.promise;
  answers = [held(7, [0, 1, 2], [2])];
  await holder.start();
  since();
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'resume']);
  freed.resolve();
  await pass(0);
  expect(since()).toEqual(['freed']);
  await holder.stop();
});

test('it takes up again what could not be given back', async () => {
  const freed = Promise.withResolvers<void>();
  freeing = freed.promise;
  answers = [held(7, [0, 1, 2], [2]), held(7, [0, 1, 2])];
  await holder.start();
  since();
  freed.reject(new Error('down'));
  await pass(0);
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'resume', 'take 2']);
  await holder.stop();
});

test('a lease that was lost leaves nothing, and begins anew', async () => {
  answers = [held(7, [0, 1])];
  await holder.start();
  since();
  answers = [held(8, [1])];
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'begin 8', 'resume', 'take 1']);
  await holder.stop();
});

test('a store that does not answer is asked again, and starting fails', async () => {
  answers = [new Error('down')];
  await expect(holder.start()).rejects.toThrow('down');
  answers = [held(7, [0])];
  await holder.start();
  answers = [new Error('down'), new Error('down'), held(7, [0])];
  since();
  await pass(BEAT_MS);
  await pass(BEAT_MS);
  await pass(BEAT_MS);
  expect(since()).toEqual(['renew 7', 'renew 7', 'renew 7', 'resume']);
  await holder.stop();
});

test('it looks at once when it is told that something has moved', async () => {
  answers = [held(7, [0])];
  await holder.start();
  since();
  answers = [held(7, [0, 1])];
  holder.look();
  holder.look();
  await pass(0);
  expect(since()).toEqual(['renew 7', 'resume', 'take 1']);
  await holder.stop();
});
