import rateLimit from '@fastify/rate-limit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { hashKey } from '../../src/core/api-keys.ts';
import { requireKey } from '../../src/server/access.ts';
import { errorHandler } from '../../src/server/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { expectErrorForm } from '../support/raw-http.ts';

// The guard itself, with limits so small that a test can reach them; errors.test.ts reaches the real ones.

const KEYS = ['pakiet_key-one', 'pakiet_key-two'];
let app: FastifyInstance;
let base: string;

beforeAll(async () => {
  const hashes = KEYS.map(hashKey);
  const keysByHash = async (asked: string[]) =>
    asked
      .filter((hash) => hashes.includes(hash))
      .map((hash) => ({ hash, workspaceId: 7, lastUsedAt: 0 }));
  const store = { read: { workspaces: { keysByHash } } } as never;
  // A forwarded address stands for the caller's own, of which a test has but one.
  app = Fastify({ trustProxy: true });
  app.setErrorHandler(errorHandler(pino({ enabled: false })));
  await app.register(rateLimit, { global: false });
  requireKey(app, store, new ManualClock(0), '/messages', { failures: 3, calls: 5, intake: 20 });
  app.get('/me', async (request) => request.workspaceId);
  app.post('/messages', async () => 'taken');
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(() => app.close());

async function ask(key: string, path = '/me', address = '203.0.113.1') {
  const headers = { authorization: `Bearer ${key}`, 'x-forwarded-for': address };
  const method = path === '/me' ? 'GET' : 'POST';
  const response = await fetch(`${base}${path}`, { method, headers });
  const body = await response.text();
  if (!response.ok) expectErrorForm({ headers: response.headers, body: JSON.parse(body) });
  return { status: response.status, wait: Number(response.headers.get('retry-after')), body };
}

const statuses = async (count: number, ...how: Parameters<typeof ask>) => {
  const found: number[] = [];
  for (let n = 0; n < count; n += 1) found.push((await ask(...how)).status);
  return found;
};

describe('attempts that fail', () => {
  test('are limited by address, each on its own, a network of IPv6 being one', async () => {
    expect(await statuses(5, 'wrong')).toEqual([401, 401, 401, 429, 429]);
    expect(await statuses(1, 'wrong', '/messages')).toEqual([429]);
    expect(await statuses(1, 'wrong', '/me', '203.0.113.2')).toEqual([401]);
    const addresses = [1, 2, 3, 4].map((n) => `2001:db8::${n}`);
    const found = [];
    for (const address of addresses) found.push(...(await statuses(1, 'wrong', '/me', address)));
    expect(found).toEqual([401, 401, 401, 429]);
  });

  test('say when to come back', async () => {
    const { wait, body } = await ask('wrong');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(body).toContain('failed attempts');
  });

  test('do not shut out a right key from the same address, which may be a proxy’s', async () => {
    expect(await statuses(1, KEYS[0] as string)).toEqual([200]);
  });
});

describe('calls', () => {
  test('are limited by key, each on its own, though their workspace is one', async () => {
    expect(await statuses(5, KEYS[0] as string)).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses(1, KEYS[0] as string, '/me', '203.0.113.9')).toEqual([429]);
    expect(await statuses(1, KEYS[1] as string)).toEqual([200]);
  });

  test('that hand messages in have a limit of their own, a higher one', async () => {
    const found = await statuses(22, KEYS[0] as string, '/messages');
    expect(found).toEqual([...Array.from({ length: 20 }, () => 200), 429, 429]);
  });
});
