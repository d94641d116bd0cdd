import type { ChatExport } from '../src/core/chat-export.ts';
import { type Estimate, MONTH_DAYS } from '../src/core/estimate.ts';
import { countEn } from '../src/core/language.ts';

interface Findings {
  chats: readonly ChatExport[];
  estimate: Estimate;
  /** Action steps of the Zap: tasks for each run. */
  steps: number;
  /** Of a task, in whatever currency. */
  price: number | undefined;
  /** Whether nobody has said in which order day and month stand. */
  datesAreGuessed: boolean;
}

interface Column {
  title: string;
  cell: (runs: number) => string;
}

/** What the command prints, at most 80 columns wide. */
export function report(findings: Findings): string {
  return [coverage(findings), table(findings), conclusion(findings), notes(findings)].join('\n\n');
}

function coverage({ chats, estimate: { messages, from, to, days } }: Findings): string {
  const skipped = chats.reduce((sum, chat) => sum + chat.skipped, 0);
  const lines = [
    `${countEn(messages, 'text message')} in ${countEn(chats.length, 'chat')}, ${date(from)} to ${date(to)} (${countEn(days, 'day')}).`,
  ];
  if (skipped > 0) {
    lines.push(
      `Skipped: ${countEn(skipped, 'attachment, notice or deleted message', 'attachments, notices and deleted messages')}.`,
    );
  }
  return lines.join('\n');
}

function table({ estimate: { perMonth }, steps, price }: Findings): string {
  const unbundled = perMonth[0]?.runs ?? 0;
  const columns: Column[] = [{ title: 'runs a month', cell: number }];
  if (steps > 1) columns.push({ title: 'tasks a month', cell: (runs) => number(runs * steps) });
  if (price !== undefined) {
    columns.push({ title: 'price a month', cell: (runs) => money(runs * steps * price) });
  }
  columns.push({ title: 'saved', cell: (runs) => percent(1 - runs / unbundled) });
  const row = (name: string, text: (column: Column) => string) =>
    name.padEnd(22) +
    columns.map((column) => text(column).padStart(column.title.length + 3)).join('');
  return [
    row('', ({ title }) => title),
    ...perMonth.map(({ granularity, runs }) =>
      row(granularity === 0 ? 'not bundled' : `bundled every ${hours(granularity)}`, ({ cell }) =>
        cell(runs),
      ),
    ),
  ].join('\n');
}

function conclusion({ estimate: { perMonth }, steps }: Findings): string {
  const tasks = (hours: number) =>
    number((perMonth.find(({ granularity }) => granularity === hours)?.runs ?? 0) * steps);
  const [none, six, day] = [tasks(0), tasks(6), tasks(24)];
  if (none === day) {
    return 'Bundling would save next to nothing here: messages of one chat lie far apart.';
  }
  return `Bundling every 6 hours would cut Zapier tasks from ${none} to ${six} a month,\nevery 24 hours to ${day}.`;
}

function notes({ chats, estimate: { days }, steps, datesAreGuessed }: Findings): string {
  const lines = [
    `Each run costs a task for each action step of the Zap: here ${steps}${steps === 1 ? ' (see --steps)' : ''}.`,
    'Received and sent messages are counted; a Zap of received ones alone runs less.',
    days < MONTH_DAYS
      ? `A month is ${MONTH_DAYS} days. These chats cover only ${countEn(days, 'day')}, so it is an extrapolation.`
      : `A month is ${MONTH_DAYS} days, an average of the whole period.`,
  ];
  if (datesAreGuessed && chats.some(({ isAmbiguous }) => isAmbiguous)) {
    const dayFirst = chats.find(({ isAmbiguous }) => isAmbiguous)?.daysFirst;
    lines.push(
      dayFirst
        ? 'Dates like 3/4 were read as 3 April; if they are not, add --months-first.'
        : 'Dates like 3/4 were read as March 4; if they are not, add --days-first.',
    );
  }
  return lines.join('\n');
}

const hours = (granularity: number): string =>
  granularity === 1 ? 'hour' : `${granularity} hours`;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const cents = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const number = (value: number): string => (value < 10 ? tenths : whole).format(value);
const money = (value: number): string => cents.format(value);
/** All is saved only where nothing is left. */
function percent(share: number): string {
  const percents = Math.round(share * 100);
  return share > 0 ? `${share < 1 ? Math.min(percents, 99) : percents} %` : '–';
}
/** The day in this machine's time zone, as the export has it. */
const date = (time: number): string => new Date(time).toLocaleDateString('sv');
