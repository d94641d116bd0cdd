import { type Finding, isMet } from './finding.ts';
import type { Machine } from './machine.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

function number(value: number): string {
  if (Math.abs(value) >= 100) return whole.format(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

const HEADINGS = ['case', 'measured', 'beside', 'ratio', 'aim', 'met'];

function row(finding: Finding): string[] {
  const { what, value, unit, limit, ratio, aim } = finding;
  const met = isMet(finding);
  return [
    what,
    `${number(value)} ${unit}`,
    limit === undefined ? '' : number(limit),
    ratio === undefined ? '' : ratio.toFixed(2),
    aim ? `${aim.of} ${aim.is === 'at least' ? '≥' : '≤'} ${aim.number}` : '',
    met === null ? '' : met ? 'yes' : 'NO',
  ];
}

/** The findings as a table, their notes below. */
export function table(findings: readonly Finding[]): string {
  const rows = [HEADINGS, ...findings.map(row)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0
          ? cell.padEnd(widths[column] as number)
          : cell.padStart(widths[column] as number),
      )
      .join('  ')
      .trimEnd(),
  );
  const notes = findings.flatMap(({ what, note }) => (note ? [`${what}: ${note}`] : []));
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

export const machineLine = ({
  cores,
  processor,
  memoryGib,
  node,
  syncsPerSecond,
  load,
}: Machine): string =>
  `${cores} cores (${processor}), ${memoryGib} GiB, Node ${node}, ${whole.format(syncsPerSecond)} syncs/s, load ${load.toFixed(2)}`;
