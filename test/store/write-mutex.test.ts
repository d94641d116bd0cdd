import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { WriteMutex } from '../../src/store/sqlite/write-mutex.ts';

const turn = () => new Promise((next) => setImmediate(next));

test('serves first come, first served, over all that share the memory', async () => {
  const memory = WriteMutex.memory();
  const [one, other] = [new WriteMutex(memory), new WriteMutex(memory)];
  const served: number[] = [];
  let inside = 0;
  const work = async (mutex: WriteMutex, n: number) => {
    const release = await mutex.acquire();
    inside += 1;
    expect(inside).toBe(1);
    served.push(n);
    await turn();
    inside -= 1;
    release();
  };
  await Promise.all(Array.from({ length: 20 }, (_, n) => work(n % 2 ? one : other, n)));
  expect(served).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

test('goes on when its tickets wrap around', async () => {
  const memory = WriteMutex.memory();
  new Int32Array(memory).fill(0x7fff_ffff);
  const mutex = new WriteMutex(memory);
  for (let i = 0; i < 3; i++) (await mutex.acquire())();
});

/** Takes the mutex in a loop; each time adds 1 to a shared number in two steps, and tells its turn. */
const worker = `
  import { workerData, parentPort } from 'node:worker_threads';
  const { WriteMutex } = await import(workerData.module);
  const mutex = new WriteMutex(workerData.memory);
  const shared = new Int32Array(workerData.shared);
  const ready = Atomics.add(shared, 1, 1) + 1;
  while (Atomics.load(shared, 1) < 2) await new Promise((next) => setImmediate(next));
  const turns = [];
  for (let i = 0; i < workerData.rounds; i++) {
    const release = await mutex.acquire();
    const before = shared[0];
    turns.push(before);
    if (i % 10 === 0) await new Promise((next) => setImmediate(next));
    shared[0] = before + 1;
    release();
  }
  parentPort.postMessage(turns);
`;

test('lets one thread in at a time, and neither starves the other', async () => {
  const rounds = 500;
  const workerData = {
    module: new URL('../../src/store/sqlite/write-mutex.ts', import.meta.url).href,
    memory: WriteMutex.memory(),
    shared: new SharedArrayBuffer(8),
    rounds,
  };
  const source = new URL(`data:text/javascript,${encodeURIComponent(worker)}`);
  const threads = [1, 2].map(() => new Worker(source, { workerData }));
  const answers = await Promise.all(threads.map((thread) => once(thread, 'message')));
  const [mine, theirs] = answers.map(([turns]) => turns as number[]) as [number[], number[]];
  expect([...mine, ...theirs].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 2 * rounds }, (_, n) => n),
  );
  // While both were at it, neither had more than a few turns on end.
  const together = Math.min(mine.at(-1) as number, theirs.at(-1) as number);
  const longestRun = (turns: number[]) => {
    let longest = 0;
    let run = 0;
    for (const [i, n] of turns.entries()) {
      if (n > together) break;
      run = n === (turns[i - 1] ?? n) + 1 ? run + 1 : 1;
      longest = Math.max(longest, run);
    }
    return longest;
  };
  const begun = Math.max(mine[0] as number, theirs[0] as number);
  const since = (turns: number[]) => turns.filter((n) => n >= begun);
  expect(longestRun(since(mine))).toBeLessThan(20);
  expect(longestRun(since(theirs))).toBeLessThan(20);
  await Promise.all(threads.map((thread) => thread.terminate()));
});
