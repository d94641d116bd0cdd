import type { Chat, Webhook } from '../../src/store/rows.ts';
import { ALL_SHARDS } from '../../src/store/shards.ts';
import type { Repositories, Store } from '../../src/store/store.ts';

const LATE = 1e15;
const NONE = new Set<number>();
const ALL = { limit: 1000 };

/** All that a store answers of all that it holds, by repository and question. */
export async function answersOf(store: Store): Promise<Record<keyof Repositories, unknown>> {
  const { read } = store;
  const workspaces = await read.workspaces.ids();
  const each = <One, Answer>(all: readonly One[], ask: (one: One) => Promise<Answer>) =>
    Promise.all(all.map(ask));
  const webhooks = (await each(workspaces, (id) => read.webhooks.list(id))).flat();
  const chats = (await each(workspaces, (id) => read.chats.after(id, 0, 1000))).flat();
  const ofChats = <Answer>(ask: (chat: Chat) => Promise<Answer>) =>
    each(chats, ({ chat }) => ask(chat));
  const ofWebhooks = <Answer>(ask: (webhook: Webhook) => Promise<Answer>) => each(webhooks, ask);
  const chatIds = chats.map(({ chat }) => chat.id);
  return {
    workspaces: {
      all: await each(workspaces, (id) => read.workspaces.get(id)),
      versions: await each(workspaces, (id) => read.workspaces.webhooksVersion(id)),
      keys: await read.workspaces.keys(),
      owned: await read.workspaces.ofOwner('jane@acme.example'),
    },
    signIns: {
      passwords: await each(workspaces, (id) => read.signIns.password(id)),
      links: await each(workspaces, (id) => read.signIns.workspaceOfLink(`link ${id}`, 0)),
      sessions: await each(workspaces, (id) => read.signIns.session(`session ${id}`)),
    },
    sources: await each(workspaces, (id) => read.sources.list(id)),
    accounts: await each(workspaces, (id) => read.accounts.list(id)),
    chats: {
      chats,
      listed: await each(workspaces, (id) => read.chats.list(id, { ...ALL, search: 'a' })),
      recent: await each(workspaces, (id) => read.chats.recent(id, ALL)),
      together: await ofChats(({ workspaceId, id }) => read.chats.together(workspaceId, id)),
      detached: await read.chats.detached(),
    },
    webhooks: {
      webhooks,
      unsubscribed: await read.webhooks.unsubscribedBefore(LATE),
      ofZap: await each(workspaces, (id) => read.webhooks.ofZap(id, '42', 'bundle')),
    },
    people: null,
    messages: {
      logs: await ofChats(({ id }) =>
        read.messages.range({ chatId: id, fromSeq: 0, direction: null, limit: 1000 }),
      ),
      newest: await each(workspaces, (id) => read.messages.newest(id, 1000)),
      position: await read.messages.position(),
      before: await each(workspaces, (id) => read.messages.positionBefore(id, 1500)),
      conversation: await read.messages.conversation(chatIds, { limit: 1000 }),
    },
    lanes: {
      all: await ofWebhooks(({ id }) => read.lanes.page(id, 0, 1000)),
      due: await ofWebhooks(({ id }) => read.lanes.due(id, LATE, 1000, false, NONE)),
      probes: await ofWebhooks(({ id }) => read.lanes.due(id, LATE, 1000, true, NONE)),
      nextDue: await ofWebhooks(({ id }) => read.lanes.nextDue(id, 0)),
      heldUp: await ofWebhooks(({ id }) => read.lanes.heldUp(id, chatIds)),
      schedule: await read.lanes.schedule(ALL_SHARDS),
      first: await ofWebhooks(({ id }) => read.lanes.firstPosition(id)),
      open: await ofWebhooks(({ id }) => read.lanes.countOpen(id, 0)),
      failing: await ofWebhooks(({ id }) => read.lanes.failing(id, 1000)),
      waiting: await ofWebhooks((webhook) => read.lanes.waiting(webhook, 1000)),
    },
    actions: await ofWebhooks(({ id }) => read.actions.pending(id)),
    parked: await ofWebhooks(({ id }) => read.parked.list(id, 1000)),
    history: {
      activities: await ofWebhooks(({ id }) => read.history.activities(id)),
      requests: await ofWebhooks(({ id }) => read.history.requests(id)),
    },
    outbox: {
      due: await read.outbox.due(LATE, LATE, 1000),
      ofWebhooks: await ofWebhooks(({ id }) => read.outbox.ofWebhook(id)),
    },
    counters: await ofWebhooks(({ id }) => read.counters.since(id, 0)),
  };
}
