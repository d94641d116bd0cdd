import { renderMessage } from '../../core/render.ts';
import type { Account, Chat, LoggedMessage } from '../../store/rows.ts';
import { Page } from '../page.tsx';
import { Time } from '../time.tsx';

export interface TranscriptProps {
  chat: Chat;
  account: Account;
  messages: LoggedMessage[];
  /** Links to the pages before and after this one, null where there is none. */
  earlier: string | null;
  later: string | null;
}

/** Where a message stands on the page: the fragment that a permalink leads to. */
export const anchorOf = (uuid: string) => `message-${uuid}`;

function Line({ chat, account, message }: TranscriptProps & { message: LoggedMessage }) {
  const { sender, direction, text } = renderMessage({ chat, account }, message);
  return (
    <li id={anchorOf(message.uuid)} class={direction}>
      <p class="who">
        <b>{sender.full_name || sender.phone || 'Unknown'}</b> <Time at={message.timestamp} />
      </p>
      <p class="text" dir="auto">
        {text}
      </p>
    </li>
  );
}

/** The page of one conversation. */
export function TranscriptPage(props: TranscriptProps) {
  const { chat, messages, earlier, later } = props;
  const title = chat.fullName || chat.phone || `Chat ${chat.id}`;
  return (
    <Page title={title} section="chats">
      <h1 dir="auto">{title}</h1>
      {earlier && <a href={earlier}>Earlier messages</a>}
      <ol class="messages">
        {messages.map((message) => (
          <Line key={message.seq} {...props} message={message} />
        ))}
      </ol>
      {later && <a href={later}>Later messages</a>}
    </Page>
  );
}
