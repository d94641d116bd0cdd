import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { TimedLease } from '../../src/core/lease.ts';
import { ShardHolder } from '../../src/core/shard-holder.ts';
import type { Renewed } from '../../src/store/leases.ts';
import { ManualClock } from '../support/manual-clock.ts';

const settled = () => new Promise((done) => setImmediate(done));

let told: string[];
let answer: Renewed;
let free: PromiseWithResolvers<void>;
let lease: TimedLease;
let holder: ShardHolder;

beforeEach(() => {
  told = [];
  free = Promise.withResolvers();
  lease = new TimedLease(30_000, () => {});
  holder = new ShardHolder({
    ...{ lease, clock: new ManualClock(), log: pino({ level: 'silent' }) },
    leases: {
      renew: async () => answer,
      free: () => free.promise,
      leave: async () => {},
    },
    freed: () => {
      told.push('freed');
    },
    holder: {
      begin: (id) => {
        told.push(`begin ${id}`);
      },
      take: async (shards) => {
        told.push(`take ${shards}`);
      },
      release: async (shards) => {
        told.push(`release ${shards}`);
      },
      resume: () => {},
    },
  });
});
afterEach(async () => {
  free.resolve();
  await holder.stop();
});

const looks = async (renewed: Renewed) => {
  answer = renewed;
  holder.look();
  await settled();
};
const start = async () => {
  answer = { id: 1, shards: [1, 2], release: [] };
  await holder.start();
};

test('does not take up what it is just giving back, however often it looks meanwhile', async () => {
  await start();
  await looks({ id: 1, shards: [1, 2], release: [2] });
  await looks({ id: 1, shards: [1, 2], release: [2] });
  expect(told).toEqual(['begin 1', 'take 1,2', 'release 2']);
  free.resolve();
  await settled();
  await looks({ id: 1, shards: [1], release: [] });
  await looks({ id: 1, shards: [1, 2], release: [] });
  expect(told.slice(3)).toEqual(['freed', 'take 2']);
});

test('takes up again what could not be given back', async () => {
  await start();
  await looks({ id: 1, shards: [1, 2], release: [2] });
  free.reject(new Error('no connection'));
  await settled();
  free = Promise.withResolvers();
  await looks({ id: 1, shards: [1, 2], release: [] });
  expect(told.slice(2)).toEqual(['release 2', 'take 2']);
});

test('begins anew with nothing under another number', async () => {
  await start();
  await looks({ id: 2, shards: [2], release: [] });
  expect(told.slice(2)).toEqual(['begin 2', 'take 2']);
});
