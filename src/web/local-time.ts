// Times as a field of a form holds them: as the clocks of a zone show them, without the zone.

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/;
const DAY_MS = 86_400_000;

/** The clocks' reading at a moment, as milliseconds since the clocks' own 1970. Whole seconds. */
function reading(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/** As a datetime-local field takes it: `2026-05-03T16:25`. @param at Unix milliseconds */
export const toLocal = (at: number, zone: string): string =>
  new Date(reading(at, zone)).toISOString().slice(0, 16);

/**
 * The first moment at which the clocks of the zone show this time or a later one: where they are set back
 * and show it twice, the first time; where they are set forward and never show it, the moment of that.
 * @param text such as `2026-05-03T16:25`
 * @returns Unix milliseconds; null where the text is no time
 */
export function fromLocal(text: string, zone: string): number | null {
  const [, year, month, day, hour, minute, second] = LOCAL.exec(text) ?? [];
  if (!year) return null;
  const wanted = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second ?? 0),
  );
  // 30 February is no time, and neither is 25:00.
  if (new Date(wanted).toISOString().slice(0, 16) !== text.slice(0, 16)) return null;
  const offsets = [wanted - DAY_MS, wanted + DAY_MS].map((near) => reading(near, zone) - near);
  const moments = offsets.map((offset) => wanted - offset).sort((a, b) => a - b);
  const shown = moments.find((moment) => reading(moment, zone) === wanted);
  return shown ?? jumpBetween(moments as [number, number], wanted, zone);
}

/** Where the clocks pass over the time that is wanted, to the second. */
function jumpBetween([before, after]: [number, number], wanted: number, zone: string): number {
  let [low, high] = [before / 1000, after / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reading(middle * 1000, zone) < wanted) low = middle;
    else high = middle;
  }
  return high * 1000;
}
