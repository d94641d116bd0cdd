import { carryOutChunk } from '../../src/core/lane-actions.ts';
import type { Store } from '../../src/store/store.ts';

/** Does all that was asked of a webhook's lanes, as its owner would; answers in how many transactions. */
export async function carryOut(store: Store, webhookId: number, now: number): Promise<number> {
  for (let chunks = 0; ; chunks += 1) {
    const more = await store.transaction(async (tx) => {
      const webhook = (await tx.webhooks.byIds([webhookId])).get(webhookId) ?? null;
      return carryOutChunk(tx, webhookId, webhook, now);
    });
    if (!more) return chunks;
  }
}
