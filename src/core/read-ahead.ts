import { isDeepStrictEqual } from 'node:util';
import type { Gap, LoggedMessage, Webhook } from '../store/rows.ts';
import type { Range } from '../store/store.ts';
import type { Direction } from '../wire/payload.ts';

/** Where singles wait, so many of a chat are read at once: over PostgreSQL a fifth more goes out so. */
export const SINGLES_READ = 4;
/** Texts may be long, and many chats wait at once. */
const CHARACTERS_KEPT = 16_000;

/** Messages that follow one another in a chat, read before their turn, and by which settings they were chosen. */
export interface ReadAhead {
  messages: readonly LoggedMessage[];
  direction: Direction | null;
  gaps: readonly Gap[];
}

/** What of a page is kept: the first message, and the rest as long as texts are short. */
export function readAhead(
  { direction, gaps = [] }: Pick<Range, 'direction' | 'gaps'>,
  page: readonly LoggedMessage[],
): ReadAhead {
  let characters = 0;
  const isTooMuch = ({ text }: LoggedMessage, i: number) => {
    characters += text.length;
    return i > 0 && characters > CHARACTERS_KEPT;
  };
  const end = page.findIndex(isTooMuch);
  return { messages: end === -1 ? page : page.slice(0, end), direction, gaps };
}

/** What follows the first. */
export const behindFirst = (ahead: ReadAhead): ReadAhead => ({
  ...ahead,
  messages: ahead.messages.slice(1),
});

/** Whether the webhook, as it is now, would choose the same messages. */
export function isStillChosen({ direction, gaps }: ReadAhead, webhook: Webhook): boolean {
  return direction === (webhook.filters.direction ?? null) && isDeepStrictEqual(gaps, webhook.gaps);
}
