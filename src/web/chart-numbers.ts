import { DAY_MS } from '../core/daily-counts.ts';
import type { Language } from '../core/language.ts';

/** Longer numbers are written short: 12.3M. */
const LONGEST = 11;
/** About as wide as a character of a chart's text is on average, in units of the chart. */
const CHARACTER = 8;

/** How wide a text will be, about: on the server nothing can be measured. */
export const widthOf = (texts: readonly string[]): number =>
  CHARACTER * Math.max(0, ...texts.map((text) => text.length));

/** Numbers and dates of a chart, as the reader writes them. */
export class ChartFormat {
  readonly #whole: Intl.NumberFormat;
  readonly #short: Intl.NumberFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(language: Language) {
    // Polish would leave 1234 without a space, and 12 345 with one.
    this.#whole = new Intl.NumberFormat(language, { useGrouping: 'always' });
    this.#short = new Intl.NumberFormat(language, {
      notation: 'compact',
      maximumFractionDigits: 1,
    });
    this.#day = new Intl.DateTimeFormat(language, {
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC',
    });
  }

  number(value: number): string {
    const whole = this.#whole.format(value);
    return whole.length > LONGEST ? this.#short.format(value) : whole;
  }

  /** For an axis: 800, 1,200, 15K. */
  tick(value: number): string {
    return value < 10_000 ? this.number(value) : this.#short.format(value);
  }

  /** @param day days since 1970-01-01, UTC */
  day(day: number): string {
    return this.#day.format(day * DAY_MS);
  }
}
