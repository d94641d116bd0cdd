import { z } from 'zod';
import type { ListedChat } from '../../store/everyday/chats.ts';
import { textSchema } from '../../wire/text.ts';
import type { Pages, WebContext } from '../context.ts';
import { Page } from '../page.tsx';
import { hidden, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Span } from '../time.tsx';
import { Empty } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';
import { messagesPath, useTitle } from './find-chat.ts';
import { words } from './words.ts';

const PAGE = 50;

interface ListProps {
  chats: ListedChat[];
  search: string;
  /** It is not the first page. */
  isFurther: boolean;
  hasMore: boolean;
}

function ListPage(props: ListProps) {
  const { chats, search } = props;
  const text = useWords(words);
  const href = useHref();
  const isEmpty = chats.length === 0;
  return (
    <Page title={text.title} section="chats">
      <h1>{text.title}</h1>
      {(!isEmpty || search) && <Search search={search} clear={search !== '' && !isEmpty} />}
      {isEmpty && !search && (
        <Empty title={text.none}>
          <p>{text.noneText}</p>
          <p>
            <a class="button" href={href('/accounts')}>
              {text.connect}
            </a>
          </p>
          <p>
            <a href={href('/api/docs/')}>{text.handIn}</a>
          </p>
        </Empty>
      )}
      {isEmpty && search && (
        <Empty title={text.nothing}>
          <p>
            {text.nothingText} <q dir="auto">{search}</q>
          </p>
          <p>
            <a href={href('/chats')}>{text.clear}</a>
          </p>
        </Empty>
      )}
      {!isEmpty && (
        <ul class="chats">
          {chats.map((chat) => (
            <Row key={chat.id} chat={chat} />
          ))}
        </ul>
      )}
      <More {...props} />
    </Page>
  );
}

function Search({ search, clear }: { search: string; clear: boolean }) {
  const text = useWords(words);
  const href = useHref();
  return (
    <search>
      <form method="get" action={href('/chats')} class="search field">
        <label for="search">{text.searchLabel}</label>
        <div class="actions">
          <input
            type="search"
            id="search"
            name="search"
            value={search}
            maxLength={200}
            dir="auto"
          />
          <button type="submit">{text.search}</button>
          {clear && <a href={href('/chats')}>{text.clear}</a>}
        </div>
      </form>
    </search>
  );
}

function Row({ chat }: { chat: ListedChat }) {
  const text = useWords(words);
  const href = useHref();
  const responsible = chat.responsibleName || chat.responsibleEmail;
  const title = useTitle(chat);
  return (
    <li>
      <p class="name">
        <a href={href(messagesPath(chat))}>
          <bdi>{title}</bdi>
        </a>
      </p>
      <p class="last soft">
        {chat.lastMessageAt > 0 ? <Span at={chat.lastMessageAt} /> : text.noMessages}
      </p>
      <p class="about soft">
        {chat.isGroup && <span>{text.group}</span>}
        {!chat.isGroup && chat.phone && chat.phone !== title && <bdi>{chat.phone}</bdi>}
        <span>
          {text.account}: <bdi>{chat.accountPhone}</bdi>
        </span>
        {responsible && (
          <span>
            {text.responsible}: <bdi>{responsible}</bdi>
          </span>
        )}
      </p>
    </li>
  );
}

function More({ chats, search, isFurther, hasMore }: ListProps) {
  const text = useWords(words);
  const href = useHref();
  const last = chats.at(-1);
  const to = (more: Record<string, string>) => {
    const query = new URLSearchParams({ ...(search && { search }), ...more }).toString();
    return href(query ? `/chats?${query}` : '/chats');
  };
  if (!isFurther && !hasMore) return null;
  return (
    <p class="actions">
      {isFurther && <a href={to({})}>{text.newest}</a>}
      {hasMore && last && (
        <a href={to({ before: `${last.lastMessageAt}-${last.id}` })}>{text.older}</a>
      )}
    </p>
  );
}

const query = z.object({
  search: textSchema.trim().max(200).catch(''),
  before: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .transform((text) => {
      const [at, id] = text.split('-').map(Number);
      return { at: at as number, id: id as number };
    })
    .optional()
    .catch(undefined),
});

/** All chats, those with the latest messages first. */
export function listPages(pages: Pages, { store, ...context }: WebContext): void {
  pages.get('/chats', hidden, async (request, reply) => {
    const { search, before } = query.parse(request.query);
    const found = await store.read.chats.recent(workspaceOf(request).id, {
      ...(search && { search }),
      ...(before && { before }),
      limit: PAGE + 1,
    });
    const page = (
      <ListPage
        chats={found.slice(0, PAGE)}
        search={search}
        isFurther={before !== undefined}
        hasMore={found.length > PAGE}
      />
    );
    return send({ store, ...context }, request, reply, page);
  });
}
