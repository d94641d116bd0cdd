import type { FastifyRequest } from 'fastify';
import type { Account, Chat } from '../../store/rows.ts';
import { idFrom, type WebContext } from '../context.ts';
import { NotFoundError } from '../problem.tsx';
import { workspaceOf } from '../session.ts';
import { useWords } from '../view.tsx';
import { words } from './words.ts';

export interface FoundChat {
  chat: Chat;
  account: Account;
}

/**
 * The chat of that number in the workspace of whoever is signed in; for one that turned out to be another's
 * double, the one that goes on in its place. Null where there is none.
 */
export async function findChat(
  { store }: Pick<WebContext, 'store'>,
  request: FastifyRequest,
  id: number,
): Promise<FoundChat | null> {
  const workspace = workspaceOf(request).id;
  const named = await store.read.chats.get(workspace, id);
  const goesOn = named?.chat.redirectTo ?? null;
  return goesOn === null ? named : store.read.chats.get(workspace, goesOn);
}

export type ChatPath = { Params: { id: string } };

/**
 * The chat that a path names.
 * @throws {NotFoundError}
 */
export async function chatOf(
  context: WebContext,
  request: FastifyRequest<ChatPath>,
): Promise<FoundChat> {
  const found = await findChat(context, request, idFrom(request.params.id));
  if (!found) throw new NotFoundError();
  return found;
}

/** What a chat is called on the pages. */
export function useTitle(chat: Pick<Chat, 'id' | 'fullName' | 'phone'>): string {
  const { unnamed } = useWords(words);
  return chat.fullName || chat.phone || unnamed(chat.id);
}

export const messagesPath = ({ id }: Pick<Chat, 'id'>): string => `/chat/${id}/messages/`;
