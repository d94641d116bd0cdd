import type { Language } from '../core/language.ts';
import { useView } from './view.tsx';

/** Whether the text names a time zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const LOCALE: Record<Language, string> = { en: 'en-GB', pl: 'pl-PL' };

const FORMS = {
  /** 3 May 2026, 16:25 */
  minute: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  /** 3 May 2026, 16:25:29 */
  second: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
  /** 3 May 2026 */
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  /** Sunday, 3 May 2026 */
  weekday: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  /** 16:25 */
  hour: { hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type TimeForm = keyof typeof FORMS;

const FORMATS_KEPT = 100;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes a millisecond, using it none: a page may show hundreds of times. */
function formatOf(
  locale: string,
  zone: string,
  form: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = [locale, zone, ...Object.entries(form).flat()].join();
  const known = formats.get(key);
  if (known) return known;
  // Zones come from browsers, in whatever spelling.
  if (formats.size >= FORMATS_KEPT) formats.clear();
  const made = new Intl.DateTimeFormat(locale, { ...form, timeZone: zone, hourCycle: 'h23' });
  formats.set(key, made);
  return made;
}

/** @param at Unix milliseconds */
export const formatTime = (at: number, form: TimeForm, language: Language, zone: string): string =>
  formatOf(LOCALE[language], zone, FORMS[form]).format(at);

/** The time in UTC, as it stands beside the reader's own: `2026-05-03 14:25:29 UTC`. */
const utcOf = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** A time in the reader's zone; in UTC where the pointer rests on it. */
export function Time({ at, form = 'minute' }: { at: number; form?: TimeForm }) {
  const { language, zone } = useView();
  return (
    <time dateTime={new Date(at).toISOString()} title={utcOf(at)}>
      {formatTime(at, form, language, zone)}
    </time>
  );
}

const DAY_MS = 86_400_000;

const UNITS = [
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** "in 4 minutes", "2 hours ago". @param ms from now on; negative for the past */
export function formatSpan(ms: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: 'auto' });
  for (const [unit, length] of UNITS) {
    if (Math.abs(ms) >= length) return format.format(Math.round(ms / length), unit);
  }
  return format.format(0, 'second');
}

/** A time as it lies from now. */
export function Span({ at }: { at: number }) {
  const { language, zone, now } = useView();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={`${formatTime(at, 'minute', language, zone)} (${utcOf(at)})`}
    >
      {formatSpan(at - now, language)}
    </time>
  );
}

const CLOCK = { hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;

/** The first moment of the reader's day in which `at` lies, Unix milliseconds. */
export function startOfDay(at: number, zone: string): number {
  const second = Math.floor(at / 1000) * 1000;
  const guess = second - timeOfDay(second, zone);
  // Clocks put forward or back since then: the guess is an hour beside midnight.
  const beside = timeOfDay(guess, zone);
  return beside < DAY_MS / 2 ? guess - beside : guess + DAY_MS - beside;
}

/** What a clock in the zone shows, in milliseconds from 0:00. */
function timeOfDay(at: number, zone: string): number {
  const parts = formatOf('en', zone, CLOCK).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return (of('hour') * 3600 + of('minute') * 60 + of('second')) * 1000;
}
