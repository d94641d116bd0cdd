import type { Limit } from './limits.ts';
import { median } from './statistics.ts';

/** What is wanted of a finding. */
interface Aim {
  of: 'ratio' | 'value';
  is: 'at least' | 'at most';
  number: number;
}

/** One line of the table. */
export interface Finding {
  what: string;
  value: number;
  unit: string;
  /** What the machine could do at most, or what is compared with, in the same unit. */
  limit?: number;
  /** The value's share of the limit, measured together. */
  ratio?: number;
  aim?: Aim;
  note?: string;
}

export function isMet({ value, ratio, aim }: Finding): boolean | null {
  if (!aim) return null;
  const measured = aim.of === 'ratio' ? ratio : value;
  if (measured === undefined || Number.isNaN(measured)) return false;
  return aim.is === 'at least' ? measured >= aim.number : measured <= aim.number;
}

/** What was measured once, and the limit beside it. */
export interface Measured {
  value: number;
  limit: number;
  /** Processor time of a message, of the server with all its threads and of the limit. */
  microseconds?: { ours: number; limits: number };
}

/** @param ours processor time of a message */
export const against = (limit: Limit, value: number, ours: number): Measured => ({
  value,
  limit: limit.perSecond,
  microseconds: { ours, limits: limit.microseconds },
});

/** The one in the middle, by ratio. */
export function middle(measured: readonly Measured[]): Measured & { ratio: number } {
  const ratio = median(measured.map(({ value, limit }) => value / limit));
  const one = measured.find(({ value, limit }) => value / limit === ratio) as Measured;
  return { ...one, ratio };
}

/** For the note: all the ratios, and what hardly depends on what else the machine is busy with. */
export function spread(measured: readonly Measured[]): string {
  const ratios = measured.map(({ value, limit }) => (value / limit).toFixed(2)).join(', ');
  const times = measured.flatMap(({ microseconds }) => microseconds ?? []);
  const middleOf = (of: (one: { ours: number; limits: number }) => number) =>
    Math.round(median(times.map(of)));
  return [
    ...(measured.length > 1 ? [`ratios ${ratios}`] : []),
    ...(times.length > 0
      ? [
          `processor time of a message ${middleOf(({ ours }) => ours)} µs, of the limit ${middleOf(({ limits }) => limits)} µs`,
        ]
      : []),
  ].join('; ');
}
