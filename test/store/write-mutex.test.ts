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

/** Takes the mutex in a loop; each time adds 1 to a shared number in two steps, and tells what it found. */
const worker = `
  import { workerData, parentPort } from 'node:worker_threads';
  const { WriteMutex } = await import(workerData.module);
  const mutex = new WriteMutex(workerData.memory);
  const shared = new Int32Array(workerData.shared);
  Atomics.add(shared, 1, 1);
  while (Atomics.load(shared, 1) < 2) await new Promise((next) => setImmediate(next));
  const found = [];
  for (let i = 0; i < workerData.rounds; i++) {
    const release = await mutex.acquire();
    found.push(shared[0]);
    if (i % 10 === 0) await new Promise((next) => setImmediate(next));
    shared[0] = found.at(-1) + 1;
    release();
  }
  parentPort.postMessage(found);
`;

test('lets one thread in at a time, and keeps threads alive that wait for nothing else', async () => {
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
  const found = answers.flatMap(([numbers]) => numbers as number[]).sort((a, b) => a - b);
  expect(found).toEqual(Array.from({ length: 2 * rounds }, (_, n) => n));
  await Promise.all(threads.map((thread) => thread.terminate()));
});
