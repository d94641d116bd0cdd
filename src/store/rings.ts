// Two rings a webhook: entry n overwrites slot n mod size, so nothing grows and nothing has to be trimmed.
// Of a group only what would survive it is written.

export const REQUESTS_KEPT = 100;
export const ACTIVITIES_KEPT = 10;

export interface Numbered<Entry> {
  n: number;
  slot: number;
  entry: Entry;
}

/**
 * Numbers the entries that survive, in the order of their webhooks and slots.
 * @param kept the size of the ring
 * @param totalOf how many entries a webhook has had by now, these included; undefined where it is gone
 */
export function numbered<Entry extends { webhookId: number }>(
  entries: readonly Entry[],
  kept: number,
  totalOf: (webhookId: number) => number | undefined,
): Numbered<Entry>[] {
  const byWebhook = Map.groupBy(entries, ({ webhookId }) => webhookId);
  const inOrder = [...byWebhook].sort(([a], [b]) => a - b);
  return inOrder.flatMap(([webhookId, all]) => {
    const total = totalOf(webhookId);
    if (total === undefined) return [];
    const survivors = all.slice(-kept);
    return survivors
      .map((entry, i) => {
        const n = total - survivors.length + i;
        return { n, slot: n % kept, entry };
      })
      .sort((a, b) => a.slot - b.slot);
  });
}
