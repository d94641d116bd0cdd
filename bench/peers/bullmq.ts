import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../rig/free-port.ts';
import { type Peer, runPeer } from './peer.ts';

/** BullMQ on a Redis of its own that syncs every write. It keeps no order within a key. */
export const bullmq: Peer = {
  name: 'BullMQ on Redis, appendfsync always',
  start: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pakiet-bench-redis-'));
    const port = await freePort();
    const redis = await startRedis(folder, port);
    const stopRedis = async () => {
      if (redis) await ended(redis);
      rmSync(folder, { recursive: true, force: true });
    };
    if (redis)
      return runPeer(new URL('./bullmq-process.ts', import.meta.url), [`${port}`], stopRedis);
    await stopRedis();
    return null;
  },
};

/** Null where there is none on this machine. */
async function startRedis(folder: string, port: number): Promise<ChildProcess | null> {
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const where = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder];
  const redis = spawn('redis-server', [...where, ...durable], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<ChildProcess | null>();
  redis.on('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? resolve(null) : reject(error),
  );
  redis.on('exit', () => reject(new Error('redis-server ended at once')));
  createInterface({ input: redis.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    if (line.includes('Ready to accept connections')) resolve(redis);
  });
  return promise;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
