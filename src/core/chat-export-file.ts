import { unzipSync } from 'fflate';
import { type ChatExport, readExport } from './chat-export.ts';

const MB = 1_000_000;
/**
 * Largest text that is read, which takes ten seconds and 2 GB. WhatsApp’s own exports end at 40,000
 * messages, some megabytes.
 */
const MAX_TEXT_MB = 200;

export type ChatExportProblem = 'empty' | 'not_a_chat' | 'too_large' | 'damaged' | 'no_text';

/** Why a file cannot be read as an exported chat; fit to follow the file's name and a colon. */
export class ChatExportError extends Error {
  readonly code: ChatExportProblem;

  constructor(code: ChatExportProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChatExportError';
    this.code = code;
  }
}

type ReadingOptions = Parameters<typeof readExport>[1] & {
  /** @default 200 */
  maxTextMb?: number;
};

/**
 * Reads a file that WhatsApp has exported: a text, or the zip of a text and its attachments.
 * @throws ChatExportError if it is another file, or too large
 */
export function readExportFile(
  bytes: Uint8Array,
  { maxTextMb = MAX_TEXT_MB, ...options }: ReadingOptions = {},
): ChatExport {
  if (bytes.length === 0) throw new ChatExportError('empty', 'the file is empty.');
  for (const text of isZip(bytes) ? textsOf(bytes, maxTextMb) : [bytes]) {
    if (text.length > maxTextMb * MB) throw tooLarge(maxTextMb);
    // Takes the byte order mark off as well, which would hide the first message from the parser.
    const chat = readExport(new TextDecoder().decode(text), options);
    if (chat) return chat;
  }
  throw new ChatExportError(
    'not_a_chat',
    'this is not a chat exported by WhatsApp. In WhatsApp, open the chat and choose Export chat, Without media.',
  );
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

const tooLarge = (maxTextMb: number) =>
  new ChatExportError('too_large', `the chat is larger than ${maxTextMb} MB.`);

/** The texts of a zip, the chat's own before those that were attached to it. */
function textsOf(zip: Uint8Array, maxTextMb: number): Uint8Array[] {
  try {
    const texts = unzipSync(zip, {
      filter({ name, originalSize }) {
        // A Mac adds files about the files.
        if (!name.endsWith('.txt') || name.startsWith('__MACOSX/')) return false;
        if (originalSize > maxTextMb * MB) throw tooLarge(maxTextMb);
        return true;
      },
    });
    const isChat = (name: string) => /(^|\/)(_chat|WhatsApp[^/]*)\.txt$/.test(name);
    return Object.entries(texts)
      .sort(([a], [b]) => Number(isChat(b)) - Number(isChat(a)))
      .map(([, text]) => text);
  } catch (error) {
    if (error instanceof ChatExportError) throw error;
    throw new ChatExportError('damaged', 'the zip is damaged; export the chat again.', {
      cause: error,
    });
  }
}
