import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { monotonicMs } from './monotonic.ts';

const BLOCK = Buffer.alloc(4096, 1);

/** On what was measured: without it figures mean nothing. */
export interface Machine {
  cores: number;
  processor: string;
  memoryGib: number;
  node: string;
  /** Of 4 KiB each, into the folder that the data of a case is in. */
  syncsPerSecond: number;
  /** How busy the machine was before it began. */
  load: number;
}

export function machine(seconds: number): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? '',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    syncsPerSecond: Math.round(syncsPerSecond(seconds)),
    load: loadavg()[0] as number,
  };
}

function syncsPerSecond(seconds: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'pakiet-bench-'));
  const file = openSync(join(folder, 'synced'), 'w');
  try {
    const from = monotonicMs();
    let syncs = 0;
    while (monotonicMs() - from < seconds * 1000) {
      writeSync(file, BLOCK);
      fdatasyncSync(file);
      syncs += 1;
    }
    return syncs / ((monotonicMs() - from) / 1000);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}
