import { z } from 'zod';
import { DAYS_COUNTED, dateOf, dayOf } from '../../core/daily-counts.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, idFrom } from './context.ts';
import { webhookParams } from './webhooks.ts';

const USUAL_DAYS = 30;

/** Query of a call about the latest days. */
export const daysQuery = z.strictObject({
  days: z
    .string()
    .regex(/^\d{1,3}$/, `give a number of days from 1 to ${DAYS_COUNTED}`)
    .transform(Number)
    .refine((days) => days >= 1 && days <= DAYS_COUNTED, {
      error: `give a number of days from 1 to ${DAYS_COUNTED}`,
    })
    .prefault(String(USUAL_DAYS)),
});

const daySchema = z.object({
  day: z.string().meta({ description: 'UTC.' }),
  requests: z.number().int().meta({ description: 'Deliveries attempted, repeats included.' }),
  succeeded: z.number().int(),
  failed: z.number().int(),
  messages_delivered: z.number().int().meta({ description: 'Messages in those that succeeded.' }),
});

/** What a webhook did, day by day. */
export function counterRoutes(api: Api, { store, clock }: ApiContext): void {
  api.route({
    method: 'GET',
    url: '/webhooks/:id/counters',
    schema: {
      tags: ['Deliveries'],
      summary: 'What a webhook did on each of the latest days, today first',
      description: `Kept for ${DAYS_COUNTED} days, longer than the log. A day on which nothing was sent has zeros. Tests are not counted.`,
      params: webhookParams,
      querystring: daysQuery,
      response: { 200: z.array(daySchema), ...errorResponses },
    },
    handler: async ({ workspaceId, params, query }) => {
      const webhook = await store.read.webhooks.get(workspaceId, idFrom(params.id));
      if (!webhook) throw notFound('webhook');
      const today = dayOf(clock.now());
      const days = Array.from({ length: query.days }, (_, ago) => today - ago);
      const counts = await store.read.counters.since(webhook.id, days.at(-1) as number);
      return days.map((day) => {
        const count = counts.find((one) => one.day === day);
        const { succeeded = 0, failed = 0, messages = 0 } = count ?? {};
        return {
          day: dateOf(day),
          requests: succeeded + failed,
          succeeded,
          failed,
          messages_delivered: messages,
        };
      });
    },
  });
}
