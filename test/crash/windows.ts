import type { Delivered, FleetRecord, Said, Span } from './history.ts';
import { type HookHistory, name } from './hook-history.ts';

const HOUR = 3_600_000;
/** While something is due to a webhook, the server lets no more than this go by without a request to it. */
const LATE_MS = 5000;

/** A bundle holds what came within its window, all of it, and goes out when that is over. */
export function windowFaults(all: HookHistory): string[] {
  const { hook, deliveries, history } = all;
  const faults: string[] = [];
  const window = hook.granularityHours * HOUR;
  const said = new Map(history.said.map((message) => [message.text, message]));
  const opened = new Map<string, Said>();
  let turn = 0;
  for (const delivery of deliveries) {
    const messages = delivery.texts.flatMap((text) => said.get(text) ?? []);
    const [first] = messages;
    if (!first) continue;
    if (window > 0) {
      const before = opened.get(delivery.chat);
      opened.set(delivery.chat, first);
      const earliestEnd = Math.min(...messages.map(({ to }) => to)) + window;
      if (messages.some(({ from }) => from >= earliestEnd)) {
        faults.push(`${name(delivery)} spans more than its window`);
      }
      if (delivery.to < first.from + window) {
        faults.push(`${name(delivery)} came before its window was over`);
      }
      if (before && first.to < before.from + window) {
        faults.push(`${name(delivery)} belongs to the bundle before it`);
      }
    }
    // What has piled up before it goes out before it: how fast that is, is for the benchmarks to say.
    const late = hook.receiver === 'well' ? latenessOf(all, delivery, first.to + window, turn) : 0;
    if (late > LATE_MS) faults.push(`${name(delivery)} came ${late} ms late`);
    turn = delivery.at;
  }
  return faults;
}

/** For how long, in real time, the delivery that was due had been left lying by a server that was well. */
function latenessOf(
  { history }: HookHistory,
  { at }: Delivered,
  due: number,
  turn: number,
): number {
  const { moves, lives, fleet } = history;
  // A move may bring the time about, or it comes by itself between two moves.
  const passed = moves.findIndex(({ offset }, i) => (moves[i + 1]?.at ?? at) + offset >= due);
  const move = moves[passed];
  if (!move) return 0;
  const dueAt = Math.max(turn, move.at, due - move.offset);
  if (fleet) return at - dueAt - allowed(fleet, { from: dueAt, to: at });
  let late = 0;
  for (const { readyAt, killedAt } of lives) {
    if (readyAt === null) continue;
    late = Math.max(late, Math.min(at, killedAt ?? at) - Math.max(dueAt, readyAt));
  }
  return late;
}

/** What troubles may have cost of a time. */
function allowed({ troubles, graceMs }: FleetRecord, { from, to }: Span): number {
  return troubles
    .filter((trouble) => trouble.from <= to && trouble.to + graceMs >= from)
    .reduce((ms, trouble) => ms + trouble.to - trouble.from + graceMs, 0);
}
