import type { Chat } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';
import { idFrom } from '../context.ts';
import type { Problems } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';
import { Choice, Choices } from './choices.tsx';
import { words } from './words.ts';

/** So many are shown at once. */
const FOUND_AT_MOST = 10;

type FoundChat = Pick<Chat, 'fullName' | 'phone' | 'isGroup'> & { accountPhone: string };

/** The chats that a webhook may be limited to. */
export interface ChatChoiceData {
  /** Those that are ticked; null for one that has been deleted. */
  chosen: { id: string; chat: FoundChat | null }[];
  /** Those that the search has found besides; null where nothing was searched for. */
  found: { id: string; chat: FoundChat }[] | null;
  hasMore: boolean;
  search: string;
}

/** @param chosen numbers of chats, as they are entered */
export async function loadChats(
  store: Store,
  workspaceId: number,
  chosen: readonly string[],
  given: unknown,
): Promise<ChatChoiceData> {
  const search = typeof given === 'string' ? given.trim().slice(0, 200) : '';
  const known = await Promise.all(
    chosen.map(async (id) => {
      const found = await store.read.chats.get(workspaceId, idFrom(id));
      return { id, chat: found && { ...found.chat, accountPhone: found.account.phone } };
    }),
  );
  if (!search) return { chosen: known, found: null, hasMore: false, search };
  const limit = FOUND_AT_MOST + 1 + chosen.length;
  const listed = await store.read.chats.list(workspaceId, { search, limit });
  const others = listed
    .map((chat) => ({ id: String(chat.id), chat }))
    .filter(({ id }) => !chosen.includes(id));
  return {
    chosen: known,
    found: others.slice(0, FOUND_AT_MOST),
    hasMore: others.length > FOUND_AT_MOST,
    search,
  };
}

/** The chats that are ticked, and those found: what the search replaces. */
export function ChatList({ chosen, found, hasMore }: ChatChoiceData) {
  const text = useWords(words);
  return (
    <>
      {chosen.map(({ id, chat }) => (
        <Choice key={id} type="checkbox" name="chats" value={id} checked>
          {chat ? <ChatName chat={chat} /> : text.goneChat(id)}
        </Choice>
      ))}
      {found && <p class="hint">{text.found(found.length)}</p>}
      {found?.map(({ id, chat }) => (
        <Choice key={id} type="checkbox" name="chats" value={id} checked={false}>
          <ChatName chat={chat} />
        </Choice>
      ))}
      {hasMore && <p class="hint">{text.foundMore}</p>}
    </>
  );
}

function ChatName({ chat: { fullName, phone, isGroup, accountPhone } }: { chat: FoundChat }) {
  const text = useWords(words);
  const details = [isGroup ? text.group : fullName && phone, text.via(accountPhone)];
  return (
    <>
      <bdi>{fullName || phone || text.unnamed}</bdi>{' '}
      <span class="soft">{details.filter(Boolean).join(', ')}</span>
    </>
  );
}

/** The id of the form that searches. It cannot stand inside of the form that saves. */
const SEARCH_FORM = 'chat-search';

/** The field of the settings in which chats are chosen. */
export function ChatChoice({ data, problem }: { data: ChatChoiceData; problem: Problems[string] }) {
  const text = useWords(words);
  return (
    <Choices name="chats" legend={text.chats} hint={text.chatsHint} problem={problem}>
      <label for="find">{text.chatsSearch}</label>
      <div class="actions">
        <input id="find" type="search" name="find" value={data.search} form={SEARCH_FORM} />
        <button type="submit" class="small outline" form={SEARCH_FORM}>
          {text.search}
        </button>
      </div>
      <div id="chat-list" aria-live="polite">
        <ChatList {...data} />
      </div>
    </Choices>
  );
}

/**
 * Searches as one types, and keeps what is ticked. Without JavaScript it loads the page anew.
 * @param settings id of the form that saves
 */
export function ChatSearch({ action, settings }: { action: string; settings: string }) {
  const href = useHref();
  return (
    <form
      id={SEARCH_FORM}
      method="get"
      action={href(action)}
      noValidate
      hx-post={href('/webhooks/chats')}
      hx-include={`#${settings}`}
      hx-trigger="submit, input from:#find delay:300ms"
      hx-target="#chat-list"
      hx-swap="innerHTML"
      hx-sync="this:replace"
    />
  );
}
