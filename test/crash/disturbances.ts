import { setTimeout as pause } from 'node:timers/promises';
import type { OwnPostgres } from '../support/own-postgres.ts';
import type { DatabaseRecord } from './database-record.ts';
import type { Fleet, Member } from './fleet.ts';
import type { Life, Trouble } from './history.ts';
import type { Random } from './random.ts';

export const DISTURBANCES = [
  'kill a dispatcher',
  'kill an API process',
  'stop a dispatcher',
  'cut connections',
  'replace all processes',
  'restart PostgreSQL',
  'crash PostgreSQL',
] as const;

export type Disturbance = (typeof DISTURBANCES)[number];

/** A lease of a process that stands still in the midst of a transaction is held by that until it is ended. */
const IDLE_LIMIT_MS = 10_000;
/** However busy the machine is. */
const SLACK_MS = 6000;
const LOOK_EVERY_MS = 30;
/** After somebody has taken over, one that stood still goes on doing so for a while. */
const STILL_MS = 1500;

export interface Disturbed {
  fleet: Fleet;
  database: DatabaseRecord;
  postgres: OwnPostgres;
  random: Random;
  leaseMs: number;
  lives: readonly Life[];
  troubles: Trouble[];
  faults: string[];
  /** The dispatcher that something has just happened to. */
  busiest: () => Member;
}

/** Does that, and waits until it is made good again; answers how many it was done to. */
export async function disturb(what: Disturbance, on: Disturbed): Promise<number> {
  switch (what) {
    case 'kill a dispatcher':
      return killDispatcher(on);
    case 'kill an API process':
      return killApi(on);
    case 'stop a dispatcher':
      return stopDispatcher(on);
    case 'cut connections':
      return cutConnections(on);
    case 'replace all processes':
      return replaceAll(on);
    case 'restart PostgreSQL':
      return restartPostgres('fast', on);
    case 'crash PostgreSQL':
      return restartPostgres('immediate', on);
  }
}

async function killDispatcher(on: Disturbed): Promise<number> {
  const { fleet } = on;
  const victim = on.busiest();
  const trouble = begun(on, 'kill a dispatcher', victim.life);
  await fleet.kill(victim);
  // Another one may come at once, or later.
  const another = on.random.chance(0.5) ? fleet.start('dispatcher') : null;
  await takenOver(on, trouble, on.leaseMs * 1.5);
  await (another ?? fleet.start('dispatcher'));
  return 1;
}

async function killApi(on: Disturbed): Promise<number> {
  const { fleet, random } = on;
  const victim = random.pick(fleet.of('api'));
  const trouble = begun(on, 'kill an API process', victim.life);
  await fleet.kill(victim);
  trouble.to = Date.now();
  await fleet.start('api');
  return 1;
}

async function stopDispatcher(on: Disturbed): Promise<number> {
  const { fleet, lives } = on;
  const victim = on.busiest();
  const trouble = begun(on, 'stop a dispatcher', victim.life);
  fleet.standStill(victim);
  await takenOver(on, trouble, Math.max(on.leaseMs, IDLE_LIMIT_MS) * 1.5);
  await pause(STILL_MS);
  fleet.goOn(victim);
  const wokenAt = Date.now();
  (lives[victim.life] as Life).breaks?.push({ from: trouble.from, to: wokenAt });
  const { life } = victim;
  await until(on, `life ${life} did not begin anew`, on.leaseMs + SLACK_MS, async () =>
    (await on.database.leaseEvents()).some(
      (event) => event.life === life && event.what === 'begun' && event.at > wokenAt,
    ),
  );
  return 1;
}

async function cutConnections(on: Disturbed): Promise<number> {
  const trouble = begun(on, 'cut connections', null);
  const cut = await on.database.cut(on.random.pick([0.1, 0.3, 0.6, 1]));
  trouble.to = Date.now();
  return cut;
}

/** One after the other ends as it is asked to, once another one is there. */
async function replaceAll(on: Disturbed): Promise<number> {
  const { fleet } = on;
  const all = [...fleet.of('dispatcher'), ...fleet.of('api')];
  const others = all.map(({ role }) => fleet.start(role));
  for (const [i, member] of all.entries()) {
    await others[i];
    const trouble = begun(on, 'replace all processes', member.life);
    await fleet.leave(member);
    trouble.to = Date.now();
  }
  return all.length;
}

async function restartPostgres(how: 'fast' | 'immediate', on: Disturbed): Promise<number> {
  const what = how === 'fast' ? 'restart PostgreSQL' : 'crash PostgreSQL';
  const trouble = begun(on, what, null);
  await on.postgres.restart(how);
  const backAt = Date.now();
  await allHeld(on, on.leaseMs * 1.5);
  await until(on, 'not every dispatcher came back', on.leaseMs + SLACK_MS, async () => {
    const events = await on.database.leaseEvents();
    const isBack = ({ life }: Member) =>
      events.some((event) => event.life === life && event.what !== 'ended' && event.at > backAt);
    return on.fleet.of('dispatcher').every(isBack);
  });
  trouble.to = Date.now();
  return 1;
}

function begun({ troubles }: Disturbed, what: Disturbance, life: number | null): Trouble {
  const isOfDatabase = life === null;
  const from = Date.now();
  const trouble = { what, isOfDatabase, life, from, to: Number.POSITIVE_INFINITY };
  troubles.push(trouble);
  return trouble;
}

/** The trouble ends when all that its life held is held by others. */
async function takenOver(on: Disturbed, trouble: Trouble, ms: number): Promise<void> {
  const { life } = trouble;
  await until(on, `nobody took over from life ${life}`, ms + SLACK_MS, async () =>
    (await on.database.holders()).every((holder) => holder !== null && holder !== life),
  );
  trouble.to = Date.now();
}

/** Every shard is held by one that is there. */
export async function allHeld(on: Disturbed, ms: number): Promise<void> {
  await until(on, 'not every shard was held in the end', ms + SLACK_MS, async () => {
    const up = new Set<number | null>(on.fleet.of('dispatcher').map(({ life }) => life));
    return (await on.database.holders()).every((holder) => up.has(holder));
  });
}

async function until(
  { faults }: Disturbed,
  otherwise: string,
  ms: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const from = Date.now();
  while (!(await isSo())) {
    if (Date.now() - from > ms) {
      faults.push(`${otherwise} within ${Date.now() - from} ms`);
      return;
    }
    await pause(LOOK_EVERY_MS);
  }
}
