import { max, sum } from 'd3-array';
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import type { ComponentChildren, JSX } from 'preact';
import { DAY_MS } from '../core/daily-counts.ts';
import type { Language } from '../core/language.ts';
import { ChartFormat, widthOf } from './chart-numbers.ts';

// A chart is drawn twice, for wide and for narrow places, so that its text is legible in both; the style
// sheet (assets/chart.css) shows one of them. Colours and type are all there: nothing here has a style.

interface ChartProps {
  /** Unique on its page. */
  id: string;
  /** What the chart shows, for who does not see it. */
  title: string;
  language: Language;
  /** What is said where there is no data. */
  empty: string;
}

const WIDTHS = { wide: 720, narrow: 360 } as const;
type Room = keyof typeof WIDTHS;

interface FrameProps {
  chart: ChartProps;
  /** The figures in words. */
  description: string;
  height: (room: Room) => number;
  draw: (room: Room, width: number) => ComponentChildren;
  legend?: ComponentChildren;
}

function Frame({ chart: { id, title }, description, height, draw, legend }: FrameProps) {
  return (
    <figure class="chart">
      {legend}
      {(Object.keys(WIDTHS) as Room[]).map((room) => (
        <svg
          key={room}
          class={`chart-${room}`}
          viewBox={`0 0 ${WIDTHS[room]} ${height(room)}`}
          role="img"
          aria-labelledby={`${id}-${room}-title`}
          aria-describedby={`${id}-${room}-desc`}
        >
          <title id={`${id}-${room}-title`}>{title}</title>
          <desc id={`${id}-${room}-desc`}>{description}</desc>
          {draw(room, WIDTHS[room])}
        </svg>
      ))}
    </figure>
  );
}

const Empty = ({ text }: { text: string }) => <p class="chart-empty">{text}</p>;

/** Sums of lengths otherwise come out with fifteen digits. */
const round = (length: number) => Math.round(length * 10) / 10;

const GAP = 12;

export interface Bar {
  label: string;
  value: number;
  /** How the value is written; by default as a number. */
  text?: string;
  /** Whether it is the one that is chosen now. */
  isCurrent?: boolean;
}

const BAR = {
  wide: { row: 36, bar: 22, top: 7 },
  narrow: { row: 48, bar: 18, top: 23 },
} as const;

/** Bars that lie one below the other, each with its name and its value. */
export function BarChart({ bars, ...chart }: ChartProps & { bars: readonly Bar[] }): JSX.Element {
  if (bars.length === 0) return <Empty text={chart.empty} />;
  const format = new ChartFormat(chart.language);
  const rows = bars.map((bar) => ({ ...bar, text: bar.text ?? format.number(bar.value) }));
  const most = max(rows, ({ value }) => value) || 1;
  const labels = widthOf(rows.map(({ label }) => label)) + GAP;
  const texts = widthOf(rows.map(({ text }) => text)) + GAP;
  const said = rows.map(({ label, text }) => `${label}: ${text}`);
  const draw = (room: Room, width: number) => {
    const { row, bar, top } = BAR[room];
    const left = room === 'wide' ? Math.min(labels, width / 2) : 0;
    const length = scaleLinear([0, most], [0, width - left - texts]);
    return rows.map(({ label, value, text, isCurrent }, i) => (
      <g key={label} class={isCurrent ? 'chart-row is-current' : 'chart-row'}>
        <title>{said[i]}</title>
        <rect class="chart-hover" x={0} y={i * row} width={width} height={row} />
        <text class="chart-label" x={0} y={i * row + (room === 'wide' ? row / 2 : 12)}>
          {label}
        </text>
        <rect
          class="chart-track"
          x={left}
          y={i * row + top}
          width={round(length(most))}
          height={bar}
          rx={4}
        />
        {value > 0 && (
          <rect
            class="chart-bar"
            x={left}
            y={i * row + top}
            width={round(Math.max(3, length(value)))}
            height={bar}
            rx={4}
          />
        )}
        <text class="chart-value" x={width} y={i * row + top + bar / 2}>
          {text}
        </text>
      </g>
    ));
  };
  const height = (room: Room) => rows.length * BAR[room].row;
  return <Frame chart={chart} description={said.join(', ')} height={height} draw={draw} />;
}

export interface Series {
  label: string;
  /** One for each of the chart's days. */
  values: readonly number[];
}

const LINES_HEIGHT = { wide: 260, narrow: 220 } as const;
const TICKS = { wide: { x: 6, y: 5 }, narrow: { x: 4, y: 4 } } as const;
const AXIS_HEIGHT = 26;
const HEADROOM = 10;

/**
 * Lines over days, one for each series.
 * @param days one after the other, as days since 1970-01-01, UTC
 */
export function LinesChart({
  days,
  series,
  ...chart
}: ChartProps & { days: readonly number[]; series: readonly Series[] }): JSX.Element {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return <Empty text={chart.empty} />;
  const format = new ChartFormat(chart.language);
  const most = max(series.flatMap(({ values }) => values)) || 1;
  const valueOn = (one: Series, i: number) => one.values[i] ?? 0;
  const draw = (room: Room, width: number) => {
    const bottom = LINES_HEIGHT[room] - AXIS_HEIGHT;
    const y = scaleLinear([0, most], [bottom, HEADROOM]).nice(TICKS[room].y);
    const yTicks = y.ticks(TICKS[room].y).filter(Number.isInteger);
    const left = widthOf(yTicks.map((tick) => format.tick(tick))) + GAP;
    // A date stands under the middle of its day, so half of the last one needs room.
    const right = width - widthOf([format.day(last)]) / 2;
    const time = scaleUtc([first * DAY_MS, last * DAY_MS], [left + GAP, right]);
    const x = (day: number) => round(first === last ? (left + right) / 2 : time(day * DAY_MS));
    const xTicks = daysOf(time.ticks(TICKS[room].x));
    const halfDay = (right - left) / Math.max(1, days.length - 1) / 2;
    const bandOf = (day: number) => {
      const from = Math.max(left, x(day) - halfDay);
      return { x: round(from), width: round(Math.min(width, x(day) + halfDay) - from) };
    };
    const xOf = (_value: number, i: number) => x(days[i] as number);
    const yOf = (value: number) => round(y(value));
    const path = line<number>(xOf, yOf).curve(curveMonotoneX);
    const surface = area<number>(xOf, bottom, yOf).curve(curveMonotoneX);
    return (
      <>
        {yTicks.map((tick) => (
          <g key={tick}>
            <line
              class={tick === 0 ? 'chart-base' : 'chart-grid'}
              x1={left}
              x2={width}
              y1={yOf(tick)}
              y2={yOf(tick)}
            />
            <text class="chart-tick-y" x={left - GAP} y={yOf(tick)}>
              {format.tick(tick)}
            </text>
          </g>
        ))}
        {(xTicks.length > 0 ? xTicks : [first]).map((day) => (
          <text key={day} class="chart-tick-x" x={x(day)} y={bottom + AXIS_HEIGHT - 8}>
            {format.day(day)}
          </text>
        ))}
        {series.map((one, i) => (
          <g key={one.label} class={`series-${i + 1}`}>
            <path class="chart-area" d={surface(one.values) ?? ''} />
            <path class="chart-line" d={path(one.values) ?? ''} />
          </g>
        ))}
        {days.map((day, i) => (
          <g key={day} class={days.length === 1 ? 'chart-day is-only' : 'chart-day'}>
            <title>
              {[
                format.day(day),
                ...series.map((one) => `${one.label}: ${format.number(valueOn(one, i))}`),
              ].join('\n')}
            </title>
            <rect class="chart-hover" {...bandOf(day)} y={0} height={bottom} />
            <line class="chart-guide" x1={x(day)} x2={x(day)} y1={HEADROOM} y2={bottom} />
            {series.map((one, s) => (
              <circle
                key={one.label}
                class={`chart-dot series-${s + 1}`}
                cx={x(day)}
                cy={yOf(valueOn(one, i))}
                r={4}
              />
            ))}
          </g>
        ))}
      </>
    );
  };
  const totals = series.map(({ label, values }) => `${label}: ${format.number(sum(values))}`);
  return (
    <Frame
      chart={chart}
      description={`${format.day(first)} – ${format.day(last)}. ${totals.join(', ')}`}
      height={(room) => LINES_HEIGHT[room]}
      draw={draw}
      legend={
        <ul class="chart-legend">
          {series.map(({ label }, i) => (
            <li key={label} class={`series-${i + 1}`}>
              {label}
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** Those of the times that begin a day: of few days d3 also marks hours. */
const daysOf = (times: readonly Date[]): number[] =>
  times.map((time) => time.getTime() / DAY_MS).filter(Number.isInteger);
