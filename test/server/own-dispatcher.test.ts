import { beforeEach, expect, test } from '@jest/globals';
import type { DispatcherThread } from '../../src/server/dispatcher-thread.ts';
import { OwnDispatcher } from '../../src/server/own-dispatcher.ts';

const DUE = new Map([[1, 1000]]);

let told: string[];
const listener = (name: string) => ({
  wake: (due: ReadonlyMap<number, number>) => void told.push(`${name}: wake ${[...due.keys()]}`),
  changed: (id: number) => void told.push(`${name}: changed ${id}`),
});
let stopped: PromiseWithResolvers<void>;
const thread = (): DispatcherThread => ({
  ...listener('thread'),
  metrics: async () => [],
  stop: () => stopped.promise,
});

beforeEach(() => {
  told = [];
  stopped = Promise.withResolvers();
});

test('alone with its store it is told everything, at the latest when it is at work', () => {
  const dispatcher = new OwnDispatcher(null);
  dispatcher.wake(DUE);
  dispatcher.changed(2);
  expect(told).toEqual([]);
  dispatcher.isThere(thread());
  expect(told).toEqual(['thread: wake 1', 'thread: changed 2']);
  dispatcher.wake(DUE);
  expect(told).toHaveLength(3);
});

test('among others all hear what is due, unless it is at work itself', async () => {
  const dispatcher = new OwnDispatcher(listener('all'));
  dispatcher.wake(DUE);
  dispatcher.isThere(thread());
  dispatcher.wake(DUE);
  const stopping = dispatcher.stop();
  // A request may be under way for longer than its deliveries.
  dispatcher.wake(DUE);
  stopped.resolve();
  await stopping;
  dispatcher.wake(DUE);
  expect(told).toEqual(['all: wake 1', 'thread: wake 1', 'all: wake 1', 'all: wake 1']);
});

test('among others all hear of what was changed', () => {
  const dispatcher = new OwnDispatcher(listener('all'));
  dispatcher.isThere(thread());
  dispatcher.changed(2);
  expect(told).toEqual(['all: changed 2']);
});
