import { renderMessage } from '../../core/render.ts';
import type { LoggedMessage } from '../../store/rows.ts';
import { startOfDay, Time } from '../time.tsx';
import { useView, useWords } from '../view.tsx';
import type { Day } from './conversation.ts';
import type { FoundChat } from './find-chat.ts';
import { words } from './words.ts';

interface DayProps extends FoundChat {
  day: Day;
  /** Id of the message that a link led to; null where none did. */
  linked: string | null;
}

/** Where a message stands on the page: the fragment that a permalink leads to. */
export const anchorOf = (uuid: string) => `message-${uuid}`;

/** The messages of one day, under its name. */
export function DayOfMessages({ day, ...props }: DayProps) {
  const text = useWords(words);
  const { zone, now } = useView();
  const { start, messages } = day;
  const heading = `day-${messages[0]?.uuid}`;
  const today = startOfDay(now, zone);
  const name =
    start === today ? text.today : start === startOfDay(today - 1, zone) ? text.yesterday : null;
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>{name ?? <Time at={start} form="weekday" />}</h2>
      <ol>
        {messages.map((message, i) => (
          <Bubble key={message.uuid} {...props} message={message} before={messages[i - 1]} />
        ))}
      </ol>
    </section>
  );
}

interface BubbleProps extends Omit<DayProps, 'day'> {
  message: LoggedMessage;
  before: LoggedMessage | undefined;
}

function Bubble({ chat, account, message, before, linked }: BubbleProps) {
  const text = useWords(words);
  const { uuid, direction, origin, timestamp } = message;
  const nameOf = (one: LoggedMessage) => {
    const { full_name, phone } = renderMessage({ chat, account }, one).sender;
    if (one.direction === 'sent') return full_name || text.you;
    return full_name || phone || text.unknown;
  };
  const name = nameOf(message);
  // Whoever sees on which side it stands, and below what, need not be told.
  const isPlain = direction === 'sent' ? name === text.you : !chat.isGroup;
  const goesOn = before?.direction === direction && nameOf(before) === name;
  const isLinked = uuid === linked;
  return (
    <li
      id={anchorOf(uuid)}
      class={`bubble ${direction}${isLinked ? ' linked' : ''}`}
      aria-current={isLinked || undefined}
    >
      {isLinked && <p class="badge">{text.linked}</p>}
      <p class={isPlain || goesOn ? 'who unseen' : 'who'} dir="auto">
        {name}
      </p>
      <p class="text" dir="auto">
        {message.text}
      </p>
      <p class="when">
        {direction === 'sent' && origin === 'phone' && `${text.fromPhone} · `}
        <Time at={timestamp} form="hour" />
      </p>
    </li>
  );
}
