import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { BarChart, LinesChart } from '../../src/web/chart.tsx';

const chart = { id: 'c', title: 'Zap runs', language: 'en', empty: 'No messages yet.' } as const;

const bars = (...values: number[]) => values.map((value, i) => ({ label: `Every ${i} h`, value }));
const FIRST = 20_500;
const daysOf = (n: number) => Array.from({ length: n }, (_, i) => FIRST + i);
const series = (...values: number[][]) =>
  values.map((of, i) => ({ label: `Series ${i}`, values: of }));

/** The wide drawing alone: the narrow one shows the same. */
const wideOf = (chart: VNode) =>
  (/<svg class="chart-wide".*?<\/svg>/s.exec(renderToString(chart)) as RegExpExecArray)[0];

const all = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map(([, found]) => found);
const barWidths = (svg: string) =>
  all(svg, /class="chart-bar"[^>]*? width="([\d.]+)"/g).map(Number);

describe('a bar chart', () => {
  test('has a bar for each value, in proportion, with name, value and tooltip', () => {
    const svg = wideOf(<BarChart {...chart} bars={bars(18240, 9120, 0)} />);
    const [first, second, ...rest] = barWidths(svg);
    expect([second, rest]).toEqual([(first as number) / 2, []]);
    expect(all(svg, /class="chart-label"[^>]*>([^<]*)</g)).toEqual([
      'Every 0 h',
      'Every 1 h',
      'Every 2 h',
    ]);
    expect(all(svg, /class="chart-value"[^>]*>([^<]*)</g)).toEqual(['18,240', '9,120', '0']);
    expect(all(svg, /<title>([^<]*)</g)).toContain('Every 0 h: 18,240');
  });

  test('says its title and its figures to who does not see it', () => {
    const svg = wideOf(<BarChart {...chart} bars={bars(3, 1)} />);
    expect(svg).toContain('role="img" aria-labelledby="c-wide-title"');
    expect(svg).toContain('<title id="c-wide-title">Zap runs</title>');
    expect(svg).toContain('<desc id="c-wide-desc">Every 0 h: 3, Every 1 h: 1</desc>');
  });

  test('marks the one that is chosen, and writes values as it is told', () => {
    const [one, two] = bars(3, 1);
    const chosen = { ...one, label: 'Chosen', value: 3, text: '$0.06', isCurrent: true };
    const svg = wideOf(<BarChart {...chart} bars={[chosen, two as NonNullable<typeof two>]} />);
    expect(svg).toMatch(/class="chart-row is-current"><title>Chosen: \$0\.06<\/title>/);
    expect(all(svg, /(is-current)/g)).toHaveLength(1);
  });

  test('shows a bar for one among thousands', () => {
    expect(barWidths(wideOf(<BarChart {...chart} bars={bars(1e6, 1)} />))[1]).toBe(3);
  });

  test('has no bars where all is zero', () => {
    const svg = wideOf(<BarChart {...chart} bars={bars(0, 0)} />);
    expect(barWidths(svg)).toEqual([]);
    expect(svg).not.toContain('NaN');
  });

  test.each([
    ['en', 1234567, '1,234,567'],
    ['pl', 1234567, '1 234 567'],
    ['pl', 1234, '1 234'],
    ['en', 12_345_678_901, '12.3B'],
    ['pl', 12_345_678_901, '12,3 mld'],
  ] as const)('writes numbers as people do: %s %i', (language, value, expected) => {
    const svg = wideOf(<BarChart {...chart} language={language} bars={bars(value)} />);
    const [found] = all(svg, /class="chart-value"[^>]*>([^<]*)</g);
    expect(found?.replace(/\s/g, ' ')).toBe(expected);
  });
});

describe('a chart of lines', () => {
  const month = (
    <LinesChart
      {...chart}
      days={daysOf(30)}
      series={series(
        daysOf(30).map((day) => day % 50),
        daysOf(30).map((day) => day % 5),
      )}
    />
  );

  test('has a line and a name in the legend for each series', () => {
    const html = renderToString(month);
    expect(all(html, /<li class="(series-\d)">/g)).toEqual(['series-1', 'series-2']);
    expect(all(wideOf(month), /<path class="chart-line" d="M([^"]+)"/g)).toHaveLength(2);
  });

  test('says of each day what it was', () => {
    const svg = wideOf(month);
    const titles = all(svg, /<title>([^<]*)</g);
    expect(titles).toHaveLength(30);
    expect(titles[0]).toBe('Feb 16\nSeries 0: 0\nSeries 1: 0');
    expect(svg).toContain('>Feb 16 – Mar 17. Series 0: 435, Series 1: 60</desc>');
  });

  test.each([
    [1, 'en', ['Feb 16']],
    [2, 'en', ['Feb 16', 'Feb 17']],
    [30, 'en', ['Feb 22', 'Mar 1', 'Mar 8', 'Mar 15']],
    [30, 'pl', ['22 lut', '1 mar', '8 mar', '15 mar']],
    [365, 'en', ['Apr 1', 'Jul 1', 'Oct 1', 'Jan 1']],
  ] as const)('dates its axis: %i days, %s', (length, language, expected) => {
    const values = daysOf(length).map(() => 1);
    const svg = wideOf(
      <LinesChart {...chart} language={language} days={daysOf(length)} series={series(values)} />,
    );
    expect(all(svg, /class="chart-tick-x"[^>]*>([^<]*)</g)).toEqual(expected);
  });

  test.each([
    [
      [0, 0],
      ['0', '1'],
    ],
    [
      [1, 0],
      ['0', '1'],
    ],
    [
      [3, 1],
      ['0', '1', '2', '3'],
    ],
    [
      [90_000, 1],
      ['0', '20K', '40K', '60K', '80K', '100K'],
    ],
  ])('counts in whole numbers: %j', (values, expected) => {
    const svg = wideOf(<LinesChart {...chart} days={daysOf(2)} series={series(values)} />);
    expect(all(svg, /class="chart-tick-y"[^>]*>([^<]*)</g)).toEqual(expected);
  });

  test('shows the dots of an only day, which has no line', () => {
    const svg = wideOf(<LinesChart {...chart} days={daysOf(1)} series={series([5], [2])} />);
    expect(svg).toContain('chart-day is-only');
    expect(all(svg, /<(circle)/g)).toHaveLength(2);
  });
});

describe('any chart', () => {
  test.each([
    ['bars', <BarChart key="b" {...chart} bars={[]} />],
    ['lines', <LinesChart key="l" {...chart} days={[]} series={series([])} />],
  ])('of %s without data says so', (_what, empty) => {
    expect(renderToString(empty)).toBe('<p class="chart-empty">No messages yet.</p>');
  });

  test('keeps to a strict Content-Security-Policy, escapes names, and has no id twice', () => {
    const label = '</title><script>alert(1)</script>"\'&';
    const html = renderToString(
      <>
        <BarChart {...chart} bars={[{ label, value: 1 }]} />
        <LinesChart
          {...chart}
          id="d"
          title={label}
          days={daysOf(3)}
          series={[{ label, values: [1, 2, 3] }]}
        />
      </>,
    );
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
    const ids = all(html, /\sid="([^"]+)"/g);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has numbers that can be drawn, within its frame, whatever its values are', () => {
    const values = fc.array(fc.oneof(fc.nat(), fc.nat({ max: 3 }), fc.maxSafeNat()), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, (given) => {
        const charts = (
          <>
            <BarChart {...chart} bars={bars(...given)} />
            <LinesChart {...chart} days={daysOf(given.length)} series={series(given, given)} />
          </>
        );
        const html = renderToString(charts);
        expect(html).not.toMatch(/NaN|Infinity|undefined/);
        const widths = all(html, /viewBox="0 0 (\d+) /g).map(Number);
        for (const [i, svg] of html.split('<svg').slice(1).entries()) {
          for (const place of all(svg, /\s(?:c?x|x1|x2)="(-?[\d.]+)"/g).map(Number)) {
            expect(place).toBeGreaterThanOrEqual(-0.1);
            expect(place).toBeLessThanOrEqual(widths[i] as number);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
