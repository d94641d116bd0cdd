type Tally = Readonly<Record<string, number>>;

/** Two counts by name, added up. */
export function added(one: Tally, other: Tally): Tally {
  const sums: Record<string, number> = { ...one };
  for (const [name, n] of Object.entries(other)) sums[name] = (sums[name] ?? 0) + n;
  return sums;
}
