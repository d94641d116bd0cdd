import type { Store } from '../store/store.ts';
import type { ChangeOptions } from './change.ts';

/** Messages a transaction. */
const CHUNK = 500;

/**
 * Removes a chat and all that is known of it: its messages, what waits or was set aside for delivery, and
 * what the logs hold of it. False where there is no such chat. From the first step on nobody finds it, and a
 * new message of the same contact begins a new chat, so nothing that comes in meanwhile is lost with it.
 * Should the program end in between, the next sweep finishes the work.
 */
export async function forgetChat(
  { store, changed }: Pick<ChangeOptions, 'store' | 'changed'>,
  workspaceId: number,
  id: number,
): Promise<boolean> {
  const webhooks = await store.transaction(async (tx) => {
    if (!(await tx.chats.get(workspaceId, id))) return null;
    await tx.chats.detach(id);
    const lanes = await tx.lanes.ofChat(id);
    await tx.lanes.removeOfChat(id);
    return lanes.map(({ webhookId }) => webhookId);
  });
  if (!webhooks) return false;
  // Heads that have been looked up already are not to go out any more.
  for (const webhookId of webhooks) changed(webhookId);
  await removeDetached(store, id);
  return true;
}

/** Removes what a detached chat has left. */
export async function removeDetached(store: Store, id: number): Promise<void> {
  const removeSome = () => store.transaction((tx) => tx.messages.removeOfChat(id, CHUNK));
  while ((await removeSome()) === CHUNK);
  await store.transaction(async (tx) => {
    await tx.lanes.removeOfChat(id);
    await tx.parked.removeOfChat(id);
    await tx.history.forgetChat(id);
    await tx.chats.remove(id);
  });
}
