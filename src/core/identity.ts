import type { Appended, Joined, Repositories } from '../store/store.ts';
import type { Filters } from '../wire/webhook.ts';

// Who is who.
//
// WhatsApp has several names for one person: a phone number, a "lid" that hides it, a user id. A source
// tells one of them or another, and that two of them are one person's may come out only when both have a
// chat. All this holds within one account: the same person writing to two of our accounts is two chats.
//
// Two logs are never merged: places in them have been given out, deliveries have ids made of them, cursors
// stand in them. Instead the oldest chat goes on, and the younger ones become *redirects* to it. A redirect
// takes no more messages: whatever finds it, by its number, its id at the source or an alias, finds the one
// that goes on (the survivor), in the transaction that appends. It bears the survivor's names, and filters
// that named it name the survivor. Redirects lead to a survivor in one step, however often that changes.
//
// What its lanes still hold is *drained*: sent under its own number, before anything that came to the
// survivor after the two were joined. Its open bundles close, since nothing can come in any more. For one
// webhook the lanes of chats that are one go in this order: the youngest chat first, the survivor last.
// That is enough, whichever way chats were joined one after another: a chat only ever becomes a redirect to
// an older one, so all that may have come to a chat after a join with X is behind X in this order. Nothing
// is written down for it: a lane is held up as long as one that comes before it exists (Lanes.due). A head
// of the survivor that had been looked up before the join may go out meanwhile: it came before.
//
// A held-up lane needs no alarm. It becomes free when a lane before it moves away, and whatever moves lanes
// (an outcome, a park, an action, a chat forgotten) has its webhook looked at again.

/** Leads the filters of the workspace's webhooks on to the survivors. @returns which webhooks had to change */
export async function leadFiltersOn(
  tx: Repositories,
  workspaceId: number,
  joined: readonly Joined[],
): Promise<number[]> {
  const survivors = survivorsOf(joined);
  const concerned = (await tx.webhooks.list(workspaceId)).filter(({ filters }) =>
    filters.chats?.some((chat) => survivors.has(Number(chat))),
  );
  const held = await tx.webhooks.byIds(concerned.map(({ id }) => id));
  for (const webhook of held.values()) {
    const chats = namedAnew(webhook.filters.chats ?? [], (id) => survivors.get(id) ?? id);
    await tx.webhooks.change(webhook, { filters: { ...webhook.filters, chats } });
  }
  return concerned.map(({ id }) => id);
}

/** The filters as they are meant: a redirect that they name stands for the chat that goes on. */
export async function asMeant(
  read: Repositories,
  workspaceId: number,
  filters: Filters,
): Promise<Filters> {
  if (!filters.chats) return filters;
  const survivors = new Map<number, number>();
  for (const chat of filters.chats) {
    const redirectTo = (await read.chats.get(workspaceId, Number(chat)))?.chat.redirectTo;
    if (redirectTo) survivors.set(Number(chat), redirectTo);
  }
  return { ...filters, chats: namedAnew(filters.chats, (id) => survivors.get(id) ?? id) };
}

/** What was appended, with its chat as the whole transaction leaves it. */
export function afterJoins(
  appended: readonly Appended[],
  joined: readonly Joined[],
): readonly Appended[] {
  if (joined.length === 0) return appended;
  const survivors = survivorsOf(joined);
  return appended.map((one) => {
    if (one.status !== 'appended') return one;
    const redirectTo = survivors.get(one.chat.id) ?? null;
    return { ...one, chat: { ...one.chat, redirectTo } };
  });
}

/** By the number of each redirect, where several joins in a row have led it. */
function survivorsOf(joined: readonly Joined[]): Map<number, number> {
  const survivors = new Map<number, number>();
  for (const { survivor, younger } of joined) {
    for (const id of younger) survivors.set(id, survivor);
    for (const [id, led] of survivors) if (younger.includes(led)) survivors.set(id, survivor);
  }
  return survivors;
}

const namedAnew = (chats: readonly string[], survivorOf: (id: number) => number): string[] => [
  ...new Set(chats.map((chat) => String(survivorOf(Number(chat))))),
];
