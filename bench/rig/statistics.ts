/** The value below which so much of them lies; NaN where there are none. @param share between 0 and 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** By how much y grows for each unit of x: the least squares' straight line through the points. */
export function slope(points: readonly { x: number; y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middleX, middleY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = mean(({ x }) => (x - middleX) ** 2);
  return spread === 0 ? 0 : mean(({ x, y }) => (x - middleX) * (y - middleY)) / spread;
}
