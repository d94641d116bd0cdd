// npm run test:crash -- --kills 1000 --seed 7
// npm run test:crash -- --store postgres --seconds 300 --seed 7
// Kills the real server over and over while messages stream through it, and proves that nothing was
// lost, doubled, swapped or late; on PostgreSQL several that share it, which are stopped, cut off and
// replaced as well. The seed fixes what is done; what the machine makes of it differs.
import { parseArgs } from 'node:util';
import { OwnPostgres } from '../support/own-postgres.ts';
import { fleetRun } from './fleet-run.ts';
import { crashRun } from './harness.ts';
import { verdict } from './verdict.ts';

const SHOWN = 30;

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    kills: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
  },
});
const whole = (text: string | undefined, otherwise: number) => {
  const number = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(
    `--kills, --seconds and --seed are whole numbers above 0, and "${text}" is not one.`,
  );
  process.exit(2);
};
const seed = whole(values.seed, Math.ceil(Math.random() * 1e9));
const from = Date.now();
const secondsSince = () => Math.round((Date.now() - from) / 1000);

/** One server after the other on a data folder. */
function ofSqlite() {
  const seconds = whole(values.seconds, 24 * 3600);
  // As many as fit, where only the time is given.
  const kills = whole(values.kills, values.seconds === undefined ? 100 : 1e6);
  const progress = (killed: number) => {
    if (killed % 50 === 0) console.log(`${killed} kills, ${secondsSince()} s`);
  };
  return crashRun({ seed, kills, seconds, progress });
}

/** Several processes over a PostgreSQL server of their own. */
function ofPostgres() {
  if (!OwnPostgres.isThere) {
    console.error(
      'This machine has no PostgreSQL server: nothing was tried (apt-get install postgresql).',
    );
    process.exit(process.env.CI ? 1 : 0);
  }
  const progress = (what: string) => console.log(`${secondsSince()} s: ${what}`);
  return fleetRun({ seed, seconds: whole(values.seconds, 60), progress });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
console.log(`seed ${seed}`);
const { faults, tally } = verdict(await (values.store === 'postgres' ? ofPostgres() : ofSqlite()));
console.log(
  Object.entries({ ...tally, seconds: secondsSince() })
    .map(([name, count]) => `${name}: ${count}`)
    .join(', '),
);
for (const fault of faults.slice(0, SHOWN)) console.error(fault);
if (faults.length > 0) {
  console.error(
    `Broken promises: ${faults.length}. --seed ${seed} does the same again; what the machine makes of it may differ.`,
  );
  process.exitCode = 1;
}
