/** The least number of runs of neighbours that each span less than the window: all ways are tried. */
export function fewestBundles(times: readonly number[], window: number): number {
  if (times.length === 0) return 0;
  let fewest = times.length;
  for (let end = 1; end <= times.length; end++) {
    const run = times.slice(0, end);
    if (Math.max(...run) - Math.min(...run) >= window) continue;
    fewest = Math.min(fewest, 1 + fewestBundles(times.slice(end), window));
  }
  return fewest;
}
