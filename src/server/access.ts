import type {} from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Store } from '../store/store.ts';
import { hashKey } from './api-keys.ts';
import { ApiError } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request carries; set by {@link requireKey}. */
    workspaceId: number;
  }
}

const FAILURES_A_MINUTE = 30;
const SETTINGS_CALLS_A_MINUTE = 1200;

/**
 * Guards the routes of `app` with an API key: as Bearer token, or for people's browsers as the password
 * of HTTP Basic. A key opens its own workspace only. Guessing is slowed down by address.
 * @param intake path of the route that takes messages and is not limited by number of calls
 */
export function requireKey(
  app: FastifyInstance,
  store: Store,
  scheme: 'bearer' | 'basic',
  intake?: string,
): void {
  const failures = app.createRateLimit({ max: FAILURES_A_MINUTE, timeWindow: '1 minute' });
  const calls = app.createRateLimit({
    max: SETTINGS_CALLS_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: (request) => `workspace ${request.workspaceId}`,
  });
  app.addHook('onRequest', async (request, reply) => {
    const key = scheme === 'bearer' ? bearerToken(request) : basicPassword(request);
    const known = key ? await store.read.workspaces.keyByHash(hashKey(key)) : null;
    if (!known) {
      const limit = await failures(request);
      if (!limit.isAllowed && limit.isExceeded) {
        reply.header('retry-after', limit.ttlInSeconds);
        throw tooMany('failed attempts', limit.ttlInSeconds);
      }
      if (scheme === 'basic') reply.header('www-authenticate', 'Basic realm="Pakiet"');
      throw new ApiError('unauthorized', HOW_TO[scheme]);
    }
    request.workspaceId = known.workspaceId;
    if (request.routeOptions.url === intake) return;
    const limit = await calls(request);
    if (!limit.isAllowed && limit.isExceeded) {
      reply.header('retry-after', limit.ttlInSeconds);
      throw tooMany('requests', limit.ttlInSeconds);
    }
  });
}

const HOW_TO = {
  bearer: 'Send a valid API key, with the header Authorization: Bearer <key>',
  basic: 'Enter an API key as the password; the user name does not matter',
};

const tooMany = (what: string, seconds: number) =>
  new ApiError('too_many_requests', `Too many ${what}: try again in ${seconds} seconds`);

function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function basicPassword({ headers }: FastifyRequest): string | undefined {
  const encoded = /^Basic +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (!encoded) return undefined;
  return Buffer.from(encoded, 'base64').toString('utf8').split(':').slice(1).join(':');
}
