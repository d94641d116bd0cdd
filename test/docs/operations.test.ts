import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAYS_COUNTED } from '../../src/core/daily-counts.ts';
import { ERRORS_TOLERATED } from '../../src/core/health.ts';
import { MAX_BUNDLE_MESSAGES } from '../../src/core/window.ts';
import { variablesSchema } from '../../src/server/config.ts';
import { COMMAND_LINE, ROOT, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const security = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');

const found = (pattern: RegExp, text = page): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, one]) => one as string)),
];

const [unit] = found(/^```ini\n([\s\S]*?)^```$/gm) as [string];

describe('docs/operations.md', () => {
  test('names only commands that there are', async () => {
    const commands = found(/(?:npm run pakiet --|cli\.js) ([a-z]+(?: (?:create|revoke))?)/g);
    expect(commands).toContain('backup');
    for (const command of commands) {
      const { code, stdout } = await run(process.execPath, [
        COMMAND_LINE,
        ...command.split(' '),
        '--help',
      ]);
      expect([command, code]).toEqual([command, 0]);
      expect(stdout).toContain(`Usage: npm run pakiet -- ${command}`);
    }
  });

  test('names only variables that there are', () => {
    const named = found(/\b(PAKIET_[A-Z_]+|SMTP_URL)\b/g);
    expect(named.length).toBeGreaterThan(5);
    expect(Object.keys(variablesSchema.shape)).toEqual(expect.arrayContaining(named));
  });

  test('links only to what there is', () => {
    const anchors = found(/^#+ (.*)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [folder, text] of [
      ['docs', undefined],
      ['.', security],
    ] as const) {
      for (const link of found(/\]\((?!http)(.*?)\)/g, text)) {
        if (link.startsWith('#')) expect(anchors).toContain(link.slice(1));
        else {
          const file = join(ROOT, folder, link.replace(/#.*$/, ''));
          expect([link, existsSync(file)]).toEqual([link, true]);
        }
      }
    }
  });

  test('tells the limits as they are', () => {
    expect(page).toContain(`kept for ${DAYS_COUNTED} days`);
    expect(page).toContain(`| daily counters | ${DAYS_COUNTED} days |`);
    expect(page).toContain(`More than ${ERRORS_TOLERATED} errors in a row`);
    expect(page).toContain(`up to ${MAX_BUNDLE_MESSAGES.toLocaleString('en')} messages and 1 MB`);
  });
});

describe('what docs/operations.md says to watch', () => {
  let server: ServerProcess;
  let metrics: string;
  let paths: Record<string, object>;

  beforeAll(async () => {
    const PAKIET_METRICS_TOKEN = 'a-token-of-the-tests';
    server = await ServerProcess.start(tempFolder(), { PAKIET_METRICS_TOKEN });
    await server.call('POST', '/messages', {});
    const headers = { authorization: `Bearer ${PAKIET_METRICS_TOKEN}` };
    metrics = await (await fetch(`${server.url}/metrics`, { headers })).text();
    ({ paths } = await (await fetch(`${server.url}/api/openapi.json`)).json());
  });

  afterAll(async () => {
    await server.stop();
  });

  test('is among the metrics, by name', () => {
    const named = found(/\b((?:pakiet|process|nodejs)_[a-z_]+)\b(?!\.)/g);
    expect(named.length).toBeGreaterThan(15);
    for (const name of named) expect(metrics).toMatch(new RegExp(`^${name}[ {]`, 'm'));
  });

  test('has the labels that the rules ask for', () => {
    const selectors = [...page.matchAll(/\b(pakiet_\w+)\{(.*?)\}/g)];
    expect(selectors.length).toBeGreaterThan(5);
    for (const [, name, labels] of selectors) {
      const wanted = found(/(\w+="\w+")/g, labels?.replace(/\w+!=/g, '') as string);
      const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`));
      const isIn = lines.some((line) => wanted.every((label) => line.includes(label)));
      expect([name, labels, isIn]).toEqual([name, labels, true]);
    }
  });

  test('is in the API where it names a call', () => {
    const calls = [...page.matchAll(/\b(GET|POST|PATCH|DELETE) (?:\/api\/v1)?([/…][\w{}/…]+)/g)];
    expect(calls.length).toBeGreaterThan(5);
    for (const [, method, path] of calls) {
      const full = `/api/v1${path?.replace('…/', '/webhooks/{id}/')}`;
      expect([method, full, Object.keys(paths[full] ?? {})]).toEqual([
        method,
        full,
        expect.arrayContaining([method?.toLowerCase()]),
      ]);
    }
  });

  test('answers at the probes', async () => {
    for (const probe of ['healthz', 'readyz']) {
      expect(page).toContain(`/${probe}`);
      expect((await fetch(`${server.url}/${probe}`)).status).toBe(200);
    }
  });
});

describe('the systemd unit', () => {
  test('starts what there is, and grants the time that a stop may take', () => {
    const command = /^ExecStart=(\S+) (\S+)$/m.exec(unit) as RegExpExecArray;
    expect(existsSync(join(ROOT, (command[1] as string).replace('/opt/pakiet', '')))).toBe(true);
    expect(existsSync(join(ROOT, command[2] as string))).toBe(true);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(25);
  });

  test('has only sections and lines of their form', () => {
    for (const line of unit.split('\n').filter(Boolean)) {
      expect(line).toMatch(/^(\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=.*)$/);
    }
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  (hasSystemd ? test : test.skip)('passes systemd-analyze verify without a word', () => {
    const file = join(tempFolder(), 'pakiet.service');
    const here = unit.replaceAll('/opt/pakiet', ROOT.replace(/\/$/, ''));
    writeFileSync(
      file,
      here.replace('EnvironmentFile=', 'EnvironmentFile=-').replace(/^User=.*$/m, ''),
    );
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    const ours = stderr.split('\n').filter((line) => line.includes('pakiet'));
    expect({ status, ours }).toEqual({ status: 0, ours: [] });
  });
});
