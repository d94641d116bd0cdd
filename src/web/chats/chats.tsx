import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LoggedMessage } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';
import { idFrom, type Pages, type WebContext } from '../context.ts';
import { NotFoundError } from '../problem.tsx';
import { hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { anchorOf, TranscriptPage } from './transcript.tsx';

const PAGE = 200;
/** A permalink's message is shown with so many before it. */
const LEAD = 20;

const pageQuery = z.object({ from: z.coerce.number().int().min(1).optional().catch(undefined) });

/** What the links in payloads open: a conversation, and one message of it. */
export function chatPages(pages: Pages, context: WebContext): void {
  const { store } = context;

  pages.get<{ Params: { id: string } }>('/chat/:id/messages/', hidden, async (request, reply) => {
    const found = await store.read.chats.get(workspaceOf(request).id, idFrom(request.params.id));
    if (!found) throw new NotFoundError();
    const { from = Math.max(1, found.chat.lastSeq - PAGE + 1) } = pageQuery.parse(request.query);
    const messages = await pageFrom(store, found.chat.id, from);
    const next = from + PAGE;
    const page = (
      <TranscriptPage
        {...found}
        messages={messages}
        earlier={from > 1 ? `?from=${Math.max(1, from - PAGE)}` : null}
        later={next <= found.chat.lastSeq ? `?from=${next}` : null}
      />
    );
    return send(context, request, reply, page);
  });

  pages.get<{ Params: { uuid: string } }>('/permalink/:uuid/', hidden, async (request, reply) => {
    const message = await messageOf(store, request, request.params.uuid);
    const from = Math.max(1, message.seq - LEAD);
    const anchor = anchorOf(message.uuid);
    const path = `/chat/${message.chatId}/messages/?from=${from}#${anchor}`;
    return leadTo(context, request, reply, path);
  });
}

async function messageOf(store: Store, request: FastifyRequest, uuid: string) {
  const { id } = workspaceOf(request);
  const message = await store.read.messages.byUuid(id, uuid.toLowerCase());
  if (!message) throw new NotFoundError();
  return message;
}

function pageFrom(store: Store, chatId: number, from: number): Promise<LoggedMessage[]> {
  const range = { chatId, fromSeq: from, toSeq: from + PAGE - 1, direction: null, limit: PAGE };
  return store.read.messages.range(range);
}
