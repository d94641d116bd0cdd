import type { Pages, WebContext } from '../context.ts';
import { Page } from '../page.tsx';
import { hidden, send } from '../respond.tsx';

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
}
