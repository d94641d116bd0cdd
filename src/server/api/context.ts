import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Clock } from '../../core/clock.ts';
import type { Intake } from '../../core/intake.ts';
import type { Redelivery } from '../../core/redelivery.ts';
import type { Site } from '../../core/render.ts';
import type { Reports } from '../../core/reports.ts';
import type { SourceActions } from '../../core/source-actions.ts';
import type { SourceIntake } from '../../core/source-intake.ts';
import type { WebhookActions } from '../../core/webhooks.ts';
import type { Store } from '../../store/store.ts';
import { errorBodySchema } from '../errors.ts';
import type { Metrics } from '../metrics.ts';

/** What the routes work with. */
export interface ApiContext {
  store: Store;
  clock: Clock;
  intake: Intake;
  webhooks: WebhookActions;
  redelivery: Redelivery;
  sources: SourceActions;
  sourceIntake: SourceIntake;
  reports: Reports;
  /** Told that the dispatcher must look at this webhook again. */
  changed: (webhookId: number) => void;
  site: Site;
  metrics: Metrics;
  /** Null where metrics are not served. */
  metricsToken: string | null;
  version: string;
}

/** A Fastify instance whose routes take their types from zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Documents the errors that any route may answer with, beside a route's own answers. */
export const errorResponses = { '4xx': errorBodySchema, '5xx': errorBodySchema } as const;

/** Unix milliseconds as the API writes times. */
export const isoTime = (ms: number) => new Date(ms).toISOString();

/** The number in a path such as `/webhooks/12`; -1, which nothing has, for any other text. */
export const idFrom = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : -1);
