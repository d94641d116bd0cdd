import { Queue, Worker } from 'bullmq';
import { obey } from './peer.ts';
import { CONCURRENCY, type Job, poster } from './post.ts';

const SEEDED_AT_ONCE = 1000;
const NAME = 'deliveries';
const connection = { host: '127.0.0.1', port: Number(process.argv[2]) };
const removed = { removeOnComplete: true, removeOnFail: true };

obey(async (order) => {
  if (order.kind === 'seed') {
    const queue = new Queue<Job>(NAME, { connection });
    for (let from = 0; from < order.count; from += SEEDED_AT_ONCE) {
      const size = Math.min(SEEDED_AT_ONCE, order.count - from);
      await queue.addBulk(
        Array.from({ length: size }, (_, i) => ({
          name: 'deliver',
          data: { key: `${(from + i) % order.keys}`, body: order.body },
          opts: { ...removed, attempts: 10, backoff: { type: 'exponential', delay: 5000 } },
        })),
      );
    }
    await queue.close();
  } else {
    const post = poster(order.origin);
    const worker = new Worker<Job>(NAME, ({ id, data }) => post(id as string, data.body), {
      connection,
      concurrency: CONCURRENCY,
    });
    await worker.waitUntilReady();
  }
});
