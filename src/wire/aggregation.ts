import type { Message } from './payload.ts';
import { readableMinute } from './timestamp.ts';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => ENTITIES[char] as string);

const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/g;

const nameOf = ({ sender }: Message) => sender.full_name || sender.phone || 'unknown';

/**
 * The messages as HTML fit for a CRM note: one line a message, joined by `<br/>`, ending with a link
 * to the conversation. Names and texts are escaped; a line break inside a message becomes `<br/>`.
 */
export function aggregationHtml(
  messages: readonly Message[],
  link: { permalink: string; productName: string },
): string {
  const lines = messages.map(aggregationLine);
  const invitation = `Click <a href='${escapeHtml(link.permalink)}'>here</a> to open the conversation in ${escapeHtml(link.productName)}`;
  return [...lines, invitation].join('<br/>');
}

/** One message's line of the aggregation. */
export function aggregationLine(message: Message): string {
  const text = escapeHtml(message.text).replace(LINE_BREAK, '<br/>');
  return `from ${escapeHtml(nameOf(message))} on ${readableMinute(message.timestamp)}: ${text}`;
}

/** The messages as plain text, a line each, for places that do not show HTML. */
export function transcript(messages: readonly Message[]): string {
  return messages
    .map((message) => `${nameOf(message)} (${readableMinute(message.timestamp)}): ${message.text}`)
    .join('\n');
}
