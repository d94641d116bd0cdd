import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { tempFolder } from './support/temp-folder.ts';

const run = promisify(execFile);

/** Runs the demo as a newcomer does; fails unless it exits with 0. */
async function demo(...args: string[]): Promise<{ output: string; leftBehind: string[] }> {
  const TMPDIR = join(tempFolder(), 'tmp');
  mkdirSync(TMPDIR);
  const { stdout } = await run('npm', ['run', 'demo', '--', ...args], {
    env: { ...process.env, TMPDIR },
  });
  const leftBehind = readdirSync(TMPDIR).filter((name) => name.startsWith('pakiet'));
  return { output: stdout, leftBehind };
}

describe('npm run demo', () => {
  test('takes a conversation through the built integration and leaves nothing behind', async () => {
    const { output, leftBehind } = await demo();
    expect(output).toContain('20 WhatsApp messages go in: 19 accepted, 1 skipped (attachment)');
    expect(output).toContain('NEW MESSAGE ran 19 times');
    expect(output).toContain('Jane Smith (2026-05-04 09:01): Good morning John 👋');
    expect(output.trimEnd().split('\n').at(-1)).toBe(
      '19 messages → 19 Zap runs one by one, 2 in bundles',
    );
    expect(leftBehind).toEqual([]);
  }, 90_000);

  test('shows a broken receiver’s pauses, the switch-off and catching up', async () => {
    const { output, leftBehind } = await demo('--broken');
    expect(output.match(/error +\d+: pauses for/g)).toHaveLength(10);
    expect(output).toContain('error 11: switched off (errors)');
    expect(output).toContain('all 19 are delivered, in order');
    expect(leftBehind).toEqual([]);
  }, 90_000);
});
