import { z } from 'zod';
import { lastDays } from '../../core/reports.ts';
import { granularitySchema } from '../../wire/webhook.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, idFrom, isoTime } from './context.ts';
import { daysQuery } from './counters.ts';
import { webhookParams } from './webhooks.ts';

const costsSchema = z.object({
  messages: z.number().int(),
  chats: z.number().int().meta({ description: 'Chats that had messages.' }),
  runs: z.array(
    z.object({
      granularity_hours: granularitySchema,
      runs: z.number().int().meta({
        description: 'Requests to the webhook, each of which is one run of a Zap.',
      }),
    }),
  ),
  computed_at: z.string(),
});

/** What each granularity would make of a webhook's messages. */
export function costRoutes(api: Api, { store, clock, reports }: ApiContext): void {
  api.route({
    method: 'GET',
    url: '/webhooks/:id/costs',
    schema: {
      tags: ['Deliveries'],
      summary: 'How many requests each granularity would have made of the latest days’ messages',
      description:
        'Counts the messages of today and the days before it, UTC, that pass the webhook’s filters and are still in the log, as if the webhook had been there all along. Counted at most once a minute.',
      params: webhookParams,
      querystring: daysQuery,
      response: { 200: costsSchema, ...errorResponses },
    },
    handler: async ({ workspaceId, params, query }) => {
      const webhook = await store.read.webhooks.get(workspaceId, idFrom(params.id));
      if (!webhook) throw notFound('webhook');
      const period = lastDays(clock.now(), query.days);
      const { messages, chats, runs, computedAt } = await reports.costs(
        workspaceId,
        webhook.filters,
        period,
      );
      return {
        messages,
        chats,
        runs: runs.map((one) => ({ granularity_hours: one.granularityHours, runs: one.runs })),
        computed_at: isoTime(computedAt),
      };
    },
  });
}
