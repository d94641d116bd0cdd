import type { LoggedMessage } from '../../store/rows.ts';
import type { Repositories } from '../../store/store.ts';
import { startOfDay } from '../time.tsx';

/** Messages on a page. */
const PAGE = 100;
/** A message that a link leads to is shown with so many before it. */
const LEAD = 30;

/** Which part of a conversation to read: the page before a place, behind one, around a message; the end. */
export interface Place {
  before?: number | undefined;
  after?: number | undefined;
  around?: LoggedMessage | undefined;
}

export interface ConversationPart {
  messages: LoggedMessage[];
  /** Where the part before this one ends, and where the one behind begins; null where there is none. */
  earlier: number | null;
  later: number | null;
}

/** So many messages before a place, and so many from there on. */
function extent({ before, after, around }: Place): { at: number; back: number; forth: number } {
  if (around) return { at: around.position, back: LEAD, forth: PAGE - LEAD };
  if (after !== undefined) return { at: after + 1, back: 0, forth: PAGE };
  return { at: before ?? Number.MAX_SAFE_INTEGER, back: PAGE, forth: 0 };
}

/**
 * Reads a part of the conversation that these chats are together, in order of arrival. One message more is
 * read on each side, to know whether there are any.
 */
export async function conversationPart(
  read: Repositories,
  chatIds: readonly number[],
  place: Place,
): Promise<ConversationPart> {
  const { at, back, forth } = extent(place);
  const before = await read.messages.conversation(chatIds, { before: at, limit: back + 1 });
  const behind = await read.messages.conversation(chatIds, { after: at - 1, limit: forth + 1 });
  const messages = [...before.slice(before.length > back ? 1 : 0), ...behind.slice(0, forth)];
  return {
    messages,
    earlier: before.length > back ? (messages[0]?.position ?? at) : null,
    later: behind.length > forth ? (messages.at(-1)?.position ?? at - 1) : null,
  };
}

export interface Day {
  /** Its first moment, Unix milliseconds. */
  start: number;
  messages: LoggedMessage[];
}

/** Cuts messages where the reader's day changes. A day comes twice where messages came late. */
export function byDay(messages: readonly LoggedMessage[], zone: string): Day[] {
  const days: Day[] = [];
  for (const message of messages) {
    const start = startOfDay(message.timestamp, zone);
    const last = days.at(-1);
    if (last?.start === start) last.messages.push(message);
    else days.push({ start, messages: [message] });
  }
  return days;
}
