import { StoreUnavailableError } from '../store/errors.ts';
import type { HeardOf, Webhook } from '../store/rows.ts';
import type { Appended, Arrival, Joined, News, Repositories, Store } from '../store/store.ts';
import type { CanonicalItem } from '../wire/canonical.ts';
import type { InboundMessage } from '../wire/inbound.ts';
import type { Clock } from './clock.ts';
import { wantsChat, wantsDirection } from './filters.ts';
import { amongThoseOf, GroupCommit } from './group-commit.ts';
import { afterJoins, leadFiltersOn } from './identity.ts';
import { added } from './tally.ts';
import { together } from './together.ts';
import { type Load, WaitingRoom } from './waiting-room.ts';
import { dueAt } from './window.ts';

/** Rows that one transaction writes, about: a message's own, and one for each webhook that may want it. */
const ROWS_TOGETHER = 4000;
const ROWS_OF_A_MESSAGE = 3;
/** What may wait for its commit; beyond it callers are asked to come later. */
const ROOM: Load = { items: 20_000, characters: 50_000_000 };

/** What became of one item. */
export type Accepted =
  | { status: 'accepted' }
  | { status: 'duplicate' }
  | { status: 'skipped'; code: SkipReason }
  | { status: 'rejected'; code: 'unknown_chat' }
  /** It was no message: what it tells is known now. */
  | { status: 'noted' };

type SkipReason = 'attachment' | 'no_text';

/** Only text and emoji are carried: what has an attachment, or no text, is passed by and counted. */
function skipReason({ message }: InboundMessage): SkipReason | null {
  if (message.attachments.length > 0) return 'attachment';
  return message.text.trim() === '' ? 'no_text' : null;
}

/** Which source a request is of, and what of it the items do not hold. */
export type OfSource = Pick<HeardOf, 'sourceId' | 'dropped'>;

interface Request {
  workspaceId: number;
  items: readonly CanonicalItem[];
  source: OfSource | null;
}

export interface IntakeOptions {
  store: Store;
  clock: Clock;
  /** Told after the commit which webhooks have something due, and by when. */
  wake: (due: Map<number, number>) => void;
  /** Told after the commit that the filters of a webhook were led on to another chat. */
  changed: (webhookId: number) => void;
}

/** Takes messages and news in: one durable commit for all the requests that are waiting together. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #commits: GroupCommit<Request, Accepted[]>;
  readonly #webhooks = new Map<number, { version: number; webhooks: Webhook[] }>();
  readonly #waitingRoom = new WaitingRoom(ROOM);

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#commits = new GroupCommit(
      (take) => this.#commit(take),
      (error) => error instanceof StoreUnavailableError,
      {
        maxWeight: ROWS_TOGETHER,
        weigh: (request) => this.#rowsOf(request),
        flow: ({ workspaceId }) => workspaceId,
      },
    );
  }

  /** @throws {IntakeOverloadedError} where it is of no use to read what the workspace brings */
  checkRoom(workspaceId: number): void {
    this.#waitingRoom.check(workspaceId);
  }

  /**
   * Resolves once the messages are durable, with one result each, in order.
   * @throws {StoreUnavailableError} nothing was taken; the same call may work later
   * @throws {IntakeOverloadedError}
   */
  accept(workspaceId: number, messages: readonly InboundMessage[]): Promise<Accepted[]> {
    return this.take(
      workspaceId,
      messages.map((message) => ({ kind: 'message', message, aliases: [] })),
    );
  }

  /**
   * The same for what a source tells, messages and whatever else. What it tells of people and accounts is
   * known before the messages of the same call are looked at.
   * @param source whose counts are to be raised in the same commit
   */
  async take(
    workspaceId: number,
    items: readonly CanonicalItem[],
    source: OfSource | null = null,
  ): Promise<Accepted[]> {
    const characters = items.reduce((sum, item) => sum + textOf(item).length, 0);
    const leave = this.#waitingRoom.enter(workspaceId, { items: items.length, characters });
    try {
      return await this.#commits.submit({ workspaceId, items, source });
    } finally {
      leave();
    }
  }

  async #commit(take: () => Request[]): Promise<Accepted[][]> {
    const { store, clock, wake, changed } = this.#options;
    const due = new Map<number, number>();
    const edited: number[] = [];
    const write = async (tx: Repositories) => {
      const requests = take();
      due.clear();
      edited.length = 0;
      const now = clock.now();
      // All of a group at once: none of a chat's messages is dated before the one that it follows.
      let dated: number | undefined;
      const receivedAt = () => {
        dated ??= clock.now();
        return dated;
      };
      const { news, arrivals } = sorted(requests, now, receivedAt);
      const learnt = news.length > 0 ? await tx.people.learn(news) : [];
      const workspaceIds = [...new Set(arrivals.map(({ workspaceId }) => workspaceId))];
      const [appended, ...versions] = await together([
        tx.messages.append(arrivals),
        ...workspaceIds.map((id) => tx.workspaces.webhooksVersion(id)),
      ]);
      const joined = [...learnt, ...appended.flatMap(joinsOf)];
      if (joined.length > 0) {
        for (const workspaceId of new Set(requests.map((request) => request.workspaceId))) {
          edited.push(...(await leadFiltersOn(tx, workspaceId, joined)));
        }
      }
      const webhooks = new Map<number, Webhook[]>();
      for (const [i, id] of workspaceIds.entries()) {
        // What has just been edited may yet be undone, so it is not to be remembered.
        const version = versions[i] as number;
        const list = edited.length > 0 ? tx.webhooks.list(id) : this.#listed(tx, id, version);
        webhooks.set(id, await list);
      }
      await openLanes(tx, arrivals, afterJoins(appended, joined), webhooks, due);
      const younger = joined.flatMap((one) => one.younger);
      for (const id of younger.length > 0 ? await tx.lanes.hasten(younger, now) : []) {
        due.set(id, now);
      }
      let next = 0;
      const outcomes = requests.map(({ items }) =>
        items.map((item): Accepted => {
          if (item.kind !== 'message') return { status: 'noted' };
          const i = next++;
          return toAccepted(arrivals[i] as Arrival, appended[i] as Appended);
        }),
      );
      const heard = heardOf(requests, outcomes, now);
      if (heard.length > 0) await tx.sources.heard(heard);
      return outcomes;
    };
    const results = await store.transaction(write, () => amongThoseOf(take()));
    for (const id of edited) changed(id);
    if (due.size > 0) wake(due);
    return results;
  }

  #rowsOf({ workspaceId, items }: Request): number {
    const webhooks = this.#webhooks.get(workspaceId)?.webhooks.length ?? 1;
    return items.length * (ROWS_OF_A_MESSAGE + webhooks);
  }

  /** The workspace's webhooks, read again only when one of them has changed. */
  async #listed(tx: Repositories, workspaceId: number, version: number): Promise<Webhook[]> {
    const known = this.#webhooks.get(workspaceId);
    if (known?.version === version) return known.webhooks;
    const webhooks = await tx.webhooks.list(workspaceId);
    this.#webhooks.set(workspaceId, { version, webhooks });
    return webhooks;
  }
}

/**
 * Opens a lane for every webhook that wants the message, those switched off included: their lanes
 * freeze, and enabling decides whether they go on.
 * @param webhooks of each workspace
 */
async function openLanes(
  tx: Repositories,
  arrivals: readonly Arrival[],
  appended: readonly Appended[],
  webhooks: ReadonlyMap<number, readonly Webhook[]>,
  due: Map<number, number>,
): Promise<void> {
  const lanes: Parameters<Repositories['lanes']['open']>[0][number][] = [];
  for (const [i, result] of appended.entries()) {
    if (result.status !== 'appended') continue;
    const { receivedAt } = result;
    const { workspaceId, message } = arrivals[i] as Arrival;
    for (const webhook of webhooks.get(workspaceId) ?? []) {
      const { filters } = webhook;
      if (!wantsDirection(filters, message.message.direction)) continue;
      if (!wantsChat(filters, result.chat, result.account)) continue;
      const at = dueAt(receivedAt, webhook, result.chat.redirectTo !== null);
      lanes.push({
        webhookId: webhook.id,
        chatId: result.chat.id,
        nextSeq: result.seq,
        openedAt: receivedAt,
        dueAt: at,
      });
      if (webhook.enabled) due.set(webhook.id, Math.min(at, due.get(webhook.id) ?? at));
    }
  }
  // Neighbours in the index one after the other: for a hundred webhooks a quarter less on SQLite.
  await tx.lanes.open(lanes.sort((a, b) => a.webhookId - b.webhookId));
}

/** What the requests bring: news first, then messages, each in the order in which they came. */
function sorted(
  requests: readonly Request[],
  now: number,
  receivedAt: () => number,
): { news: News[]; arrivals: Arrival[] } {
  const news: News[] = [];
  const arrivals: Arrival[] = [];
  for (const { workspaceId, items } of requests) {
    for (const item of items) {
      if (item.kind !== 'message') news.push({ workspaceId, item, at: now });
      else {
        const { message, aliases } = item;
        const skip = skipReason(message);
        arrivals.push({ workspaceId, message, aliases, receivedAt, skip });
      }
    }
  }
  return { news, arrivals };
}

/** What came from sources, each source once. */
function heardOf(
  requests: readonly Request[],
  outcomes: readonly (readonly Accepted[])[],
  at: number,
): HeardOf[] {
  const bySource = new Map<string, HeardOf>();
  for (const [i, { source }] of requests.entries()) {
    if (!source) continue;
    const { sourceId } = source;
    const taken = outcomes[i]?.filter(({ status }) => status === 'accepted').length ?? 0;
    const before = bySource.get(sourceId);
    bySource.set(sourceId, {
      ...{ sourceId, at },
      taken: (before?.taken ?? 0) + taken,
      dropped: added(before?.dropped ?? {}, source.dropped),
    });
  }
  return [...bySource.values()];
}

const textOf = (item: CanonicalItem) => (item.kind === 'message' ? item.message.message.text : '');

const joinsOf = (appended: Appended): Joined[] =>
  appended.status === 'appended' && appended.joined ? [appended.joined] : [];

function toAccepted({ skip }: Arrival, { status }: Appended): Accepted {
  switch (status) {
    case 'appended':
      return { status: 'accepted' };
    case 'duplicate':
      return { status: 'duplicate' };
    case 'unknown_chat':
      return { status: 'rejected', code: 'unknown_chat' };
    case 'skipped':
      return { status: 'skipped', code: skip as SkipReason };
  }
}
