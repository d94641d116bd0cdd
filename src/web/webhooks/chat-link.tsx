import type { InEach } from '../../core/language.ts';
import type { WebContext } from '../context.ts';
import { useHref, useWords } from '../view.tsx';

const en = { unnamed: (id: number) => `Chat ${id}` };
const words: InEach<typeof en> = { en, pl: { unnamed: (id) => `Czat ${id}` } };

/** Names of chats by their ids; their phones where they have none, and "" where they have neither. */
export async function chatNames(
  { store }: WebContext,
  workspaceId: number,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for (const id of new Set(ids)) {
    const found = await store.read.chats.get(workspaceId, id);
    names.set(id, found?.chat.fullName || found?.chat.phone || '');
  }
  return names;
}

/** A chat by its name, which leads to its messages. */
export function ChatLink({ id, name }: { id: number; name: string | undefined }) {
  const text = useWords(words);
  const href = useHref();
  return (
    <a href={href(`/chat/${id}/messages/`)} dir="auto">
      {name || text.unnamed(id)}
    </a>
  );
}
