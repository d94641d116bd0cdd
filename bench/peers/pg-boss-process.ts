import { PgBoss } from 'pg-boss';
import { obey } from './peer.ts';
import { CONCURRENCY, type Job, poster } from './post.ts';

const NAME = 'deliveries';
/** Looking for the heads of keys is what takes its time, however many of them are taken. */
const FETCHED_AT_ONCE = 1000;
/** So that one batch is looked for while another is under way. */
const LOOPS = 2;

const [connectionString, schema] = process.argv.slice(2) as [string, string];
const boss = new PgBoss({
  connectionString,
  schema,
  options: '-c synchronous_commit=on',
  max: 4,
  schedule: false,
});
boss.on('error', (error) => {
  throw error;
});
await boss.start();
await boss.createQueue(NAME, { policy: 'key_strict_fifo', retryLimit: 10, retryBackoff: true });

obey(async (order) => {
  if (order.kind === 'seed') {
    // Its insert() keeps no order within one call, so no key comes twice in it.
    for (let from = 0; from < order.count; from += order.keys) {
      const size = Math.min(order.keys, order.count - from);
      await boss.insert(
        NAME,
        Array.from({ length: size }, (_, i) => ({
          singletonKey: `${i}`,
          data: { key: `${i}`, body: order.body },
        })),
      );
    }
  } else {
    const post = poster(order.origin);
    for (let n = 0; n < LOOPS; n += 1) void deliver(post);
  }
});

async function deliver(post: ReturnType<typeof poster>): Promise<void> {
  for (;;) {
    const jobs = await boss.fetch<Job>(NAME, { batchSize: FETCHED_AT_ONCE });
    const left = jobs.values();
    const worker = async () => {
      for (const { id, data } of left) await post(id, data.body);
    };
    await Promise.all(Array.from({ length: CONCURRENCY / LOOPS }, worker));
    if (jobs.length > 0)
      await boss.complete(
        NAME,
        jobs.map(({ id }) => id),
      );
  }
}
