import { z } from 'zod';
import { activitySentence } from '../../core/activity-sentence.ts';
import { toRequestJson } from '../../core/request-log.ts';
import { newestSamples } from '../../core/samples.ts';
import { ACTIVITY_ACTIONS, type Webhook } from '../../store/rows.ts';
import { bundlePayloadSchema, directionSchema, singlePayloadSchema } from '../../wire/payload.ts';
import { phoneSchema } from '../../wire/phone.ts';
import {
  chatIdSchema,
  chatTypeSchema,
  GRANULARITIES,
  type Granularity,
} from '../../wire/webhook.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, idFrom, isoTime } from './context.ts';
import { webhookParams } from './webhooks.ts';

const tags = ['Deliveries'];

const activitySchema = z.object({
  at: z.string(),
  action: z.enum(ACTIVITY_ACTIONS),
  detail: z.string(),
});

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

export const requestSchema = z.object({
  at: z.string(),
  duration_ms: z.number(),
  kind: z.enum(['delivery', 'test']),
  request: z.object({ method: z.literal('POST'), url: z.string(), headers, body: z.string() }),
  response: z
    .object({
      status: z.number().int(),
      headers,
      body: z.string(),
      truncated: z.literal(true).optional(),
    })
    .nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** A repeated or comma-separated query parameter as a list. */
const list = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) =>
    [value ?? []]
      .flat()
      .flatMap((text) => text.split(','))
      .filter(Boolean),
  );

/** In a query string a plus sign that nobody has encoded arrives as a space. */
const phones = list
  .transform((texts) => texts.map((text) => text.replace(/^ /, '+')))
  .pipe(z.array(phoneSchema));

const samplesQuery = z.object({
  granularity_hours: z
    .enum(GRANULARITIES.map(String))
    .default('0')
    .transform((text) => Number(text) as Granularity),
  whatsapp_accounts: phones,
  chats: list.pipe(z.array(chatIdSchema)),
  direction: directionSchema.optional(),
  chat_type: chatTypeSchema.optional(),
});

/** What was delivered, what would be, and what can be sent right now. */
export function deliveryRoutes(api: Api, { store, webhooks, site, clock }: ApiContext): void {
  const get = async (workspaceId: number, id: string): Promise<Webhook> => {
    const webhook = await store.read.webhooks.get(workspaceId, idFrom(id));
    if (!webhook) throw notFound('webhook');
    return webhook;
  };

  api.route({
    method: 'POST',
    url: '/webhooks/:id/flush',
    schema: {
      tags,
      summary: 'Close the open bundles now',
      params: webhookParams,
      response: { 202: z.object({ bundles: z.number().int() }), ...errorResponses },
    },
    handler: async (request, reply) => {
      const bundles = await webhooks.flush(request.workspaceId, idFrom(request.params.id));
      if (bundles === null) throw notFound('webhook');
      return reply.code(202).send({ bundles });
    },
  });

  api.route({
    method: 'POST',
    url: '/webhooks/:id/test',
    schema: {
      tags,
      summary: 'Send a sample now',
      description: 'Answers with the request and what came back. Neither counts nor clears errors.',
      params: webhookParams,
      response: { 200: requestSchema, ...errorResponses },
    },
    handler: async (request) => {
      const tried = await webhooks.test(request.workspaceId, idFrom(request.params.id));
      if (!tried) throw notFound('webhook');
      return toRequestJson(tried.logged);
    },
  });

  api.route({
    method: 'GET',
    url: '/webhooks/:id/activity',
    schema: {
      tags,
      summary: 'The 10 latest actions, newest first',
      params: webhookParams,
      response: { 200: z.array(activitySchema), ...errorResponses },
    },
    handler: async (request) => {
      const { id } = await get(request.workspaceId, request.params.id);
      const activities = await store.read.history.activities(id);
      return activities.map(({ at, action, facts }) => ({
        at: isoTime(at),
        action,
        detail: activitySentence(facts, 'en'),
      }));
    },
  });

  api.route({
    method: 'GET',
    url: '/webhooks/:id/log',
    schema: {
      tags,
      summary: 'Download up to 100 latest requests with all that was sent and came back',
      params: webhookParams,
      response: { 200: z.array(requestSchema), ...errorResponses },
    },
    handler: async (request, reply) => {
      const { id } = await get(request.workspaceId, request.params.id);
      const requests = await store.read.history.requests(id);
      reply.header('content-disposition', `attachment; filename="webhook-${id}-log.json"`);
      return requests.map(toRequestJson);
    },
  });

  api.route({
    method: 'GET',
    url: '/samples',
    schema: {
      tags,
      summary: 'Up to 3 newest items, exactly as a webhook with these settings would get them',
      querystring: samplesQuery,
      response: {
        200: z.union([z.array(singlePayloadSchema), z.array(bundlePayloadSchema)]),
        ...errorResponses,
      },
    },
    handler: async (request) => {
      const { granularity_hours: granularityHours, ...query } = request.query;
      const filters = {
        ...(query.whatsapp_accounts.length > 0 && { whatsapp_accounts: query.whatsapp_accounts }),
        ...(query.chats.length > 0 && { chats: query.chats }),
        ...(query.direction && { direction: query.direction }),
        ...(query.chat_type && { chat_type: query.chat_type }),
      };
      const settings = { granularityHours, filters };
      const found = await newestSamples(
        store.read,
        site,
        request.workspaceId,
        settings,
        clock.now(),
      );
      return found as never;
    },
  });
}
