import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { fairLookup } from '../../src/core/fair-lookup.ts';

const ADDRESSES = [{ address: '127.0.0.1', family: 4 }];

/** What is being looked up, in order, with the way to answer it. */
let running: Map<string, () => void>;
/** What has been answered. */
let answered: string[];
let ask: (host: string) => void;

beforeEach(() => {
  jest.useFakeTimers();
  running = new Map();
  answered = [];
  const lookup = fairLookup((host, _options, callback) => {
    running.set(host, () => {
      running.delete(host);
      callback(null, ADDRESSES);
    });
  }, 4);
  ask = (host) => lookup(host, { all: true }, () => answered.push(host));
});
afterEach(() => {
  jest.useRealTimers();
});

const answer = (host: string) => running.get(host)?.();
const underWay = () => [...running.keys()];

test('a name is looked up once for all who ask at the same time', () => {
  ask('a');
  ask('a');
  expect(underWay()).toEqual(['a']);
  answer('a');
  expect(answered).toEqual(['a', 'a']);
  ask('a');
  expect(underWay()).toEqual(['a']);
});

test('beyond the room names wait their turn', () => {
  for (const host of ['a', 'b', 'c', 'd', 'e', 'f']) ask(host);
  expect(underWay()).toEqual(['a', 'b', 'c', 'd']);
  answer('b');
  expect(underWay()).toEqual(['a', 'c', 'd', 'e']);
});

test('names that have hung once take no more than half of the room the next time', () => {
  const silent = ['s1', 's2', 's3', 's4'];
  for (const host of silent) ask(host);
  jest.advanceTimersByTime(1000);
  for (const host of silent) answer(host);
  for (const host of [...silent, 'quick']) ask(host);
  expect(underWay()).toEqual(['s1', 's2', 'quick']);
  answer('quick');
  answer('s1');
  expect(underWay()).toEqual(['s2', 's3']);
  expect(answered).toEqual([...silent, 'quick', 's1']);
});

test('names that hang for the first time count as slow while they do', () => {
  for (const host of ['s1', 's2', 's3']) ask(host);
  jest.advanceTimersByTime(1000);
  answer('s3');
  ask('s3');
  ask('quick');
  expect(underWay()).toEqual(['s1', 's2', 'quick']);
});

test('a name that is quick again is slow no more', () => {
  for (const host of ['a', 'b', 'c']) {
    ask(host);
    jest.advanceTimersByTime(1000);
    answer(host);
  }
  ask('c');
  answer('c');
  for (const host of ['a', 'b', 'c']) ask(host);
  expect(underWay()).toEqual(['a', 'b', 'c']);
});
