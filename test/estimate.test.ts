import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT, run } from './support/program.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Runs the command as a user does who stands in a folder of exported chats. */
function estimate(args: string[], folder = join(ROOT, 'test/core/chat-exports')) {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  return run('npm', ['--prefix', ROOT, 'run', '-s', 'estimate', '--', ...args], {
    cwd: folder,
    env: { PATH: path },
  });
}

/** Two chats of 60 days, each with a message every 10 minutes from 9:00 to 16:50. */
function aBusyFolder(): string {
  const folder = tempFolder();
  const lines = Array.from({ length: 60 * 48 }, (_, i) => {
    const at = new Date(2024, 0, 1 + Math.floor(i / 48), 9, (i % 48) * 10);
    const [day, time] = at.toLocaleString('sv').split(' ') as [string, string];
    return `${day.split('-').reverse().join('/')}, ${time.slice(0, 5)} - John Doe: Hi!`;
  });
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(folder, name), lines.join('\n'));
  return folder;
}

describe('npm run estimate', () => {
  test('shows what a Zap would run in a month, and what bundling saves', async () => {
    const { code, stdout, stderr } = await estimate(['a.txt', 'b.txt'], aBusyFolder());
    expect(stdout).toBe(`5,760 text messages in 2 chats, 2024-01-01 to 2024-02-29 (60 days).

                         runs a month   saved
not bundled                     2,880       –
bundled every hour                480    83 %
bundled every 6 hours             120    96 %
bundled every 12 hours             60    98 %
bundled every 24 hours             60    98 %

Bundling every 6 hours would cut Zapier tasks from 2,880 to 120 a month,
every 24 hours to 60.

Each run costs a task for each action step of the Zap: here 1 (see --steps).
Received and sent messages are counted; a Zap of received ones alone runs less.
A month is 30 days, an average of the whole period.
`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('does not say that all is saved while anything runs', async () => {
    const folder = tempFolder();
    const line = (i: number) => `24/02/2024, 09:${String(i % 60).padStart(2, '0')} - John Doe: Hi!`;
    writeFileSync(
      join(folder, 'a.txt'),
      Array.from({ length: 1000 }, (_, i) => line(i)).join('\n'),
    );
    const { stdout } = await estimate(['a.txt'], folder);
    expect(stdout).toMatch(/bundled every 24 hours +30 +99 %/);
    expect(stdout).not.toContain('100 %');
  });

  test('turns runs into tasks and money, 80 columns wide', async () => {
    const { stdout } = await estimate(['--steps', '3', '--price', '0.02', 'a.txt'], aBusyFolder());
    const lines = stdout.split('\n');
    expect(lines[2]?.trim().split(/ {2,}/)).toEqual([
      'runs a month',
      'tasks a month',
      'price a month',
      'saved',
    ]);
    expect(lines[3]?.split(/ {2,}/)).toEqual(['not bundled', '1,440', '4,320', '86.40', '–']);
    expect(stdout).toContain('cut Zapier tasks from 4,320 to 180 a month');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('says what it skipped, that it extrapolates and that dates may be the other way', async () => {
    const all = ['ambiguous', 'android-polish', 'iphone-german'].map((name) => `${name}.txt`);
    const { stdout } = await estimate(all);
    expect(stdout).toContain('7 text messages in 3 chats, 2024-02-21 to 2024-04-03 (43 days).');
    expect(stdout).toContain('Skipped: 11 attachments, notices and deleted messages.');
    expect(stdout).toContain('were read as 3 April; if they are not, add --months-first.');
    const { stdout: told } = await estimate(['--months-first', 'ambiguous.txt']);
    expect(told).toContain('2 text messages in 1 chat, 2024-03-04 to 2024-03-04 (1 day).');
    expect(told).toContain('cover only 1 day, so it is an extrapolation.');
    expect(told).not.toContain('Dates like');
  });

  test('says where bundling saves next to nothing', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'rare.txt'), '24/02/2024, 10:00 - John Doe: Hi!');
    expect((await estimate(['rare.txt'], folder)).stdout).toContain(
      'Bundling would save next to nothing here',
    );
  });

  test.each([
    ['a file that is no export', 'letter.txt', 'this is not a chat exported by WhatsApp.'],
    ['an empty file', 'empty.txt', 'the file is empty.'],
    ['a file that is not there', 'nope.txt', 'there is no such file.'],
    ['a folder', 'folder', 'this is a folder. Name the files in it.'],
  ])('names %s in one sentence', async (_what, name, sentence) => {
    const folder = aBusyFolder();
    writeFileSync(join(folder, 'letter.txt'), 'Dear Jane,\n\nHow are you?\n');
    writeFileSync(join(folder, 'empty.txt'), '');
    mkdirSync(join(folder, 'folder'));
    const { code, stdout, stderr } = await estimate(['a.txt', name], folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.startsWith(`${name}: ${sentence}`)).toBe(true);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('says that chats without text run no Zap', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.txt'), '24/02/2024, 10:00 - John Doe: <Media omitted>');
    const { code, stderr } = await estimate(['a.txt'], folder);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'There are no text messages in these chats, and only text is forwarded: no Zap would run.\n',
    });
  });

  test.each([[['--steps', '1.5', 'a.txt']], [['--price', '-1', 'a.txt']], [[]]])(
    'shows how it is used where %j does not fit',
    async (args) => {
      const { code, stderr } = await estimate(args);
      expect(code).toBe(1);
      expect(stderr).toContain('Usage: npm run estimate -- [options] <exports...>');
    },
  );
});
