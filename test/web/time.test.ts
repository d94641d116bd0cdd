import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTime, startOfDay } from '../../src/web/time.tsx';

const ZONES = ['UTC', 'Europe/Warsaw', 'America/New_York', 'Asia/Kathmandu', 'Africa/Cairo'];

describe('the start of a day', () => {
  test.each([
    ['before clocks go back', '2026-10-25T00:30:00Z', '2026-10-24T22:00:00Z'],
    ['after clocks went back', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z'],
    ['after clocks went forward', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z'],
    ['on any other day', '2026-07-01T21:59:59Z', '2026-06-30T22:00:00Z'],
  ])('is midnight in Warsaw %s', (_when, at, start) => {
    expect(startOfDay(Date.parse(at), 'Europe/Warsaw')).toBe(Date.parse(start));
  });

  test('is the first moment of the same day, in whatever zone', () => {
    const at = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2030-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(at, fc.constantFrom(...ZONES), (date, zone) => {
        const day = (ms: number) => formatTime(ms, 'day', 'en', zone);
        const start = startOfDay(date.getTime(), zone);
        expect(day(start)).toBe(day(date.getTime()));
        expect(day(start - 1)).not.toBe(day(start));
      }),
    );
  });
});
