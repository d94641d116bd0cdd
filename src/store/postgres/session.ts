import { type ClientConfig, types } from 'pg';

/** A server that does not answer within this time counts as one that cannot be reached. */
const CONNECT_LIMIT_MS = 10_000;
/** After so long of silence the operating system asks whether the other end is still there. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** Of connections on which nothing is asked often. */
export const PLANS = 'force_custom_plan';

const SETTINGS = [
  'TimeZone=UTC',
  // A commit is on the disk before anyone is told that it happened, whatever the server's default is.
  'synchronous_commit=on',
  `plan_cache_mode=${PLANS}`,
  'statement_timeout=0',
  'lock_timeout=0',
  // Its locks must not stay behind a process that stands still in the midst of a transaction.
  'idle_in_transaction_session_timeout=10000',
];

/**
 * For connections that are asked the same all the time: each statement is planned once, since planning
 * takes longer than what is planned wherever few rows are asked for. Its plan may have been made when its
 * tables were empty, or not analyzed yet. So it goes by indexes, in the order in which the statement names its
 * tables, whatever number of rows the server takes them to have.
 */
const KEPT_PLANS = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'join_collapse_limit=1',
  'max_parallel_workers_per_gather=0',
  // Where there is no index to go by, what is turned off above would be compiled to machine code, each time.
  'jit=off',
];

const READ_ONLY = 'default_transaction_read_only=on';

const INT8 = 20;
const NUMERIC = 1700;

/** How a connection to the database of DATABASE_URL is made. */
export function sessionConfig(
  url: string,
  { readOnly = false, keepsPlans = false } = {},
): ClientConfig {
  const settings = [
    ...SETTINGS,
    ...(readOnly ? [READ_ONLY] : []),
    ...(keepsPlans ? KEPT_PLANS : []),
  ].map((setting) => `-c ${setting}`);
  const given = new URL(url);
  // Of what is set twice the last holds.
  const options = [given.searchParams.get('options') ?? '', ...settings].join(' ').trim();
  given.searchParams.set('options', options);
  return {
    connectionString: given.href,
    fallback_application_name: 'pakiet',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: { getTypeParser },
    // Statements do not wait for the answers of those before them.
    pipeline: true,
  };
}

// Nothing here reaches 2^53.
const getTypeParser = ((oid: number, format: 'text') =>
  oid === INT8 || oid === NUMERIC
    ? Number
    : types.getTypeParser(oid, format)) as typeof types.getTypeParser;
