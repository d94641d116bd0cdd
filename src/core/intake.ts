import { StoreUnavailableError } from '../store/errors.ts';
import type { Webhook } from '../store/rows.ts';
import type { Appended, Arrival, Repositories, Store } from '../store/store.ts';
import type { InboundMessage } from '../wire/inbound.ts';
import type { Clock } from './clock.ts';
import { wantsChat, wantsDirection } from './filters.ts';
import { GroupCommit } from './group-commit.ts';
import { dueAt } from './window.ts';

/** Messages that one transaction takes. */
const MESSAGES_TOGETHER = 2000;
/** What may wait for its commit, in messages and in characters; beyond it callers are asked to come later. */
const MESSAGES_WAITING = 20_000;
const TEXT_WAITING = 50_000_000;

/** More comes in than can be written down. */
export class IntakeOverloadedError extends Error {
  constructor() {
    super('Too many messages are waiting to be written down: send this request again in a moment');
    this.name = 'IntakeOverloadedError';
  }
}

/** What became of one message. */
export type Accepted =
  | { status: 'accepted' }
  | { status: 'duplicate' }
  | { status: 'skipped'; code: SkipReason }
  | { status: 'rejected'; code: 'unknown_chat' };

type SkipReason = 'attachment' | 'no_text';

/** Only text and emoji are carried: what has an attachment, or no text, is passed by and counted. */
function skipReason({ message }: InboundMessage): SkipReason | null {
  if (message.attachments.length > 0) return 'attachment';
  return message.text.trim() === '' ? 'no_text' : null;
}

interface Request {
  workspaceId: number;
  messages: readonly InboundMessage[];
}

export interface IntakeOptions {
  store: Store;
  clock: Clock;
  /** Told after the commit which webhooks have something due, and by when. */
  wake: (due: Map<number, number>) => void;
}

/** Takes messages in: one durable commit for all the requests that are waiting together. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #commits: GroupCommit<Request, Accepted[]>;
  readonly #webhooks = new Map<number, { version: number; webhooks: Webhook[] }>();
  #waiting = 0;
  #waitingText = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#commits = new GroupCommit(
      (requests) => this.#commit(requests),
      (error) => error instanceof StoreUnavailableError,
      { maxWeight: MESSAGES_TOGETHER, weigh: ({ messages }) => messages.length },
    );
  }

  /**
   * Resolves once the messages are durable, with one result each, in order.
   * @throws {StoreUnavailableError} nothing was taken; the same call may work later
   * @throws {IntakeOverloadedError}
   */
  async accept(workspaceId: number, messages: readonly InboundMessage[]): Promise<Accepted[]> {
    const text = messages.reduce((sum, { message }) => sum + message.text.length, 0);
    const isTooMuch =
      this.#waiting + messages.length > MESSAGES_WAITING || this.#waitingText + text > TEXT_WAITING;
    if (isTooMuch) throw new IntakeOverloadedError();
    this.#waiting += messages.length;
    this.#waitingText += text;
    try {
      return await this.#commits.submit({ workspaceId, messages });
    } finally {
      this.#waiting -= messages.length;
      this.#waitingText -= text;
    }
  }

  async #commit(requests: Request[]): Promise<Accepted[][]> {
    const { store, clock, wake } = this.#options;
    const due = new Map<number, number>();
    const results = await store.transaction(async (tx) => {
      const receivedAt = clock.now();
      const arrivals = requests.flatMap(({ workspaceId, messages }) =>
        messages.map(
          (message): Arrival => ({ workspaceId, message, receivedAt, skip: skipReason(message) }),
        ),
      );
      const appended = await tx.messages.append(arrivals);
      due.clear();
      await this.#openLanes(tx, arrivals, appended, due);
      return arrivals.map((arrival, i) => toAccepted(arrival, appended[i] as Appended));
    });
    if (due.size > 0) wake(due);
    let taken = 0;
    return requests.map(({ messages }) => {
      taken += messages.length;
      return results.slice(taken - messages.length, taken);
    });
  }

  /**
   * Opens a lane for every webhook that wants the message, those switched off included: their lanes
   * freeze, and enabling decides whether they go on.
   */
  async #openLanes(
    tx: Repositories,
    arrivals: readonly Arrival[],
    appended: readonly Appended[],
    due: Map<number, number>,
  ): Promise<void> {
    const webhooksOf = new Map<number, Webhook[]>();
    const lanes: Parameters<Repositories['lanes']['open']>[0][number][] = [];
    for (const [i, result] of appended.entries()) {
      if (result.status !== 'appended') continue;
      const { workspaceId, message, receivedAt } = arrivals[i] as Arrival;
      let webhooks = webhooksOf.get(workspaceId);
      if (!webhooks) {
        webhooks = await this.#webhooksOf(tx, workspaceId);
        webhooksOf.set(workspaceId, webhooks);
      }
      for (const webhook of webhooks) {
        const { filters } = webhook;
        if (!wantsDirection(filters, message.message.direction)) continue;
        if (!wantsChat(filters, result.chat, result.account)) continue;
        const at = dueAt(receivedAt, webhook);
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
    await tx.lanes.open(lanes);
  }

  /** The workspace's webhooks, read again only when one of them has changed. */
  async #webhooksOf(tx: Repositories, workspaceId: number): Promise<Webhook[]> {
    const version = await tx.workspaces.webhooksVersion(workspaceId);
    const known = this.#webhooks.get(workspaceId);
    if (known?.version === version) return known.webhooks;
    const webhooks = await tx.webhooks.list(workspaceId);
    this.#webhooks.set(workspaceId, { version, webhooks });
    return webhooks;
  }
}

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
