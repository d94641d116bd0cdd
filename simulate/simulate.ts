// Plays WhatsApp at a running server: for demos, for measuring, and for trying it without an account.
import { Command, InvalidArgumentError, Option } from 'commander';
import { Random } from '../test/crash/random.ts';
import { castOf, MOST_ACCOUNTS } from './cast.ts';
import { cloudFeed, wahaFeed } from './feed.ts';
import { play } from './play.ts';
import { RefusedError, Sender } from './sender.ts';

const FEEDS = { waha: wahaFeed, 'whatsapp-cloud': cloudFeed } as const;

interface Options {
  kind: keyof typeof FEEDS;
  url: URL;
  secret: string;
  accounts: number;
  rate: number;
  count?: number;
  minutes?: number;
  seed?: number;
}

function number(least: number, most: number, isWhole: boolean) {
  return (text: string): number => {
    const given = Number(text);
    const isFit = given >= least && given <= most && (!isWhole || Number.isInteger(given));
    if (text.trim() !== '' && isFit) return given;
    throw new InvalidArgumentError(
      `Give a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}.`,
    );
  };
}

function url(text: string): URL {
  const given = URL.canParse(text) ? new URL(text) : null;
  if (given?.protocol === 'http:' || given?.protocol === 'https:') return given;
  throw new InvalidArgumentError('Copy the whole URL from the source, with http:// or https://.');
}

const program = new Command('npm run simulate --')
  .description('Plays believable WhatsApp traffic at a running server, signed as the real one.')
  .addOption(
    new Option('--kind <kind>', 'whose requests').choices(Object.keys(FEEDS)).makeOptionMandatory(),
  )
  .requiredOption('--url <url>', 'the URL of a source on your server', url)
  .addOption(
    new Option(
      '--secret <secret>',
      'what signs: the HMAC key (waha), the app secret (whatsapp-cloud)',
    )
      .env('SIMULATE_SECRET')
      .makeOptionMandatory(),
  )
  .option('--accounts <number>', 'connected accounts', number(1, MOST_ACCOUNTS, true), 3)
  .option('--rate <number>', 'messages a second, of all together', number(0.01, 10_000, false), 5)
  .option('--count <number>', 'stop after so many messages', number(1, 1e9, true))
  .option('--minutes <number>', 'stop after so long', number(0.01, 1e6, false))
  .option('--seed <number>', 'play the same again', number(0, 2 ** 31, true))
  .addHelpText(
    'after',
    '\nWithout --count and --minutes it plays until Ctrl+C. A second play with the same --seed brings the same message ids, which the server knows for duplicates.',
  )
  .showHelpAfterError()
  .parse();

const { kind, url: target, secret, accounts, rate, ...limits } = program.opts<Options>();
const seed = limits.seed ?? Date.now() % 2 ** 31;
const other = Object.keys(FEEDS).find(
  (one) => one !== kind && target.pathname.includes(`/sources/${one}/`),
);
if (other)
  program
    .showHelpAfterError(false)
    .error(`The URL is of a source of the kind ${other}: say --kind ${other}.`);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const sender = new Sender(target.href);
const started = Date.now();
const line = () => {
  const { messages, duplicates, requests, repeated } = sender.counts;
  const speed = (messages / Math.max(1, (Date.now() - started) / 1000)).toFixed(1);
  const trouble = repeated > 0 ? `, ${repeated} attempts failed` : '';
  return `${messages} messages in ${requests} requests (${speed}/s), ${duplicates} duplicates${trouble}`;
};
const show = process.stdout.isTTY
  ? { every: 500, print: () => process.stdout.write(`\r\x1b[K${line()}`) }
  : { every: 10_000, print: () => process.stdout.write(`${line()}\n`) };

console.log(`Playing ${accounts} accounts, seed ${seed}. Ctrl+C ends it.`);
const progress = setInterval(show.print, show.every);
try {
  await play(
    castOf(new Random(seed), accounts),
    seed,
    FEEDS[kind](new Random(seed, 1_000_000), secret),
    sender,
    {
      perSecond: rate,
      count: limits.count ?? Number.POSITIVE_INFINITY,
      milliseconds: (limits.minutes ?? Number.POSITIVE_INFINITY) * 60_000,
    },
    stop.signal,
  );
} catch (error) {
  if (!(error instanceof RefusedError)) throw error;
  process.exitCode = 1;
  console.error(`${process.stdout.isTTY ? '\n' : ''}${error.message}`);
} finally {
  clearInterval(progress);
  show.print();
  if (process.stdout.isTTY) console.log();
}
