import type { InEach } from '../core/language.ts';
import type { Granularity } from '../wire/webhook.ts';

/** The choices of aggregation, as the specification's screen has them. */
export const granularities: InEach<Record<Granularity, string>> = {
  en: {
    0: 'Don’t aggregate',
    1: 'Every hour',
    6: 'Every 6 hours',
    12: 'Every 12 hours',
    24: 'Every 24 hours',
  },
  pl: {
    0: 'Nie agreguj',
    1: 'Co godzinę',
    6: 'Co 6 godzin',
    12: 'Co 12 godzin',
    24: 'Co 24 godziny',
  },
};
