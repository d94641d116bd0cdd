import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ComponentChildren, VNode } from 'preact';
import type { InEach } from '../../core/language.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { Page } from '../page.tsx';
import { asksForPart, hidden, send } from '../respond.tsx';
import { useHref, useWords } from '../view.tsx';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

const en = { back: 'Back to the webhook', title: 'Webhook' };
const words: InEach<typeof en> = { en, pl: { back: 'Wróć do webhooka', title: 'Webhook' } };

/** Answers with a part of a webhook's page: alone where htmx asks for it, else on a page of its own. */
export function sendPart(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  webhook: Webhook,
  part: VNode,
  status = 200,
): Promise<FastifyReply> {
  const content = asksForPart(request) ? part : <PartPage webhook={webhook}>{part}</PartPage>;
  return send(context, request, reply, content, status);
}

function PartPage({ webhook, children }: { webhook: Webhook; children: ComponentChildren }) {
  const text = useWords(words);
  const href = useHref();
  return (
    <Page title={webhook.name || text.title} section="webhooks">
      <p>
        <a href={href(webhookPath(webhook))}>← {text.back}</a>
      </p>
      <h1 dir="auto">{webhook.name || text.title}</h1>
      {children}
    </Page>
  );
}

/** Changes with what it is made from. */
export const markOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

interface LiveProps {
  id: string;
  /** Answers with this part again, or with 204 where its mark is still the one in `?seen=`. */
  path: string;
  mark: string;
  children: ComponentChildren;
}

/** A part that keeps itself up to date. It is replaced only when it has changed, so that nothing jumps. */
export function Live({ id, path, mark, children }: LiveProps) {
  const href = useHref();
  return (
    <div id={id} hx-get={href(`${path}?seen=${mark}`)} hx-trigger="every 5s" hx-swap="outerHTML">
      {children}
    </div>
  );
}

/**
 * Answers where a {@link Live} part of a webhook's page asks whether it is still as it was.
 * @param name of its path, under the webhook's
 * @param show the part as it is now, and its mark
 */
export function livePages(
  pages: Pages,
  context: WebContext,
  name: string,
  show: (webhook: Webhook) => Promise<{ mark: string; part: VNode }>,
): void {
  pages.get<OfWebhook>(`/webhooks/:id/${name}`, hidden, async (request, reply) => {
    const { mark, part } = await show(await theWebhook(context, request));
    const { seen } = request.query as { seen?: unknown };
    if (seen === mark) return reply.code(204).send();
    return send(context, request, reply, part);
  });
}
