import type { Webhook } from '../store/rows.ts';
import type { Repositories, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';

export interface ChangeOptions {
  store: Store;
  clock: Clock;
  /** Told after the commit that the dispatcher must look at this webhook again. */
  changed: (webhookId: number) => void;
}

export type Change = (tx: Repositories, webhook: Webhook, now: number) => Promise<Webhook>;

/**
 * Changes a webhook in a transaction of its own, then tells the dispatcher; null where there is no such
 * webhook in the workspace.
 */
export async function changeWebhook(
  { store, clock, changed }: ChangeOptions,
  workspaceId: number,
  id: number,
  work: Change,
): Promise<Webhook | null> {
  const result = await store.transaction(
    async (tx) => {
      const webhook = await tx.webhooks.get(workspaceId, id);
      return webhook && work(tx, webhook, clock.now());
    },
    { alone: workspaceId },
  );
  if (result) changed(id);
  return result;
}
