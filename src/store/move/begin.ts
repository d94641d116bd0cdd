import { isInTheWay } from '../postgres/error-code.ts';
import { confirmKey } from '../postgres/installation.ts';
import { MOVE_LOCK } from '../postgres/lock.ts';
import type { Queries } from '../postgres/queries.ts';
import { refuseMoved } from '../sqlite/moved-mark.ts';
import { keySourceOf } from '../take.ts';
import type { Value } from './digest.ts';
import { MoveSourceChangedError, MoveTargetInUseError, MoveTargetNotEmptyError } from './errors.ts';
import type { MoveSource } from './source.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

/** How far a table has come: its last key, and the rows up to it that were moved. */
interface Stage {
  key: Value[];
  rows: number;
}

/** By table; of one that is missing nothing has been moved. */
export type Progress = Partial<Record<TableName, Stage>>;

export interface TargetOptions {
  url: string;
  /** The database in words. */
  name: string;
  folder: string;
  startOver: boolean;
}

/** What a run whose connection was cut had begun ends within this time. */
const LOCK_LIMIT_MS = 10_000;

/** Keeps other moves out until the connection ends. */
export async function take(queries: Queries, name: string): Promise<void> {
  try {
    await queries.once(`SET lock_timeout = ${LOCK_LIMIT_MS}`);
    await queries.once(`SELECT pg_advisory_lock(hashtext(current_schema()), ${MOVE_LOCK})`);
    await queries.once('SET lock_timeout = 0');
  } catch (error) {
    throw isInTheWay(error) ? new MoveTargetInUseError(name, 'move') : error;
  }
}

/** Looks what is there, and notes that a move has begun. */
export async function begin(queries: Queries, source: MoveSource, options: TargetOptions) {
  const { name, folder, startOver } = options;
  const { rows } = await queries.once<{ source: string; progress: string; finished_at: number }>(
    'SELECT source, progress, finished_at FROM move',
  );
  const [move] = rows;
  const isFinished = move != null && move.finished_at !== null;
  if (isFinished && move.source !== source.state) throw new MoveTargetNotEmptyError(name);
  if (!isFinished) await refuseServers(queries, name);
  const goesOn = move && !(startOver && !isFinished);
  if (goesOn && move.source !== source.state) throw new MoveSourceChangedError(folder, name);
  if (!goesOn) {
    refuseMoved(folder);
    if (!move && (await holdsData(queries))) throw new MoveTargetNotEmptyError(name);
    await queries.once(`TRUNCATE ${TABLE_NAMES.join(', ')}, move, installation`);
    await queries.once('INSERT INTO move (source, begun_at) VALUES ($1, $2)', [
      source.state,
      Date.now(),
    ]);
  }
  await confirmKey(queries, keySourceOf({ databaseUrl: null, secretKey: null, dataDir: folder }));
  const progress = JSON.parse(goesOn ? move.progress : '{}') as Progress;
  return { progress, isFinished };
}

/** @throws {MoveTargetInUseError} where a server is at work on it */
export async function refuseServers(queries: Queries, name: string): Promise<void> {
  const { rows } = await queries.once(
    'SELECT FROM dispatcher WHERE lease_until >= clock_timestamp()',
  );
  if (rows.length > 0) throw new MoveTargetInUseError(name, 'server');
}

async function holdsData(queries: Queries): Promise<boolean> {
  const held = TABLE_NAMES.map((table) => `EXISTS (SELECT FROM ${table})`);
  const { rows } = await queries.once<{ held: boolean }>(`SELECT ${held.join(' OR ')} AS held`);
  return rows[0]?.held ?? false;
}
