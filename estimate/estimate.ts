// How often a Zap would have run on chats that WhatsApp has exported, before anything is connected.
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ChatExport } from '../src/core/chat-export.ts';
import { ChatExportError, readExportFile } from '../src/core/chat-export-file.ts';
import { estimateRuns } from '../src/core/estimate.ts';
import { report } from './report.ts';

/** Less is read before a bar could be seen. */
const BAR_FROM_BYTES = 5_000_000;

const FAILURES: Record<string, string> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'this is a folder. Name the files in it.',
  EACCES: 'you are not allowed to read this file.',
};

interface Options {
  steps: number;
  price?: number;
  daysFirst?: boolean;
  monthsFirst?: boolean;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) {
    throw new InvalidArgumentError('Give a number above 0.');
  }
  return number;
}

function positiveWhole(text: string): number {
  const number = positive(text);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('Give a whole number.');
  return number;
}

/** @throws ChatExportError naming the file */
function readFiles(files: string[], daysFirst: boolean | undefined): ChatExport[] {
  const bar = new SingleBar({
    format: 'Reading [{bar}] {percentage} % {file}',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  try {
    // npm changes to the package's folder and tells where it was called.
    const paths = files.map((file) => resolve(process.env.INIT_CWD ?? '', file));
    const sizes = paths.map((path, i) => orNaming(files[i] ?? path, () => statSync(path).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total >= BAR_FROM_BYTES) bar.start(total, 0, { file: '' });
    let before = 0;
    return paths.map((path, i) =>
      orNaming(files[i] ?? path, () => {
        const size = sizes[i] ?? 0;
        const onProgress = (share: number) =>
          bar.update(before + share * size, { file: basename(path).slice(0, 30) });
        onProgress(0);
        const chat = readExportFile(readFileSync(path), { daysFirst, onProgress });
        before += size;
        return chat;
      }),
    );
  } finally {
    bar.stop();
  }
}

function orNaming<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const isOurs = error instanceof ChatExportError;
    const why = isOurs ? error.message : FAILURES[code];
    if (why === undefined) throw error;
    throw new ChatExportError(isOurs ? error.code : 'not_a_chat', `${file}: ${why}`, {
      cause: error,
    });
  }
}

const program = new Command('npm run estimate --')
  .description(
    'Estimates how often a Zap would run in a month, unbundled and bundled, from chats that WhatsApp has exported. Nothing is stored or sent.',
  )
  .argument('<exports...>', 'exported chats: .txt or .zip, a file for each chat')
  .option('--steps <n>', 'action steps of the Zap: tasks per run', positiveWhole, 1)
  .option('--price <p>', 'price of a task, such as 0.02', positive)
  .addOption(new Option('--days-first', 'read 3/4/2024 as 3 April').conflicts('monthsFirst'))
  .option('--months-first', 'read 3/4/2024 as March 4')
  .showHelpAfterError()
  .action((files: string[], { steps, price, daysFirst, monthsFirst }: Options) => {
    const chats = readFiles(files, monthsFirst ? false : daysFirst);
    const estimate = estimateRuns(chats.map(({ times }) => times));
    if (!estimate) {
      throw new ChatExportError(
        'no_text',
        'There are no text messages in these chats, and only text is forwarded: no Zap would run.',
      );
    }
    const asked = daysFirst ?? monthsFirst;
    console.log(report({ chats, estimate, steps, price, datesAreGuessed: asked === undefined }));
  });

try {
  program.parse();
} catch (error) {
  if (!(error instanceof ChatExportError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
