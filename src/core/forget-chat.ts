import type { Store } from '../store/store.ts';
import type { ChangeOptions } from './change.ts';

/** Messages a transaction. */
const CHUNK = 500;

/**
 * Removes a chat, those that are one with it, and all that is known of them: messages, what waits or was set aside for delivery, and
 * what the logs hold of them. False where there is no such chat. From the first step on nobody finds it, and a
 * new message of the same contact begins a new chat, so nothing that comes in meanwhile is lost with it.
 * Should the program end in between, the next sweep finishes the work.
 */
export async function forgetChat(
  { store, changed }: Pick<ChangeOptions, 'store' | 'changed'>,
  workspaceId: number,
  id: number,
): Promise<boolean> {
  const webhooks = new Set<number>();
  const ids = await store.transaction(
    async (tx) => {
      webhooks.clear();
      const together = await tx.chats.together(workspaceId, id);
      for (const one of together) {
        await tx.chats.detach(one);
        for (const { webhookId } of await tx.lanes.ofChat(one)) webhooks.add(webhookId);
        await tx.lanes.removeOfChat(one);
      }
      return together;
    },
    { alone: workspaceId },
  );
  // Heads that have been looked up already are not to go out any more.
  for (const webhookId of webhooks) changed(webhookId);
  for (const one of ids) await removeDetached(store, one);
  return ids.length > 0;
}

/** Removes what a detached chat has left. */
export async function removeDetached(store: Store, id: number): Promise<void> {
  // It is nobody's any more, so nobody else writes anything of it.
  const scope = { among: [] };
  const removeSome = () => store.transaction((tx) => tx.messages.removeOfChat(id, CHUNK), scope);
  while ((await removeSome()) === CHUNK);
  await store.transaction(async (tx) => {
    await tx.lanes.removeOfChat(id);
    await tx.parked.removeOfChat(id);
    await tx.history.forgetChat(id);
    await tx.chats.remove(id);
  }, scope);
}
