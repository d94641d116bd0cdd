// How long the integration takes to wake on a machine of Zapier's: importing it and answering the first
// call, beside an integration that does nothing, built in the same way. Each start is a process of its own.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpack } from '../demo/built-integration.ts';

const run = promisify(execFile);
const STARTS = 9;
const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'pakiet-cold-start-'));

const EMPTY = `import zapier, { defineApp } from 'zapier-platform-core';
export default defineApp({ version: '1.0.0', platformVersion: zapier.version });
`;

/** Builds an integration without a trigger; answers its zip. */
async function buildEmpty(): Promise<string> {
  const home = join(folder, 'empty');
  mkdirSync(home);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const core = 'zapier-platform-core';
  const manifest = {
    name: 'empty',
    version: '1.0.0',
    type: 'module',
    exports: './index.js',
    dependencies: { [core]: dependencies[core] },
  };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(home, 'index.js'), EMPTY);
  writeFileSync(join(home, '.gitignore'), 'node_modules\nbuild\n');
  writeFileSync(join(home, '.zapierapprc'), readFileSync(join(root, '.zapierapprc')));
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...quietly], { cwd: home });
  const cli = join(root, 'node_modules/.bin/zapier-platform');
  const env = { ...process.env, DISABLE_ZAPIER_ANALYTICS: '1' };
  await run(cli, ['build', '--skip-validation', '--skip-dep-install'], { cwd: home, env });
  return join(home, 'build/build.zip');
}

/** Milliseconds from the start of the import to the first answer. */
async function coldStart(unpacked: string): Promise<number> {
  const script = `
    const from = performance.now();
    const { handler } = await import(${JSON.stringify(join(unpacked, 'zapierwrapper.js'))});
    await handler({ command: 'definition' });
    console.log(performance.now() - from);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  return Number(stdout.trim().split('\n').at(-1));
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

try {
  const ours = join(folder, 'ours-unpacked');
  const empty = join(folder, 'empty-unpacked');
  unpack(join(root, 'build/build.zip'), ours);
  unpack(await buildEmpty(), empty);
  const times = { ours: [] as number[], empty: [] as number[] };
  for (let start = 0; start < STARTS; start += 1) {
    times.empty.push(await coldStart(empty));
    times.ours.push(await coldStart(ours));
  }
  const [a, b] = [median(times.ours), median(times.empty)];
  console.log(
    `Cold start, import and first call, median of ${STARTS}: Pakiet ${a.toFixed(0)} ms, an empty integration ${b.toFixed(0)} ms (${(a / b).toFixed(2)} times)`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
