import { z } from 'zod';
import { errorSentence } from '../../core/error-sentence.ts';
import { toRequestJson } from '../../core/request-log.ts';
import type { Parked } from '../../store/rows.ts';
import { inboundTimestampSchema } from '../../wire/inbound.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, idFrom, isoTime } from './context.ts';
import { requestSchema } from './deliveries.ts';
import { webhookParams } from './webhooks.ts';

const tags = ['Deliveries'];
const PAGE = 100;

const parkedParams = webhookParams.extend({ n: z.string() });

const parkedSchema = z.object({
  id: z.string(),
  chat_id: z.string(),
  parked_at: z.string(),
  attempts: z.number().int(),
  error: z.string().meta({ description: 'How the last attempt failed.' }),
  shape: z.enum(['single', 'bundle']),
});

const toJson = (parked: Parked): z.infer<typeof parkedSchema> => ({
  id: String(parked.id),
  chat_id: String(parked.chatId),
  parked_at: isoTime(parked.parkedAt),
  attempts: parked.attempts,
  error: errorSentence(parked.error, 'en'),
  shape: parked.shape,
});

/** Delivering again, and setting aside what cannot be delivered. */
export function redeliveryRoutes(api: Api, { store, redelivery }: ApiContext): void {
  api.route({
    method: 'POST',
    url: '/webhooks/:id/replay',
    schema: {
      tags,
      summary: 'Deliver again what came since a date',
      description:
        'Answers how many requests that makes. With dry_run nothing else happens. Single messages keep their webhook-id, bundles are cut anew. What the retention has removed does not come again.',
      params: webhookParams,
      body: z.strictObject({ from: inboundTimestampSchema, dry_run: z.boolean().default(false) }),
      response: { 200: z.object({ requests: z.number().int() }), ...errorResponses },
    },
    handler: async ({ workspaceId, params, body }) => {
      const id = idFrom(params.id);
      const requests = body.dry_run
        ? await redelivery.countReplay(workspaceId, id, body.from)
        : await redelivery.replay(workspaceId, id, body.from);
      if (requests === null) throw notFound('webhook');
      return { requests };
    },
  });

  api.route({
    method: 'GET',
    url: '/webhooks/:id/parked',
    schema: {
      tags,
      summary: 'Deliveries set aside, the latest first',
      params: webhookParams,
      querystring: z.strictObject({
        cursor: z
          .string()
          .regex(/^\d{1,15}$/, 'give the next_cursor of the page before')
          .optional(),
      }),
      response: {
        200: z.object({ parked: z.array(parkedSchema), next_cursor: z.string().nullable() }),
        ...errorResponses,
      },
    },
    handler: async ({ workspaceId, params, query }) => {
      const webhook = await store.read.webhooks.get(workspaceId, idFrom(params.id));
      if (!webhook) throw notFound('webhook');
      const before = query.cursor === undefined ? undefined : Number(query.cursor);
      const found = await store.read.parked.list(webhook.id, PAGE + 1, before);
      const page = found.slice(0, PAGE);
      return {
        parked: page.map(toJson),
        next_cursor: found.length > PAGE ? String(page.at(-1)?.id) : null,
      };
    },
  });

  api.route({
    method: 'POST',
    url: '/webhooks/:id/parked/:n/resend',
    schema: {
      tags,
      summary: 'Send a delivery that was set aside now',
      description:
        'Answers with the request and what came back. Once the receiver has taken it, it is set aside no more.',
      params: parkedParams,
      response: { 200: requestSchema, ...errorResponses },
    },
    handler: async ({ workspaceId, params }) => {
      const tried = await redelivery.resend(workspaceId, idFrom(params.id), idFrom(params.n));
      if (!tried) throw notFound('parked delivery');
      return toRequestJson(tried.logged);
    },
  });

  api.route({
    method: 'DELETE',
    url: '/webhooks/:id/parked/:n',
    schema: {
      tags,
      summary: 'Discard a delivery that was set aside',
      params: parkedParams,
      response: { 204: z.null(), ...errorResponses },
    },
    handler: async ({ workspaceId, params }, reply) => {
      const found = await redelivery.discard(workspaceId, idFrom(params.id), idFrom(params.n));
      if (!found) throw notFound('parked delivery');
      return reply.code(204).send(null);
    },
  });

  api.route({
    method: 'POST',
    url: '/webhooks/:id/chats/:chat_id/park',
    schema: {
      tags,
      summary: 'Set the failing delivery of a chat aside, so that the chat can go on',
      params: webhookParams.extend({ chat_id: z.string() }),
      response: { 202: z.object({}), ...errorResponses },
    },
    handler: async ({ workspaceId, params }, reply) => {
      const chatId = idFrom(params.chat_id);
      const found = await redelivery.park(workspaceId, idFrom(params.id), chatId);
      if (!found) throw notFound('webhook');
      return reply.code(202).send({});
    },
  });
}
