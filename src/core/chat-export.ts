import { parseString } from 'whatsapp-chat-parser';
import { isText } from './exported-text.ts';

/** Characters handed to the parser at once: what it makes of them takes some ten times the room. */
const CHUNK = 4_000_000;
const DATED_LINE = /^[\u200e\u200f]*\[?(\d{1,4}[-/.] ?\d{1,4}[-/.] ?\d{1,4})[,.]?\s.*$/gm;

/** What an exported chat holds: its texts by time, no word of them. */
export interface ChatExport {
  /** When its text messages were written, in milliseconds, ascending; often to the minute only. */
  times: number[];
  /** Attachments, deleted messages and WhatsApp's own notices. */
  skipped: number;
  /** How its dates were read: 3/4 as 3 April (true) or as March 4. */
  daysFirst: boolean;
  /** Whether they could be read the other way, too: none has a day above 12. */
  isAmbiguous: boolean;
}

/**
 * Reads the text of a chat that WhatsApp has exported, of Android or of the iPhone. Its times are taken
 * for those of this machine's time zone.
 * @param daysFirst how its dates are to be read; left out, it is inferred from all of them
 * @param onProgress told the share that has been read, 0 to 1
 * @returns null where it is not such a text
 */
export function readExport(
  text: string,
  {
    daysFirst = daysComeFirst(text),
    onProgress,
  }: { daysFirst?: boolean | undefined; onProgress?: (share: number) => void } = {},
): ChatExport | null {
  const times: number[] = [];
  let skipped = 0;
  let isAmbiguous = true;
  for (let from = 0; from < text.length; ) {
    const to = messageStart(text, from + CHUNK);
    for (const { date, author, message } of parseString(text.slice(from, to), { daysFirst })) {
      if (date.getDate() > 12) isAmbiguous = false;
      if (author !== null && isText(message)) times.push(date.getTime());
      else skipped++;
    }
    from = to;
    onProgress?.(from / text.length);
  }
  if (times.length + skipped === 0) return null;
  // Messages that came late stand where they came, with the time at which they were written.
  times.sort((a, b) => a - b);
  return { times, skipped, daysFirst, isAmbiguous };
}

const startsMessage = (line: string): boolean => parseString(line).length > 0;

/** Where the first message begins whose line begins behind there. */
function messageStart(text: string, behind: number): number {
  for (let end = text.indexOf('\n', behind); end !== -1; ) {
    const start = end + 1;
    end = text.indexOf('\n', start);
    if (startsMessage(text.slice(start, end === -1 ? undefined : end))) return start;
  }
  return text.length;
}

/** What the parser infers from a line of each date, which is what it would from the whole at once. */
function daysComeFirst(text: string): boolean {
  const lines = new Map<string, string>();
  for (const [line, date = ''] of text.matchAll(DATED_LINE)) {
    if (!lines.has(date) && startsMessage(line)) lines.set(date, line);
  }
  const sample = [...lines.values()].join('\n');
  const inferred = parseString(sample);
  const daysFirst = parseString(sample, { daysFirst: true });
  return daysFirst.every(({ date }, i) => date.getTime() === inferred[i]?.date.getTime());
}
