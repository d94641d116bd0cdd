import type {} from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hashKey } from '../core/api-keys.ts';
import type { Clock } from '../core/clock.ts';
import type { StoredKey } from '../store/everyday/workspaces.ts';
import type { Store } from '../store/store.ts';
import { AskedTogether } from './asked-together.ts';
import { ApiError } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request carries; set by {@link requireKey}. */
    workspaceId: number;
    /** The hash of that key; set with it. */
    keyHash: string;
  }
}

/** How much is too much within a minute. */
interface RateLimits {
  /** Attempts without a valid key, from one address. */
  failures: number;
  /** Calls with one key, those of the intake route left out. */
  calls: number;
  /** Requests that hand messages in with one key; each may bring a thousand. */
  intake: number;
}

const USE_NOTED_EVERY_MS = 600_000;

export const RATE_LIMITS: RateLimits = { failures: 30, calls: 1200, intake: 1_200_000 };

/**
 * Guards the routes of `app` with an API key as Bearer token. A key opens its own workspace only.
 *
 * An address that fails too often is told to wait, but a valid key is let in from there all the same.
 * Behind a proxy or a company's router all the world may have one address, and shutting it out would hand
 * anyone the means to stop a workspace's messages with thirty bad requests a minute; while a key of 256
 * bits is not found by guessing at any speed. A key of one's own (PAKIET_API_KEY) must be as random.
 * @param intake path of the route that takes messages, which has a limit of its own
 */
export function requireKey(
  app: FastifyInstance,
  store: Store,
  clock: Clock,
  intake: string,
  limits: RateLimits = RATE_LIMITS,
): void {
  const noteUse = useNotes(store, clock);
  const keys = new AskedTogether(async (hashes: string[]) => {
    const found = await store.read.workspaces.keysByHash(hashes);
    return new Map(found.map((key) => [key.hash, key]));
  });
  const byKey = (request: FastifyRequest) => request.keyHash;
  const failures = limiter(app, limits.failures);
  const calls = limiter(app, limits.calls, byKey);
  const handovers = limiter(app, limits.intake, byKey);
  app.addHook('onRequest', async (request, reply) => {
    const key = bearerToken(request);
    const hash = key && hashKey(key);
    const known = hash && (await keys.get(hash));
    if (!known) {
      await refuseBeyond(failures, 'failed attempts', request, reply);
      throw new ApiError('unauthorized', HOW_TO);
    }
    request.workspaceId = known.workspaceId;
    request.keyHash = known.hash;
    noteUse(known);
    const limit = request.routeOptions.url === intake ? handovers : calls;
    await refuseBeyond(limit, 'requests', request, reply);
  });
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

/** Counts something by address, or by what is given. */
export const limiter = (
  app: FastifyInstance,
  max: number,
  keyGenerator?: (request: FastifyRequest) => string,
): Limiter =>
  app.createRateLimit({ max, timeWindow: '1 minute', ...(keyGenerator && { keyGenerator }) });

/** @throws {ApiError} once there is too much of it within a minute */
export async function refuseBeyond(
  limiter: Limiter,
  what: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const limit = await limiter(request);
  if (limit.isAllowed || !limit.isExceeded) return;
  const seconds = limit.ttlInSeconds;
  reply.header('retry-after', seconds);
  throw new ApiError('too_many_requests', `Too many ${what}: try again in ${seconds} seconds`);
}

const HOW_TO = 'Send a valid API key, with the header Authorization: Bearer <key>';

export function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** Writes down when a key was used, so often that its owner sees which ones are needed, and no more. */
function useNotes(store: Store, clock: Clock): (key: StoredKey) => void {
  const noted = new Map<string, number>();
  return ({ hash, lastUsedAt, workspaceId }) => {
    const now = clock.now();
    const last = noted.get(hash) ?? lastUsedAt;
    if (last !== null && Math.abs(now - last) < USE_NOTED_EVERY_MS) return;
    noted.set(hash, now);
    // It must not hold up the request, and where it cannot be written down the next use is.
    store
      .transaction((tx) => tx.workspaces.keyUsed(hash, now), { alone: workspaceId })
      .catch(() => noted.delete(hash));
  };
}
