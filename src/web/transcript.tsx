import { renderToString } from 'preact-render-to-string';
import { renderMessage } from '../core/render.ts';
import type { Account, Chat, LoggedMessage } from '../store/rows.ts';
import { readableMinute } from '../wire/timestamp.ts';

export interface TranscriptProps {
  productName: string;
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
  const { sender, timestamp, direction, text } = renderMessage({ chat, account }, message);
  const minute = readableMinute(timestamp);
  return (
    <li id={anchorOf(message.uuid)} class={direction}>
      <p class="who">
        <b>{sender.full_name || sender.phone || 'Unknown'}</b>{' '}
        <time dateTime={`${minute.replace(' ', 'T')}Z`}>{minute} UTC</time>
        {direction === 'sent' && message.origin === 'phone' ? ' · from the phone' : ''}
      </p>
      <p class="text" dir="auto">
        {text}
      </p>
    </li>
  );
}

function Transcript(props: TranscriptProps) {
  const { chat, account, messages, earlier, later, productName } = props;
  const title = chat.fullName || chat.phone || `Chat ${chat.id}`;
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} – ${productName}`}</title>
        <link rel="stylesheet" href="../../../transcript.css" />
      </head>
      <body>
        <header>
          <h1 dir="auto">{title}</h1>
          <p>
            {chat.isGroup ? 'Group chat' : `Chat ${chat.phone}`} through{' '}
            {account.fullName || 'the account'} {account.phone}
          </p>
        </header>
        <main>
          {earlier && (
            <p class="page">
              <a href={earlier}>Earlier messages</a>
            </p>
          )}
          {messages.length === 0 && <p class="page">No messages are kept of this chat.</p>}
          <ol>
            {messages.map((message) => (
              <Line key={message.seq} {...props} message={message} />
            ))}
          </ol>
          {later && (
            <p class="page">
              <a href={later}>Later messages</a>
            </p>
          )}
        </main>
      </body>
    </html>
  );
}

/** The page of one conversation. Names and texts are escaped by the renderer. */
export function transcriptPage(props: TranscriptProps): string {
  return `<!doctype html>${renderToString(<Transcript {...props} />)}`;
}

export const TRANSCRIPT_CSS = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --back: #f4f2ee; --card: #fff; --mine: #dff3e4; --ink: #1d2321; --soft: #5c6663; --mark: #b8860b; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15191a; --card: #22292a; --mine: #1f3d2c; --ink: #e8ecea; --soft: #9fb0aa; --mark: #e0b84c; }
}
body { margin: 0; background: var(--back); color: var(--ink); }
header, main { max-width: 44rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
header p { margin: 0 0 1rem; color: var(--soft); }
ol { list-style: none; margin: 0; padding: 0 0 3rem; display: flex; flex-direction: column; gap: .5rem; }
li { background: var(--card); border-radius: .75rem; padding: .5rem .9rem; max-width: 85%;
  align-self: flex-start; scroll-margin: 30vh; }
li.sent { background: var(--mine); align-self: flex-end; }
li:target { outline: 3px solid var(--mark); }
.who { margin: 0; font-size: .85rem; color: var(--soft); }
.who b { color: var(--ink); overflow-wrap: anywhere; }
time { white-space: nowrap; }
.text { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.page { text-align: center; }
a { color: inherit; }
`;
