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
}

/** The one in the middle, by ratio. */
export function middle(measured: readonly Measured[]): Measured & { ratio: number } {
  const ratio = median(measured.map(({ value, limit }) => value / limit));
  const one = measured.find(({ value, limit }) => value / limit === ratio) as Measured;
  return { ...one, ratio };
}

/** All the ratios, for the note. */
export const spread = (measured: readonly Measured[]): string =>
  measured.length > 1
    ? `ratios ${measured.map(({ value, limit }) => (value / limit).toFixed(2)).join(', ')}`
    : '';
