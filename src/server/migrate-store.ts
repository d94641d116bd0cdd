import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import {
  StoreKeyWrongError,
  StoreRefusedError,
  StoreUnavailableError,
  StoreUnreachableError,
} from '../store/errors.ts';
import { keyPath, readKey } from '../store/key-file.ts';
import { type Moved, type MoveStep, moveStore } from '../store/move/move-store.ts';
import { nameOf } from '../store/take.ts';
import { CommandError } from './command-error.ts';
import { type Config, variablesSchema } from './config.ts';

/** Where there is no terminal, a line tells how far it is every so often. */
const LINE_EVERY_MS = 10_000;

export interface MigrateOptions {
  config: Config;
  folder: string;
  /** The URL of the database; that of the configuration where it is left out. */
  to?: string;
  startOver: boolean;
}

/**
 * Moves the data folder into PostgreSQL and tells how it goes.
 * @throws {CommandError | StoreError} in one sentence
 */
export async function migrateStore({ config, folder, to, startOver }: MigrateOptions) {
  const url = to === undefined ? config.databaseUrl : urlOf(to);
  if (url === null) {
    throw new CommandError(
      'Say where to with --to postgres://user:password@host/database, or set DATABASE_URL.',
    );
  }
  const { secretKey } = config;
  if (secretKey && !readKey(keyPath(folder))?.equals(secretKey)) {
    throw new StoreKeyWrongError('PAKIET_SECRET_KEY');
  }
  const name = nameOf({ ...config, databaseUrl: url });
  const shown = new ShownProgress();
  const begun = Date.now();
  try {
    const onProgress = (step: MoveStep) => shown.update(step);
    const moved = await moveStore({ folder, url, name, startOver, now: Date.now, onProgress });
    shown.stop();
    console.log(
      moved
        ? report(moved, name, Date.now() - begun)
        : `Everything has been moved to ${name} before.`,
    );
    console.log(whatNext(resolve(folder)));
  } catch (error) {
    shown.stop();
    throw explained(error, to !== undefined);
  }
}

function urlOf(text: string): string {
  const { data, error } = variablesSchema.shape.DATABASE_URL.safeParse(text);
  if (data === undefined) throw new CommandError(`--to ${error?.issues[0]?.message}.`);
  return data;
}

function explained(error: unknown, isGiven: boolean): unknown {
  if (error instanceof StoreUnavailableError) {
    const why = (error.cause as Error).message;
    return new CommandError(
      `The move broke off (${why}): run it again, and it goes on where it was.`,
    );
  }
  if (error instanceof StoreUnreachableError || error instanceof StoreRefusedError) {
    return isGiven ? new CommandError(error.message.replaceAll('DATABASE_URL', '--to')) : error;
  }
  return error;
}

function report({ rows, before, replaced, leftOut }: Moved, name: string, ms: number): string {
  const number = (value: number) => value.toLocaleString('en');
  const seconds = Math.max(1, Math.round(ms / 1000));
  const lines = [
    `Moved ${number(rows)} rows to ${name} in ${number(seconds)} s, and compared all of them.`,
  ];
  if (before > 0) lines.push(`${number(before)} of them had been moved by earlier runs.`);
  if (replaced > 0) {
    lines.push(
      `PostgreSQL cannot hold NUL: ${number(replaced)} texts had it, and have \uFFFD in its place now.`,
    );
  }
  if (leftOut > 0) {
    lines.push(
      `${number(leftOut)} rows were no others than the ones beside them by that, and are left out.`,
    );
  }
  return lines.join('\n');
}

const whatNext = (folder: string) => `
Start the server with DATABASE_URL set to that database. The key to its secrets is the content of
${keyPath(folder)}:
a server with this PAKIET_DATA_DIR finds it there, all others need it as PAKIET_SECRET_KEY. Keep it safe.

The folder is as it was, and no server starts on it any more. Keep it until you have a back-up of PostgreSQL.`;

/** A bar on a terminal; elsewhere a line now and then. */
class ShownProgress {
  readonly #bar = new SingleBar({
    format: '{what} [{bar}] {percentage} % of {total} rows, {table}',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  #doing: MoveStep['doing'] | null = null;
  #toldAt = 0;

  update({ doing, table, done, total }: MoveStep): void {
    const what = doing === 'copying' ? 'Copying  ' : 'Comparing';
    const isNew = doing !== this.#doing;
    this.#doing = doing;
    if (process.stderr.isTTY) {
      if (isNew) {
        this.#bar.stop();
        this.#bar.start(total, done, { what, table });
      } else this.#bar.update(done, { table });
      return;
    }
    const now = Date.now();
    if (!isNew && done < total && now - this.#toldAt < LINE_EVERY_MS) return;
    this.#toldAt = now;
    const rows = [done, total].map((value) => value.toLocaleString('en')).join(' of ');
    console.error(`${what.trim()}: ${rows} rows, ${table}`);
  }

  stop(): void {
    this.#bar.stop();
  }
}
