import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { ApiError, errorHandler } from './errors.ts';
import { frontDoorOptions, guardFrontDoor } from './front-door.ts';
import { type Metrics, metricsRoute } from './metrics.ts';

export interface ProbeContext {
  store: Store;
  metrics: Metrics;
  /** Null where metrics are not served. */
  metricsToken: string | null;
}

/** What machines ask of every process: whether it is up, whether it can work, and its figures. */
export function probeRoutes(
  app: FastifyInstance,
  { store, metrics, metricsToken }: ProbeContext,
): void {
  app.get('/healthz', { schema: { hide: true } as object }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } as object }, async () => {
    await store.read.workspaces.ids();
    return { status: 'ready' };
  });
  metricsRoute(app, metrics, metricsToken);
}

/** The HTTP side of a process that only delivers. */
export async function buildProbes(context: ProbeContext, log: Logger): Promise<FastifyInstance> {
  const answerError = errorHandler(log);
  const app = Fastify({
    ...frontDoorOptions,
    trustProxy: 'loopback',
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  }) as unknown as FastifyInstance;
  app.setErrorHandler(answerError);
  guardFrontDoor(app, log);
  await app.register(rateLimit, { global: false });
  probeRoutes(app, context);
  app.setNotFoundHandler(() => {
    throw new ApiError('not_found', 'This process only delivers: ask one with the role api or all');
  });
  await app.ready();
  return app;
}
