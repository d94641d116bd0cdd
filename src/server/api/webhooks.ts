import { z } from 'zod';
import type { WebhookActions } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import { filtersSchema, granularitySchema, newWebhookSchema } from '../../wire/webhook.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, idFrom, isoTime } from './context.ts';

const tags = ['Webhooks'];
export const webhookParams = z.object({ id: z.string() });

const webhookSchema = z.object({
  id: z.string(),
  name: z.string(),
  target_url: z.string(),
  granularity_hours: granularitySchema,
  filters: filtersSchema,
  source: z.enum(['manual', 'zapier']),
  zap_id: z.string().nullable(),
  created_at: z.string(),
  enabled: z.boolean(),
  disabled_reason: z.enum(['errors', 'owner']).nullable(),
  consecutive_errors: z.number().int(),
  next_attempt_at: z
    .string()
    .nullable()
    .meta({ description: 'When the next delivery may start; null where nothing waits.' }),
  waiting: z
    .number()
    .int()
    .meta({ description: 'Messages waiting to be delivered, counted up to 10,000.' }),
});

const createdSchema = webhookSchema.extend({
  secret: z.string().meta({ description: 'Signs the deliveries (Standard Webhooks).' }),
});

const editSchema = z.strictObject({
  target_url: newWebhookSchema.shape.target_url.optional(),
  granularity_hours: granularitySchema.optional(),
  filters: filtersSchema.optional(),
  name: z.string().trim().max(200).optional(),
  enabled: z.boolean().optional(),
});

async function toJson(
  actions: WebhookActions,
  webhook: Webhook,
): Promise<z.infer<typeof webhookSchema>> {
  const { waiting, nextAttemptAt } = await actions.status(webhook);
  return {
    id: String(webhook.id),
    name: webhook.name,
    target_url: webhook.targetUrl,
    granularity_hours: webhook.granularityHours,
    filters: webhook.filters,
    source: webhook.source,
    zap_id: webhook.zapId,
    created_at: isoTime(webhook.createdAt),
    enabled: webhook.enabled,
    disabled_reason: webhook.disabledReason,
    consecutive_errors: webhook.health.consecutiveErrors,
    next_attempt_at: nextAttemptAt === null ? null : isoTime(nextAttemptAt),
    waiting,
  };
}

/** Making, reading, editing and removing webhooks. */
export function webhookRoutes(api: Api, { store, webhooks }: ApiContext): void {
  api.route({
    method: 'POST',
    url: '/webhooks',
    schema: {
      tags,
      summary: 'Create a webhook',
      body: newWebhookSchema,
      response: { 201: createdSchema, ...errorResponses },
    },
    handler: async (request, reply) => {
      const webhook = await webhooks.create(request.workspaceId, request.body);
      const json = await toJson(webhooks, webhook);
      return reply.code(201).send({ ...json, secret: webhook.secret });
    },
  });

  api.route({
    method: 'GET',
    url: '/webhooks',
    schema: {
      tags,
      summary: 'List the webhooks',
      response: { 200: z.array(webhookSchema), ...errorResponses },
    },
    handler: async (request) => {
      const found = await store.read.webhooks.list(request.workspaceId);
      return Promise.all(found.map((webhook) => toJson(webhooks, webhook)));
    },
  });

  api.route({
    method: 'GET',
    url: '/webhooks/:id',
    schema: {
      tags,
      summary: 'Read a webhook and its status',
      params: webhookParams,
      response: { 200: webhookSchema, ...errorResponses },
    },
    handler: async (request) => {
      const id = idFrom(request.params.id);
      const webhook = await store.read.webhooks.get(request.workspaceId, id);
      if (!webhook) throw notFound('webhook');
      return toJson(webhooks, webhook);
    },
  });

  api.route({
    method: 'PATCH',
    url: '/webhooks/:id',
    schema: {
      tags,
      summary: 'Edit a webhook, or switch it on or off',
      description:
        'Switching on after errors clears them and goes on where it stopped. Switching on after you switched it off starts from now: what had been gathered until then is dropped.',
      params: webhookParams,
      body: editSchema,
      response: { 200: webhookSchema, ...errorResponses },
    },
    handler: async (request) => {
      const { params, body, workspaceId } = request;
      const given = Object.fromEntries(
        Object.entries(body).filter(([, value]) => value !== undefined),
      );
      const webhook = await webhooks.edit(workspaceId, idFrom(params.id), given);
      if (!webhook) throw notFound('webhook');
      return toJson(webhooks, webhook);
    },
  });

  api.route({
    method: 'DELETE',
    url: '/webhooks/:id',
    schema: {
      tags,
      summary: 'Remove a webhook with its logs; what waits in it is not delivered',
      params: webhookParams,
      response: { 204: z.null(), ...errorResponses },
    },
    handler: async (request, reply) => {
      const found = await webhooks.remove(request.workspaceId, idFrom(request.params.id));
      if (!found) throw notFound('webhook');
      return reply.code(204).send(null);
    },
  });
}
