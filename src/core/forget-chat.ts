import type { Store } from '../store/store.ts';

/** Messages a transaction. */
const CHUNK = 500;

/**
 * Removes a chat and all that is known of it: its messages, what waits or was set aside for delivery, and
 * what the logs hold of it. False where there is no such chat. From the first step on a new message of the
 * same contact begins a new chat, so nothing that comes in meanwhile is lost with it; after a crash in
 * between the caller has had no answer, and asks again.
 */
export async function forgetChat(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const found = await store.transaction(async (tx) => {
    if (!(await tx.chats.get(workspaceId, id))) return false;
    await tx.chats.detach(id);
    await tx.lanes.removeOfChat(id);
    await tx.parked.removeOfChat(id);
    return true;
  });
  if (!found) return false;
  const removeSome = () => store.transaction((tx) => tx.messages.removeOfChat(id, CHUNK));
  while ((await removeSome()) === CHUNK);
  await store.transaction(async (tx) => {
    await tx.history.forgetChat(id);
    await tx.chats.remove(id);
  });
  return true;
}
