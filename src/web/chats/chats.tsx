import type { Pages, WebContext } from '../context.ts';
import { conversationPages } from './conversation-page.tsx';
import { editPages } from './edit.tsx';
import { listPages } from './list.tsx';

/** The chats: all of them, one conversation, and what people may set on it. */
export function chatPages(pages: Pages, context: WebContext): void {
  listPages(pages, context);
  conversationPages(pages, context);
  editPages(pages, context);
}
