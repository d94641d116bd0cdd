import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromLocal, toLocal } from '../../src/web/local-time.ts';

const MINUTE = 60_000;

describe('a time in a form', () => {
  test.each([
    ['in UTC', '2026-05-03T16:25', 'UTC', '2026-05-03T16:25:00Z'],
    ['with seconds', '2026-05-03T16:25:29', 'UTC', '2026-05-03T16:25:29Z'],
    ['in summer', '2026-05-03T16:25', 'Europe/Warsaw', '2026-05-03T14:25:00Z'],
    ['in winter', '2026-12-03T16:25', 'Europe/Warsaw', '2026-12-03T15:25:00Z'],
    ['a day ahead', '2026-05-03T03:00', 'Pacific/Kiritimati', '2026-05-02T13:00:00Z'],
    ['in quarters of an hour', '2026-05-03T16:25', 'Asia/Kathmandu', '2026-05-03T10:40:00Z'],
    ['just before the clocks jump', '2026-03-29T01:59', 'Europe/Warsaw', '2026-03-29T00:59:00Z'],
    ['that never comes', '2026-03-29T02:30', 'Europe/Warsaw', '2026-03-29T01:00:00Z'],
    ['just after the clocks jump', '2026-03-29T03:00', 'Europe/Warsaw', '2026-03-29T01:00:00Z'],
    ['that comes twice', '2026-10-25T02:30', 'Europe/Warsaw', '2026-10-25T00:30:00Z'],
    ['after it came twice', '2026-10-25T03:00', 'Europe/Warsaw', '2026-10-25T02:00:00Z'],
    ['on a day that was left out', '2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('%s', (_what, text, zone, expected) => {
    expect(new Date(fromLocal(text, zone) as number)).toEqual(new Date(expected));
  });

  test.each([
    '',
    'yesterday',
    '2026-02-30T10:00',
    '2026-13-01T10:00',
    '2026-01-01T24:30',
    '2026-01-01',
  ])('is none: %j', (text) => {
    expect(fromLocal(text, 'Europe/Warsaw')).toBeNull();
  });

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const minutes = fc
    .integer({ min: Date.UTC(1971, 0) / MINUTE, max: Date.UTC(2037, 0) / MINUTE })
    .map((minute) => minute * MINUTE);

  test('is the first at which the clocks show what they show at a moment', () => {
    fc.assert(
      fc.property(minutes, zones, (at, zone) => {
        const text = toLocal(at, zone);
        const first = fromLocal(text, zone) as number;
        expect(first).toBeLessThanOrEqual(at);
        expect(at - first).toBeLessThanOrEqual(24 * 60 * MINUTE);
        if (first !== at) expect(toLocal(first, zone) >= text).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('leaves out nothing that the clocks show later', () => {
    fc.assert(
      fc.property(minutes, zones, fc.integer({ min: 0, max: 3000 }), (at, zone, later) => {
        const wanted = new Date(Math.round(at / MINUTE) * MINUTE).toISOString().slice(0, 16);
        const next = new Date(at + later * MINUTE).toISOString().slice(0, 16);
        expect(fromLocal(wanted, zone)).toBeLessThanOrEqual(fromLocal(next, zone) as number);
      }),
      { numRuns: 300 },
    );
  });
});
