// npm run bench -- --store sqlite --only drain
// Measures the program as it is delivered against what this machine could do at most, in the same run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { drainHundred, drainOne } from './cases/drain.ts';
import { dueAtOnce } from './cases/due-at-once.ts';
import { faulty } from './cases/faulty.ts';
import { idle } from './cases/idle.ts';
import { intake } from './cases/intake.ts';
import { latency } from './cases/latency.ts';
import { memory } from './cases/memory.ts';
import { muchStored } from './cases/much-stored.ts';
import { neighbour } from './cases/neighbour.ts';
import { peers } from './cases/peers.ts';
import { together } from './cases/together.ts';
import { zapRuns } from './cases/zap-runs.ts';
import type { Case, Context } from './rig/case.ts';
import { type Finding, isMet } from './rig/finding.ts';
import { machine } from './rig/machine.ts';
import { Receiver } from './rig/receiver.ts';
import { inDatabase, STORES, type StoreName } from './rig/stores.ts';
import { machineLine, table } from './rig/table.ts';

const CASES: readonly Case[] = [
  drainOne,
  drainHundred,
  together,
  intake,
  latency,
  dueAtOnce,
  muchStored,
  memory,
  idle,
  faulty,
  neighbour,
  zapRuns,
  peers,
];
const NAMES = CASES.map(({ name }) => name);

interface Options {
  store: StoreName;
  only?: string[];
  smoke: boolean;
  repeats: number;
  growthMinutes: number;
  json?: string;
  cpuProf?: string;
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('Give a number above 0.');
}

async function mustAnswer(): Promise<void> {
  try {
    await inDatabase('SELECT 1');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(`No PostgreSQL to measure on (${code ?? message}): set DATABASE_URL.`);
    process.exit(1);
  }
}

const options = new Command('npm run bench --')
  .description('Measures the program against the limits of this machine.')
  .addOption(new Option('--store <store>', 'where data is kept').choices(STORES).default('sqlite'))
  .addOption(new Option('--only <cases...>', 'just these').choices(NAMES))
  .option('--smoke', 'only whether every case works, in a minute', false)
  .option('--repeats <n>', 'how often what is noisy is measured', positive, 3)
  .option('--growth-minutes <n>', 'how long memory is watched for growth', positive, 10)
  .option('--json <file>', 'where the results are written')
  .option('--cpu-prof <folder>', 'profile the server')
  .parse()
  .opts<Options>();

if (options.store === 'postgres') await mustAnswer();

const wanted = CASES.filter(({ name }) => options.only?.includes(name) ?? true);
const facts = machine(options.smoke ? 0.1 : 2);
console.log(machineLine(facts));
const receiver = await Receiver.start();
const results: Record<string, Finding[]> = {};
try {
  for (const { name, run } of wanted) {
    const from = performance.now();
    const say = (text: string) => console.log(`[${name}] ${text}`);
    const context: Context = {
      ...options,
      repeats: options.smoke ? 1 : options.repeats,
      profiles: options.cpuProf ? resolve(options.cpuProf) : null,
      receiver,
      say,
    };
    const findings = await run(context);
    // So small a run says nothing of speed.
    results[name] = options.smoke ? findings.map(({ aim: _, ...finding }) => finding) : findings;
    say(`took ${((performance.now() - from) / 1000).toFixed(1)} s`);
    if (!options.smoke) console.log(`${table(findings)}\n`);
  }
} finally {
  await receiver.stop();
}
const all = Object.values(results).flat();
const { store, smoke } = options;
if (smoke) console.log('\nEvery case works. These figures say nothing of speed.');
console.log(`\n${table(all)}`);
const written = {
  date: new Date().toISOString(),
  store,
  smoke,
  machine: facts,
  findings: all.map((finding) => ({ ...finding, met: isMet(finding) })),
};
const file = resolve(
  options.json ?? `${import.meta.dirname}/results/${store}${smoke ? '-smoke' : ''}.json`,
);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
