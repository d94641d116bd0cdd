import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What a thread may keep in memory: where it needs more it ends, and nothing else does. */
const MEMORY_MB = 512;

/**
 * Has a thread of its own answer one question: it begins for it and ends with it. A thread that is still
 * at work does not hold up the end of the process.
 * @param entry module that posts its answer to `workerData`, the question
 * @param signal ends the thread at once
 * @throws what the thread threw, or an Error where it ended without an answer
 */
export async function askThread<Answer>(
  entry: URL,
  question: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  signal?.throwIfAborted();
  const worker = new Worker(entry, {
    workerData: question,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  worker.unref();
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`The thread ended with code ${code} and without an answer`);
  });
  try {
    const [answer] = await Promise.race([once(worker, 'message', { signal }), ended]);
    return answer as Answer;
  } finally {
    await worker.terminate();
  }
}
