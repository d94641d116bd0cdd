import { type HookHistory, IN_FLIGHT_MS, lagOf } from './hook-history.ts';

/** The specification: more than 10 errors in a row switch a webhook off. */
const ERRORS = 11;
/**
 * Requests under way together are one error; and a success that was under way when its receiver died
 * clears the count while as many others may be under way again.
 */
const TOGETHER = 2 * 10;

/** A webhook is switched off by the 11th error in a row, once, and stays so until it is asked otherwise. */
export function switchingFaults(all: HookHistory): string[] {
  const { hook, requests, history } = all;
  const faults: string[] = [];
  const looks = history.looks.filter((look) => look.hook === hook.name);
  const may = hook.receiver === 'dead';
  /** Since when, by which look, it is off. */
  let offSince: number | null = null;
  let known: string | null = null;
  let askedAt = 0;
  for (const look of looks) {
    if (look.kind === 'asked') {
      if (offSince !== null) {
        const came = requests.filter(({ at }) => at > (offSince as number) && at < look.at);
        if (came.length > 0)
          faults.push(`${hook.name} got ${came.length} requests while it was off`);
      }
      askedAt = look.at;
      offSince = null;
      continue;
    }
    const { enabled, errors, reason, disabledAt } = look;
    if (enabled && offSince !== null) faults.push(`${hook.name} switched itself on`);
    if (errors > ERRORS - (enabled ? 1 : 0)) faults.push(`${hook.name} counted ${errors} errors`);
    if (enabled) continue;
    if (!may) faults.push(`${hook.name} was switched off`);
    if (reason !== 'errors' || errors !== ERRORS) {
      faults.push(`${hook.name} was switched off by ${reason} after ${errors} errors`);
    }
    const [at] = disabledAt;
    if (disabledAt.length !== 1) {
      faults.push(`${hook.name} was switched off ${disabledAt.length} times in a row`);
    } else if (at !== known) {
      if (offSince !== null) faults.push(`${hook.name} was switched off twice`);
      faults.push(...countFaults(all, askedAt, look.at));
    }
    known = at ?? null;
    offSince ??= look.at;
  }
  if (offSince !== null) faults.push(`${hook.name} was left switched off`);
  return faults;
}

/** What its receiver says of the errors that switched it off. */
function countFaults({ hook, requests, history }: HookHistory, from: number, to: number): string[] {
  const failed = requests.filter(
    ({ at, outcome }) => at >= from && at <= to && outcome === 'failed',
  );
  const written = failed.filter((request) => lagOf(history, request) > IN_FLIGHT_MS);
  const most = ERRORS + TOGETHER - 1;
  return failed.length >= ERRORS && written.length <= most
    ? []
    : [`${hook.name} was switched off after ${failed.length} failures, ${written.length} for sure`];
}
