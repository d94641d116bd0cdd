import type { Pages, WebContext } from '../context.ts';
import { Page } from '../page.tsx';
import { hidden, send } from '../respond.tsx';
import { Happenings, happeningPages, loadHappenings } from './happenings.tsx';
import { type OfWebhook, theWebhook } from './the-webhook.ts';

/** The webhooks, as their owner sees them. */
export function webhookPages(pages: Pages, context: WebContext): void {
  pages.get('/webhooks', hidden, (request, reply) =>
    send(
      context,
      request,
      reply,
      <Page title="Webhooks" section="webhooks">
        <h1>Webhooks</h1>
      </Page>,
    ),
  );

  pages.get<OfWebhook>('/webhooks/:id', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const status = await context.webhooks.status(webhook);
    const data = await loadHappenings(context, webhook);
    return send(
      context,
      request,
      reply,
      <Page title="Webhook" section="webhooks">
        <h1 dir="auto">{webhook.name || 'Webhook'}</h1>
        <Happenings webhook={webhook} status={status} data={data} />
      </Page>,
    );
  });

  happeningPages(pages, context);
}
