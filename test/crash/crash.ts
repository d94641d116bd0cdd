// npm run test:crash -- --kills 1000 --seed 7
// Kills the real server over and over while messages stream through it, and proves that nothing was
// lost, doubled, swapped or late. The seed fixes what is done; what the machine makes of it differs.
import { parseArgs } from 'node:util';
import { crashRun } from './harness.ts';
import { verdict } from './verdict.ts';

const SHOWN = 30;

const { values } = parseArgs({
  options: { kills: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
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
const seconds = whole(values.seconds, 24 * 3600);
// As many as fit, where only the time is given.
const kills = whole(values.kills, values.seconds === undefined ? 100 : 1e6);

console.log(`seed ${seed}`);
const from = Date.now();
const progress = (killed: number) => {
  if (killed % 50 === 0)
    console.log(`${killed} kills, ${Math.round((Date.now() - from) / 1000)} s`);
};
const { faults, tally } = verdict(await crashRun({ seed, kills, seconds, progress }));
console.log(
  Object.entries({ ...tally, seconds: Math.round((Date.now() - from) / 1000) })
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
