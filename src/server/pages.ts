import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { LoggedMessage } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { anchorOf, TRANSCRIPT_CSS, transcriptPage } from '../web/transcript.tsx';
import { requireKey } from './access.ts';
import { type ApiContext, idFrom } from './api/context.ts';
import { notFound } from './errors.ts';

const PAGE = 200;
/** A permalink's message is shown with so many before it. */
const LEAD = 20;

const pageQuery = z.object({ from: z.coerce.number().int().min(1).optional().catch(undefined) });

/**
 * What the links in payloads open: a conversation, and one message of it. Links between pages are
 * relative, so that they work behind a proxy that serves us under a path of its own.
 */
export async function pageRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const { store, site } = context;

  app.get('/transcript.css', { schema: { hide: true } }, (_request, reply) =>
    reply
      .type('text/css; charset=utf-8')
      .header('cache-control', 'max-age=3600')
      .send(TRANSCRIPT_CSS),
  );

  await app.register(async (pages) => {
    requireKey(pages, store, 'basic');

    pages.get<{ Params: { id: string } }>(
      '/chat/:id/messages/',
      { schema: { hide: true } },
      async (request, reply) => {
        const found = await store.read.chats.get(request.workspaceId, idFrom(request.params.id));
        if (!found) throw notFound('chat');
        const { from = Math.max(1, found.chat.lastSeq - PAGE + 1) } = pageQuery.parse(
          request.query,
        );
        const messages = await pageFrom(store, found.chat.id, from);
        const next = from + PAGE;
        const html = transcriptPage({
          ...found,
          productName: site.productName,
          messages,
          earlier: from > 1 ? `?from=${Math.max(1, from - PAGE)}` : null,
          later: next <= found.chat.lastSeq ? `?from=${next}` : null,
        });
        return reply
          .type('text/html; charset=utf-8')
          .header('cache-control', 'no-store')
          .send(html);
      },
    );

    pages.get<{ Params: { uuid: string } }>(
      '/permalink/:uuid/',
      { schema: { hide: true } },
      async (request, reply) => {
        const message = await store.read.messages.byUuid(
          request.workspaceId,
          request.params.uuid.toLowerCase(),
        );
        if (!message) throw notFound('message');
        const from = Math.max(1, message.seq - LEAD);
        const anchor = anchorOf(message.uuid);
        return reply.redirect(`../../chat/${message.chatId}/messages/?from=${from}#${anchor}`);
      },
    );
  });
}

function pageFrom(store: Store, chatId: number, from: number): Promise<LoggedMessage[]> {
  const range = { chatId, fromSeq: from, toSeq: from + PAGE - 1, direction: null, limit: PAGE };
  return store.read.messages.range(range);
}
