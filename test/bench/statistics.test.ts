import { expect, test } from '@jest/globals';
import { type Finding, isMet, middle } from '../../bench/rig/finding.ts';
import { median, quantile, slope } from '../../bench/rig/statistics.ts';
import { table } from '../../bench/rig/table.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

test('a quantile is one of the values, and at least that share lies up to it', () => {
  expect(quantile(hundred, 0.99)).toBe(99);
  expect(quantile(hundred, 1)).toBe(100);
  expect(median([3, 1, 2])).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});

test('the slope of a line is found through what scatters around it', () => {
  const points = [0, 1, 2, 3].flatMap((x) => [
    { x, y: 5 + 2 * x + 1 },
    { x, y: 5 + 2 * x - 1 },
  ]);
  expect(slope(points)).toBeCloseTo(2);
});

test('of what was measured several times the one with the ratio in the middle counts', () => {
  const measured = [
    { value: 10, limit: 100 },
    { value: 90, limit: 100 },
    { value: 100, limit: 200 },
  ];
  expect(middle(measured)).toEqual({ value: 100, limit: 200, ratio: 0.5 });
});

test('an aim is met from its number on, and what could not be measured meets none', () => {
  const finding: Finding = {
    what: 'drain',
    unit: 'messages/s',
    value: 65,
    limit: 100,
    ratio: 0.65,
    aim: { of: 'ratio', is: 'at least', number: 0.65 },
  };
  expect(isMet(finding)).toBe(true);
  expect(isMet({ ...finding, ratio: 0.64 })).toBe(false);
  expect(isMet({ ...finding, ratio: Number.NaN })).toBe(false);
  expect(isMet({ what: 'memory', unit: 'MiB', value: 100 })).toBeNull();
  expect(table([{ ...finding, note: 'three rounds' }])).toBe(
    [
      'case          measured  beside  ratio           aim  met',
      'drain  65.0 messages/s     100   0.65  ratio ≥ 0.65  yes',
      '',
      'drain: three rounds',
    ].join('\n'),
  );
});
