import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Peer, runPeer } from './peer.ts';

/**
 * Not what anyone would run: with the parts that Pakiet is made of, no more than sending in order within each
 * key, signed, with each outcome on the disk before the next of that key. No log, counts, filters, pauses or
 * retries. On SQLite, whatever the store is that is measured.
 */
export const least: Peer = {
  name: 'the least that is in order, signed and durable, on SQLite',
  start: () => {
    const folder = mkdtempSync(join(tmpdir(), 'pakiet-bench-least-'));
    return runPeer(new URL('./least-process.ts', import.meta.url), [folder], async () =>
      rmSync(folder, { recursive: true, force: true }),
    );
  },
};
