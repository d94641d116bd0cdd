import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FairQueue } from '../../src/core/fair-queue.ts';

/** Takes all that waits, so much at a time. */
function allOf<Item>(queue: FairQueue<Item>, most: number): Item[][] {
  const taken: Item[][] = [];
  while (queue.length > 0) taken.push(queue.take(most));
  return taken;
}

test('what is alone in its flow comes in the order in which it came', () => {
  const queue = new FairQueue<number>();
  for (const item of [3, 1, 2]) queue.add(item, 'one', item);
  expect(allOf(queue, 3)).toEqual([[3], [1, 2]]);
});

test('one that costs more than may be taken is taken alone', () => {
  const queue = new FairQueue<string>();
  queue.add('huge', 'one', 100);
  queue.add('small', 'one', 1);
  expect(allOf(queue, 10)).toEqual([['huge'], ['small']]);
});

test('a flow that comes behind a long line of another is served at once', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 50; i += 1) queue.add(`many ${i}`, 'many', 1);
  queue.take(10);
  queue.add('few', 'few', 1);
  expect(queue.take(2)).toContain('few');
});

test('a flow of small requests is not held up by the few large ones of another', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 3; i += 1) queue.add(`large ${i}`, 'large', 100);
  for (let i = 0; i < 5; i += 1) queue.add(`small ${i}`, 'small', 1);
  expect(queue.take(5)).toEqual(['small 0', 'small 1', 'small 2', 'small 3', 'small 4']);
});

test('a flow that was idle has saved nothing up', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 100; i += 1) {
    queue.add('busy', 'busy', 1);
    queue.take(1);
  }
  for (let i = 0; i < 3; i += 1) queue.add('idle', 'idle', 1);
  for (let i = 0; i < 3; i += 1) queue.add('busy', 'busy', 1);
  expect(queue.take(6)).toEqual(['idle', 'busy', 'idle', 'busy', 'idle', 'busy']);
});

test('one that fills a whole turn is not shut out by small ones that go on coming', () => {
  const queue = new FairQueue<string>();
  queue.add('large', 'large', 4000);
  const turns: string[][] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    queue.add(`small ${turn}`, 'small', 4);
    turns.push(queue.take(4000));
  }
  expect(turns).toEqual([['small 0'], ['large'], ['small 1', 'small 2']]);
});

test('nor is it where each turn is filled by others', () => {
  const queue = new FairQueue<string>();
  queue.add('large', 'large', 2500);
  let turns = 0;
  for (let isTaken = false; !isTaken; turns += 1) {
    expect(turns).toBeLessThan(3);
    queue.add('another', 'another', 2001);
    isTaken = queue.take(4000).includes('large');
  }
});

const flows = fc.array(
  fc.record({ flow: fc.constantFrom('a', 'b', 'c'), cost: fc.integer({ min: 1, max: 20 }) }),
  { minLength: 1, maxLength: 60 },
);

test('nothing is lost, and each flow keeps its order', () => {
  fc.assert(
    fc.property(flows, fc.integer({ min: 1, max: 50 }), (given, most) => {
      const queue = new FairQueue<number>();
      const taken: number[] = [];
      for (const [i, { flow, cost }] of given.entries()) {
        queue.add(i, flow, cost);
        if (i % 7 === 6) taken.push(...queue.take(most));
      }
      taken.push(...allOf(queue, most).flat());
      const inOrder = [...given.keys()];
      for (const flow of ['a', 'b', 'c']) {
        const isItsOwn = (i: number) => given[i]?.flow === flow;
        expect(taken.filter(isItsOwn)).toEqual(inOrder.filter(isItsOwn));
      }
      expect(taken).toHaveLength(given.length);
    }),
  );
});

test('whoever waits is served after all others have had as much, however many come behind', () => {
  const costs = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(costs, fc.integer({ min: 1, max: 200 }), (others, cost) => {
      const queue = new FairQueue<number>();
      queue.add(-1, 'waits', cost);
      const served = others.map(() => 0);
      for (let isTaken = false; !isTaken; ) {
        for (const [i, other] of others.entries()) queue.add(i, i, other);
        for (const i of queue.take(50)) {
          if (i === -1) isTaken = true;
          else served[i] = (served[i] ?? 0) + (others[i] ?? 0);
        }
        expect(Math.max(...served)).toBeLessThanOrEqual(cost + 3 * 50);
      }
    }),
  );
});

test('of flows that go on waiting none is served more than another by over one item of each', () => {
  fc.assert(
    fc.property(flows, (given) => {
      const queue = new FairQueue<(typeof given)[number]>();
      for (const one of given) queue.add(one, one.flow, one.cost);
      const waits = Map.groupBy(given, ({ flow }) => flow);
      const largest = Math.max(...given.map(({ cost }) => cost));
      const left = new Map([...waits].map(([flow, { length }]) => [flow, length]));
      const served = new Map([...waits.keys()].map((flow) => [flow, 0]));
      while ([...left.values()].every((count) => count > 0)) {
        const [{ flow, cost }] = queue.take(1) as [(typeof given)[number]];
        served.set(flow, (served.get(flow) ?? 0) + cost);
        left.set(flow, (left.get(flow) ?? 0) - 1);
        const costs = [...served.values()];
        expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(2 * largest);
      }
    }),
  );
});
