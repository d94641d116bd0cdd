import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { monotonicMs } from './monotonic.ts';

export const CONNECTIONS = 64;

/** Where requests go, and what each of them carries. */
export interface Target {
  origin: string;
  path: string;
  headers: Record<string, string>;
  /** The status that every answer must have. */
  status: number;
  body: (index: number) => string;
}

export interface Sent {
  requests: number;
  seconds: number;
  perSecond: number;
}

/** Posts over 64 kept-alive connections, each as fast as it is answered, until the number or the time is up. */
export async function fullLoad(
  target: Target,
  {
    count = Number.POSITIVE_INFINITY,
    seconds = Number.POSITIVE_INFINITY,
    connections = CONNECTIONS,
  },
): Promise<Sent> {
  const pool = new Pool(target.origin, { connections });
  const from = monotonicMs();
  const until = from + seconds * 1000;
  let begun = 0;
  const worker = async () => {
    while (begun < count && monotonicMs() < until) await post(pool, target, begun++);
  };
  try {
    await Promise.all(Array.from({ length: connections }, worker));
  } finally {
    await pool.destroy();
  }
  const took = (monotonicMs() - from) / 1000;
  return { requests: begun, seconds: took, perSecond: begun / took };
}

async function post(pool: Pool, { path, headers, status, body }: Target, index: number) {
  const response = await pool.request({ path, method: 'POST', headers, body: body(index) });
  const text = await response.body.text();
  if (response.statusCode !== status)
    throw new Error(`${path} answered ${response.statusCode}: ${text}`);
}

/** What an answered request of an even load took, and when it began. */
export interface Timed {
  at: number;
  ms: number;
}

/** Posts so many a second, however fast they are answered, until the signal; answers how long each took. */
export async function evenLoad(
  target: Target,
  { perSecond, count = Number.POSITIVE_INFINITY, signal }: EvenLoad,
): Promise<Timed[]> {
  const pool = new Pool(target.origin, { connections: CONNECTIONS });
  const timed: Timed[] = [];
  const failures: unknown[] = [];
  const underWay = new Set<Promise<void>>();
  const from = monotonicMs();
  try {
    for (let index = 0; index < count && !signal?.aborted && failures.length === 0; index += 1) {
      const wait = from + (index * 1000) / perSecond - monotonicMs();
      if (wait > 0) await sleep(wait);
      const at = monotonicMs();
      const posted = post(pool, target, index)
        .then(() => void timed.push({ at, ms: monotonicMs() - at }))
        .catch((error) => void failures.push(error))
        .finally(() => underWay.delete(posted));
      underWay.add(posted);
    }
    await Promise.all(underWay);
  } finally {
    await pool.destroy();
  }
  if (failures.length > 0) throw failures[0];
  return timed;
}

export interface EvenLoad {
  perSecond: number;
  count?: number;
  signal?: AbortSignal;
}
