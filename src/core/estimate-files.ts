import type { ChatExport } from './chat-export.ts';
import { ChatExportError, type ChatExportProblem, readExportFile } from './chat-export-file.ts';
import { type Estimate, estimateRuns } from './estimate.ts';

/** Of one chat. WhatsApp's own exports end at some megabytes. */
const MAX_TEXT_MB = 30;

/** Chats that WhatsApp has exported, a file for each. */
export interface ChatFiles {
  files: { name: string; bytes: Uint8Array }[];
  /** How dates like 3/4 are to be read; null: inferred. */
  daysFirst: boolean | null;
}

export type Estimated =
  | {
      estimate: Omit<Estimate, 'from' | 'to'> & {
        /** Days such as 2024-02-29, as the export has them. */
        from: string;
        to: string;
        chats: number;
        /** Attachments, notices and deleted messages. */
        skipped: number;
        /** How dates were read that could be read the other way, too; null where none could. */
        guessed: 'days_first' | 'months_first' | null;
      };
    }
  /** `file` is the one that cannot be read; "" where it is all of them. */
  | { problem: { file: string; code: ChatExportProblem } };

/** What a Zap would have run on these chats. */
export function estimateFiles({ files, daysFirst }: ChatFiles): Estimated {
  const chats: ChatExport[] = [];
  for (const { name, bytes } of files) {
    try {
      const options = daysFirst === null ? {} : { daysFirst };
      chats.push(readExportFile(bytes, { ...options, maxTextMb: MAX_TEXT_MB }));
    } catch (error) {
      if (!(error instanceof ChatExportError)) throw error;
      return { problem: { file: name, code: error.code } };
    }
  }
  const estimate = estimateRuns(chats.map(({ times }) => times));
  if (!estimate) return { problem: { file: '', code: 'no_text' } };
  const unsure = daysFirst === null ? chats.find(({ isAmbiguous }) => isAmbiguous) : undefined;
  return {
    estimate: {
      ...estimate,
      from: dayOf(estimate.from),
      to: dayOf(estimate.to),
      chats: chats.length,
      skipped: chats.reduce((sum, { skipped }) => sum + skipped, 0),
      guessed: unsure ? (unsure.daysFirst ? 'days_first' : 'months_first') : null,
    },
  };
}

/** In this machine's time zone, in which the export was read. */
const dayOf = (time: number): string => new Date(time).toLocaleDateString('sv');
