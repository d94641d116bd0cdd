import { z } from 'zod';
import { chatOfMessageId } from '../../store/message-id.ts';
import type { Pages, WebContext } from '../context.ts';
import { Page } from '../page.tsx';
import { ProblemPage } from '../problem.tsx';
import { hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Empty } from '../ui.tsx';
import { useHref, useView, useWords } from '../view.tsx';
import { byDay, type ConversationPart, conversationPart } from './conversation.ts';
import { anchorOf, DayOfMessages } from './day-of-messages.tsx';
import {
  type ChatPath,
  chatOf,
  type FoundChat,
  findChat,
  messagesPath,
  useTitle,
} from './find-chat.ts';
import { words } from './words.ts';

interface ConversationProps extends FoundChat {
  part: ConversationPart;
  /** Id of the message that a link led to; null where none did. */
  linked: string | null;
  /** There was a link to a message that is not kept any more. */
  isGone: boolean;
}

function ConversationPage(props: ConversationProps) {
  const { chat, part, isGone } = props;
  const text = useWords(words);
  const { zone } = useView();
  const href = useHref();
  const title = useTitle(chat);
  const path = href(messagesPath(chat));
  return (
    <Page title={title} section="chats">
      <ChatHead {...props} />
      {isGone && <p class="notice warning">{text.gone}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="conversation" aria-label={text.messages} tabIndex={0}>
        <div id="start">
          {part.earlier !== null && (
            <p class="pager">
              <a href={`${path}?before=${part.earlier}`}>{text.earlier}</a>
            </p>
          )}
          {part.messages.length === 0 && (
            <Empty title={text.empty}>
              <p>{text.emptyText}</p>
            </Empty>
          )}
          {byDay(part.messages, zone).map((day) => (
            <DayOfMessages key={day.messages[0]?.uuid} {...props} day={day} />
          ))}
          {part.later !== null && (
            <p class="pager">
              <a href={`${path}?after=${part.later}#start`}>{text.later}</a>
            </p>
          )}
        </div>
      </section>
    </Page>
  );
}

function ChatHead({ chat, account }: FoundChat) {
  const text = useWords(words);
  const href = useHref();
  const responsible = chat.responsibleName || chat.responsibleEmail;
  return (
    <header class="chat-head">
      <p class="back">
        <a href={href('/chats')}>
          <span aria-hidden="true">← </span>
          {text.all}
        </a>
      </p>
      <h1>
        <bdi>{useTitle(chat)}</bdi>
      </h1>
      <dl>
        <div>
          <dt>{chat.isGroup ? text.kind : text.phone}</dt>
          <dd>{chat.isGroup ? text.group : <bdi>{chat.phone || '–'}</bdi>}</dd>
        </div>
        <div>
          <dt>{text.account}</dt>
          <dd>
            <bdi>{account.fullName}</bdi> <bdi>{account.phone}</bdi>
          </dd>
        </div>
        <div>
          <dt>{text.responsible}</dt>
          <dd>
            {responsible ? <bdi title={chat.responsibleEmail}>{responsible}</bdi> : text.nobody}
          </dd>
        </div>
      </dl>
      <a href={href(`/chat/${chat.id}/edit`)}>{text.change}</a>
    </header>
  );
}

function NoMessagePage({ requestId, days }: { requestId: string; days: number }) {
  const text = useWords(words);
  return (
    <ProblemPage kind="notFound" requestId={requestId}>
      <p>{text.kept(days)}</p>
    </ProblemPage>
  );
}

const place = (pattern: RegExp) =>
  z.string().regex(pattern).transform(Number).optional().catch(undefined);
const query = z.object({
  before: place(/^[1-9]\d{0,14}$/),
  after: place(/^\d{1,15}$/),
  message: z.guid().toLowerCase().optional().catch(undefined),
});

/** What the links in payloads open: a conversation, and one message of it. */
export function conversationPages(pages: Pages, context: WebContext): void {
  const { read } = context.store;

  pages.get<ChatPath>('/chat/:id/messages/', hidden, async (request, reply) => {
    const found = await chatOf(context, request);
    const { id } = found.chat;
    if (request.params.id !== String(id)) {
      const { search } = new URL(request.url, 'http://here.invalid');
      return leadTo(context, request, reply, messagesPath(found.chat) + search);
    }
    const { message, ...wanted } = query.parse(request.query);
    const workspace = workspaceOf(request).id;
    const together = await read.chats.together(workspace, id);
    const known = message === undefined ? null : await read.messages.byUuid(workspace, message);
    const around = known && together.includes(known.chatId) ? known : undefined;
    const part = await conversationPart(read, together, { ...wanted, around });
    const isGone = message !== undefined && !around;
    const page = (
      <ConversationPage {...found} part={part} linked={around?.uuid ?? null} isGone={isGone} />
    );
    return send(context, request, reply, page);
  });

  pages.get<{ Params: { uuid: string } }>('/permalink/:uuid/', hidden, async (request, reply) => {
    const uuid = request.params.uuid.toLowerCase();
    const message = await read.messages.byUuid(workspaceOf(request).id, uuid);
    const chatId = message?.chatId ?? chatOfMessageId(uuid);
    const found = chatId === null ? null : await findChat(context, request, chatId);
    if (!found) {
      const page = <NoMessagePage requestId={request.id} days={context.retentionDays} />;
      return send(context, request, reply, page, 404);
    }
    const path = `${messagesPath(found.chat)}?message=${uuid}#${anchorOf(uuid)}`;
    return leadTo(context, request, reply, path);
  });
}
