import { type Delivered, type History, timesSwitchedOff } from './history.ts';
import { holdingFaults, slippedPast } from './holding.ts';
import { breakOf, type HookHistory, IN_FLIGHT_MS, lagOf, name } from './hook-history.ts';
import { switchingFaults } from './switching.ts';
import { windowFaults } from './windows.ts';

export interface Verdict {
  /** What was promised and not kept; nothing, if all is well. */
  faults: string[];
  tally: Record<string, number>;
}

/** Judges a run that has come to its end: nothing waits, and every receiver has been well for a while. */
export function verdict(history: History): Verdict {
  const faults = [...history.faults];
  let repeats = 0;
  let longestLag = 0;
  const slipped = slippedPast(history);
  for (const hook of history.hooks) {
    const requests = history.delivered.filter(
      (request) => request.hook === hook.name && !slipped.has(request),
    );
    const attempts = Map.groupBy(requests, ({ id }) => id);
    const deliveries = [...attempts.values()].map(([first]) => first as Delivered);
    const all: HookHistory = { hook, requests, deliveries, history };
    faults.push(...lossFaults(all), ...orderFaults(all), ...windowFaults(all));
    faults.push(...switchingFaults(all), ...holdingFaults(all));
    for (const same of attempts.values()) {
      for (const [i, later] of same.entries()) {
        const earlier = same[i - 1];
        if (!earlier) continue;
        if (!isEqual(contents(earlier), contents(later))) {
          faults.push(`${name(later)} came again with ${later.texts}`);
        }
        if (earlier.outcome !== 'ok') continue;
        repeats += 1;
        longestLag = Math.max(longestLag, lagOf(history, earlier));
        if (!mayRepeat(all, earlier, later)) {
          faults.push(`${name(later)} came again though it was not under way when its server died`);
        }
      }
    }
  }
  const { lives, said, delivered, looks } = history;
  const switchedOff = timesSwitchedOff(looks);
  const mails = new Set(history.mails).size;
  if (mails !== switchedOff) {
    faults.push(`${switchedOff} times a webhook was switched off, and ${mails} e-mails said so`);
  }
  return {
    faults,
    tally: {
      ...troublesOf(history, slipped.size),
      kills: lives.filter(({ killedAt }) => killedAt !== null).length,
      messages: said.length,
      requests: delivered.length,
      failed: delivered.filter(({ outcome }) => outcome !== 'ok').length,
      repeats,
      'ms from answer to kill at most': longestLag,
      'switched off': switchedOff,
      'e-mails': history.mails.length,
    },
  };
}

/** How often what was done, and how long it took at most until a life's work was taken over. */
function troublesOf({ fleet }: History, slipped: number): Record<string, number> {
  if (!fleet) return {};
  const times: Record<string, number> = {};
  let longest = 0;
  for (const { what, from, to } of fleet.troubles) {
    times[what] = (times[what] ?? 0) + 1;
    if (/^(kill|stop) a dispatcher$/.test(what)) longest = Math.max(longest, to - from);
  }
  return { ...times, 'ms to take over at most': longest, 'sent in waking': slipped };
}

/** Every message that was taken came to every webhook that wanted it, once, and by one id alone. */
function lossFaults({ hook, deliveries, history }: HookHistory): string[] {
  const faults: string[] = [];
  const times = new Map<string, number>();
  for (const { texts } of deliveries) {
    for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  }
  for (const { text, direction, answered } of history.said) {
    const came = times.get(text) ?? 0;
    times.delete(text);
    const wanted = hook.direction === null || hook.direction === direction;
    if (came === 0 && wanted && answered) faults.push(`${hook.name} never got ${text}`);
    if (came > 0 && !wanted) faults.push(`${hook.name} got ${text}, which it does not want`);
    if (came > 1) faults.push(`${hook.name} got ${text} by ${came} different ids`);
  }
  for (const text of times.keys()) faults.push(`${hook.name} got ${text}, which nobody said`);
  return faults;
}

/** Within a chat nothing came before what was said earlier, and what is past did not come back. */
function orderFaults({ hook, requests, history }: HookHistory): string[] {
  const faults: string[] = [];
  const placeOf = new Map(history.said.map(({ text }, i) => [text, i]));
  const chatOf = new Map(history.said.map(({ text, chat }) => [text, chat]));
  const reached = new Map<string, { place: number; id: string }>();
  for (const request of requests) {
    const { chat, texts, id } = request;
    const places = texts.map((text) => placeOf.get(text) ?? -1);
    const before = reached.get(chat);
    const isInOrder = places.every((place, i) => i === 0 || place > (places[i - 1] as number));
    const isNext = before?.id === id || (places[0] as number) > (before?.place ?? -1);
    if (!isInOrder || !isNext) faults.push(`${name(request)} came out of order: ${texts}`);
    if (texts.some((text) => chatOf.get(text) !== chat)) {
      faults.push(`${hook.name} got messages of another chat in ${chat}: ${texts}`);
    }
    reached.set(chat, { place: places.at(-1) as number, id });
  }
  return faults;
}

/** Whether a delivery that was answered 200 may come again: its outcome was lost with the server, or its lease. */
function mayRepeat({ hook, history }: HookHistory, earlier: Delivered, later: Delivered): boolean {
  const life = history.lives[earlier.life];
  const end = breakOf(history, earlier);
  if (!life || !end || later.at < end.from) return false;
  if (life.killedAt !== null && later.life === earlier.life && later.at > life.killedAt)
    return false;
  const wasQuiet = hook.receiver === 'well' && life.quietAt !== null;
  if (wasQuiet && (earlier.endedAt as number) < (life.quietAt as number)) return false;
  return lagOf(history, earlier) <= IN_FLIGHT_MS;
}

const contents = ({ chat, texts, messageIds }: Delivered) => [chat, texts, messageIds];

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
