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

/** @param at Unix milliseconds */
export const formatTime = (at: number, form: TimeForm, language: Language, zone: string): string =>
  new Intl.DateTimeFormat(LOCALE[language], {
    ...FORMS[form],
    timeZone: zone,
    hourCycle: 'h23',
  }).format(at);

/** The time in UTC, as it stands beside the reader's own: `2026-05-03 14:25:29 UTC`. */
export const utcOf = (at: number): string =>
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

const UNITS = [
  ['day', 86_400_000],
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

/** The first moment of the reader's day in which `at` lies, Unix milliseconds. */
export function startOfDay(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const sinceMidnight = (of('hour') * 3600 + of('minute') * 60 + of('second')) * 1000;
  return Math.floor(at / 1000) * 1000 - sinceMidnight;
}
