import { beforeEach, expect, test } from '@jest/globals';
import { SourceNotes } from '../../src/core/source-notes.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { emptyStore } from '../support/stores.ts';

let store: Store;
let clock: ManualClock;
let notes: SourceNotes;
let transactions: number;
let isDown: boolean;
let errors: unknown[];

beforeEach(async () => {
  const real = await emptyStore();
  transactions = 0;
  isDown = false;
  errors = [];
  store = {
    read: real.read,
    close: async () => {},
    transaction: async (work) => {
      transactions += 1;
      if (isDown) throw new Error('disk full');
      return real.transaction(work);
    },
  };
  clock = new ManualClock(1000);
  notes = new SourceNotes({ store, clock, onError: (error) => errors.push(error) });
  await real.transaction((tx) =>
    tx.sources.create({
      ...{ id: 'src_1', workspaceId: 1, kind: 'waha', name: '', createdAt: 0 },
      ...{ secrets: {}, formerSecrets: [] },
    }),
  );
});

const now = () => store.read.sources.find('src_1');

test('whatever is noted is written together, once in five seconds', async () => {
  for (let n = 0; n < 100; n += 1) {
    notes.heard('src_1', { status: 2 });
    notes.refused('src_1', n < 99 ? 'unsigned' : 'wrong_signature');
  }
  clock.advance(4999);
  expect(await now()).toMatchObject({ dropped: {}, lastRefused: null });
  clock.advance(1);
  // The same one write, waited for.
  await notes.write();
  expect(transactions).toBe(1);
  expect(await now()).toMatchObject({
    lastHeardAt: 1000,
    dropped: { status: 200 },
    lastRefused: { at: 1000, code: 'wrong_signature' },
  });
  expect(clock.nextAlarm()).toBeNull();
});

test('what cannot be written stays noted, and is written later with what came since', async () => {
  isDown = true;
  notes.heard('src_1', { status: 1 });
  notes.refused('src_1', 'unsigned');
  const writing = notes.write();
  notes.heard('src_1', { reaction: 1 });
  await writing;
  expect(errors).toHaveLength(1);
  isDown = false;
  clock.advance(5000);
  await notes.write();
  expect(await now()).toMatchObject({
    dropped: { status: 1, reaction: 1 },
    lastRefused: { code: 'unsigned' },
  });
});

test('nothing is written where nothing was noted, nor after the end', async () => {
  await notes.write();
  expect(transactions).toBe(0);
  notes.heard('src_1', {});
  await notes.stop();
  expect(transactions).toBe(1);
  expect(clock.nextAlarm()).toBeNull();
});
