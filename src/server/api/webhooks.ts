import { z } from 'zod';
import type { WebhookActions } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import { textSchema } from '../../wire/text.ts';
import {
  createdWebhookSchema,
  filtersSchema,
  granularitySchema,
  newWebhookSchema,
  unsubscribeSchema,
} from '../../wire/webhook.ts';
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
  concurrency: z.number().int(),
  rate_per_second: z.number().int().nullable(),
  source: z.enum(['manual', 'zapier']),
  zap_id: z.string().nullable(),
  created_at: z.string(),
  enabled: z.boolean(),
  disabled_reason: z
    .enum(['errors', 'owner', 'unsubscribed'])
    .nullable()
    .meta({ description: 'unsubscribed: the Zap it belongs to is switched off.' }),
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

const createdSchema = webhookSchema.extend(createdWebhookSchema.shape);

const editSchema = z.strictObject({
  target_url: newWebhookSchema.shape.target_url.optional(),
  granularity_hours: granularitySchema.optional(),
  filters: filtersSchema.optional(),
  name: textSchema.trim().max(200).optional(),
  concurrency: newWebhookSchema.shape.concurrency.unwrap().optional(),
  rate_per_second: newWebhookSchema.shape.rate_per_second.unwrap().optional(),
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
    concurrency: webhook.concurrency,
    rate_per_second: webhook.rate,
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
      description:
        'A Zap (source zapier, with its zap_id) that has subscribed before gets back the webhook it had, with its secret and what it had gathered.',
      body: newWebhookSchema,
      response: { 201: createdSchema, ...errorResponses },
    },
    handler: async (request, reply) => {
      const webhook = await webhooks.create(request.workspaceId, request.body);
      const json = await toJson(webhooks, webhook);
      const { secret, subscription } = webhook;
      return reply.code(201).send({ ...json, secret, ...(subscription && { subscription }) });
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
        'Switching on after errors clears them and goes on where it stopped. Switching on after you switched it off starts from now: what had been gathered until then is dropped. Of a webhook of a Zap, target_url, granularity_hours and filters are changed in the Zap (409).',
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

  api.route({
    method: 'POST',
    url: '/webhooks/:id/unsubscribe',
    schema: {
      tags,
      summary: 'End a Zap’s subscription',
      description:
        'What Zapier does when a Zap is switched off. The webhook and what it has gathered are kept for the retention period, in case the Zap subscribes again. A subscription that is not the latest is over already, so naming it changes nothing.',
      params: webhookParams,
      body: unsubscribeSchema,
      response: { 200: webhookSchema, ...errorResponses },
    },
    handler: async ({ workspaceId, params, body }) => {
      const id = idFrom(params.id);
      const webhook = await webhooks.unsubscribe(workspaceId, id, body.subscription);
      if (!webhook) throw notFound('webhook');
      return toJson(webhooks, webhook);
    },
  });

  api.route({
    method: 'POST',
    url: '/webhooks/:id/enable',
    schema: {
      tags,
      summary: 'Switch a webhook on, to go on where it stopped or from now',
      description:
        'Clears its errors and ends its pause, also where it is on. From now: what had waited until then is not delivered.',
      params: webhookParams,
      body: z.strictObject({ from: z.enum(['where_it_stopped', 'now']) }),
      response: { 200: webhookSchema, ...errorResponses },
    },
    handler: async ({ workspaceId, params, body }) => {
      const webhook = await webhooks.enable(workspaceId, idFrom(params.id), body.from);
      if (!webhook) throw notFound('webhook');
      return toJson(webhooks, webhook);
    },
  });

  api.route({
    method: 'POST',
    url: '/webhooks/:id/secret/rotate',
    schema: {
      tags,
      summary: 'Give the webhook another secret',
      description:
        'Shown this once. For 24 hours deliveries are signed with the former one as well, each signature in its place in webhook-signature. The secret of a webhook of a Zap cannot be changed (409).',
      params: webhookParams,
      response: {
        200: z.object({ secret: z.string(), former_secret_until: z.string() }),
        ...errorResponses,
      },
    },
    handler: async ({ workspaceId, params }) => {
      const webhook = await webhooks.rotateSecret(workspaceId, idFrom(params.id));
      const [former] = webhook?.formerSecrets ?? [];
      if (!webhook || !former) throw notFound('webhook');
      return { secret: webhook.secret, former_secret_until: isoTime(former.until) };
    },
  });
}
