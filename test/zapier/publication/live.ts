import type { Item, Trigger } from './integration.ts';
import { keysOf, wrongDates, wrongTypes } from './samples.ts';

// Zapier's checks of a Zap's history and of what the editor's test pulled in, given those items.

const missing = (wanted: Set<string>, present: Set<string>): string[] =>
  [...wanted].filter((key) => !present.has(key));

/** @param what `live` for what the hook returned, `list` for what performList did */
export function checkItems(trigger: Trigger, items: Item[], what: 'live' | 'list'): string[] {
  return items.flatMap((item) => [
    ...wrongDates(trigger, item).map((finding) => `T003 ${finding}`),
    ...(what === 'live'
      ? missing(keysOf(trigger.operation.sample), keysOf(item)).map(
          (key) => `T004 ${trigger.key}.${key}: in the sample, but not in live data`,
        )
      : []),
    ...wrongTypes(trigger, item).map(
      (finding) => `${what === 'live' ? 'T005' : 'Z001'} ${finding}`,
    ),
  ]);
}

/** Each item that the editor's test shows must have exactly the keys of what the hook then brings. */
export function checkListAgainstHook({ key: at }: Trigger, listed: Item[], live: Item[]): string[] {
  const pairs = listed.flatMap((item) =>
    live.map((hooked) => [keysOf(item), keysOf(hooked)] as const),
  );
  return pairs.flatMap(([inList, inHook]) => [
    ...missing(inList, inHook).map((key) => `T006 ${at}.${key}: listed, but never live`),
    ...missing(inHook, inList).map((key) => `T006 ${at}.${key}: live, but never listed`),
  ]);
}
