import type { Figures } from './figures.ts';
import { countPostgresFigures } from './postgres/figures.ts';
import { openPostgres } from './postgres/open.ts';
import { openPostgresReportLog } from './postgres/report-log.ts';
import type { ReportLog } from './report-log.ts';
import { SecretBox } from './secret-box.ts';
import { openSecretBox } from './sqlite/data-folder.ts';
import { countSqliteFigures } from './sqlite/figures.ts';
import { openSqlite } from './sqlite/open.ts';
import { openSqliteReportLog } from './sqlite/report-log.ts';
import type { Store } from './store.ts';

/** Where the data is, and what opens it: one value for all the threads of a process. */
export type StoreConfig =
  | {
      kind: 'sqlite';
      folder: string;
      /** Shared by all the threads that write; see sqlite/write-mutex.ts. */
      mutexMemory?: SharedArrayBuffer;
    }
  | {
      kind: 'postgres';
      url: string;
      /** 32 bytes: it opens the secrets at rest. */
      key: Uint8Array;
    };

/**
 * Opens the store, creating and migrating it as needed.
 * @throws {StoreError} with one sentence where it cannot be used
 */
export const openStore = (config: StoreConfig): Promise<Store> =>
  config.kind === 'sqlite' ? openSqlite(config) : openPostgres(config);

/** Opens the store for one report. @throws where it cannot be read */
export const openReportLog = (config: StoreConfig): Promise<ReportLog> =>
  config.kind === 'sqlite' ? openSqliteReportLog(config.folder) : openPostgresReportLog(config.url);

/** Counts, over a connection of its own; it may take seconds, and on SQLite the thread does nothing else. */
export const countFigures = (config: StoreConfig): Promise<Figures> =>
  config.kind === 'sqlite' ? countSqliteFigures(config.folder) : countPostgresFigures(config.url);

/** The box for secrets at rest. */
export const secretBoxOf = (config: StoreConfig): SecretBox =>
  config.kind === 'sqlite' ? openSecretBox(config.folder) : new SecretBox(Buffer.from(config.key));
