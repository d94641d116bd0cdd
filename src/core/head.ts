import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { Account, Chat, Lane, LoggedMessage, Shape, Webhook } from '../store/rows.ts';
import type { DueLane, Range, Repositories } from '../store/store.ts';
import type { Direction } from '../wire/payload.ts';
import { BundleFit } from './bundle.ts';
import type { Clock } from './clock.ts';
import { deliveryId } from './delivery-id.ts';
import { wantsChat } from './filters.ts';
import { mustPark } from './parking.ts';
import { behindFirst, type ReadAhead, readAhead, SINGLES_READ } from './read-ahead.ts';
import { type Rendering, renderBundle, renderSingle, type Site } from './render.ts';
import { cutBundle, dueAt, laneAfter, MAX_BUNDLE_MESSAGES, windowMs } from './window.ts';

/** Messages of a bundle are read so many at a time: texts may be long, and few of those fit. */
const PAGE = 100;
/** Of many bundles at once so many first: most end within it. */
const FIRST_PAGE = 32;
/** Characters of bundles, a few milliseconds of work. */
const RENDERED_AT_A_TIME = 200_000;

/** The head of a lane, ready to be sent. */
export interface Delivery {
  /** The lane as it stood when the head was looked at, seal included once there is one. */
  lane: Lane;
  shape: Shape;
  direction: Direction | null;
  lastSeq: number;
  messageCount: number;
  chat: Chat;
  account: Account;
  /** When its chat and account were read, Unix milliseconds. */
  foundAt: number;
  /** How many went before it, one after the other, without its lane being looked up among those due. */
  nth: number;
  /** What has been read of its chat behind it; nothing where a bundle ends. */
  ahead: ReadAhead;
  /** Of a bundle not sealed yet behind which nothing had come: when it opened, Unix milliseconds. Else null. */
  openedAt: number | null;
  id: string;
  body: string;
}

/** What is to be done with a due lane. */
export type Head =
  | { kind: 'send'; delivery: Delivery }
  /** Nothing to send yet, or at all (null): the lane is only moved. */
  | { kind: 'move'; to: Lane | null }
  /** It has failed so often, and others meanwhile succeeded, that it is set aside. */
  | { kind: 'park' };

/**
 * Looks at what the heads of due lanes are. A sealed head is what was written down; any other is found
 * anew with the settings of now.
 */
export async function findHeads(
  read: Repositories,
  site: Site,
  webhook: Webhook,
  due: readonly DueLane[],
  clock: Clock,
): Promise<Head[]> {
  const heads: (Head | null)[] = due.map((one) => withoutLooking(webhook, one, clock.now()));
  const looks = due.flatMap((one, i) => (heads[i] ? [] : { ...one, i, ...rangeOf(webhook, one) }));
  const begun = await read.messages.pages(
    looks.map(({ shape, range }) => ({
      ...range,
      limit: shape === 'single' ? SINGLES_READ : FIRST_PAGE,
    })),
  );
  let rendered = 0;
  for (const [n, look] of looks.entries()) {
    const head = await headOf(read, site, webhook, look, begun[n] ?? [], clock);
    heads[look.i] = head;
    rendered += head.kind === 'send' ? head.delivery.body.length : 0;
    if (rendered < RENDERED_AT_A_TIME) continue;
    // A bundle may be a megabyte: requests under way have their turn in between.
    await turnOfOthers();
    rendered = 0;
  }
  return heads as Head[];
}

/** The same of one lane. */
export async function findHead(
  ...[read, site, webhook, due, clock]: [Repositories, Site, Webhook, DueLane, Clock]
): Promise<Head> {
  const [head] = await findHeads(read, site, webhook, [due], clock);
  return head as Head;
}

/** What can be said of a head whatever messages there are; null where it takes a look at them. */
function withoutLooking(
  webhook: Webhook,
  { lane, chat, account }: DueLane,
  now: number,
): Head | null {
  const { seal, blame } = lane;
  if (seal) return mustPark(blame, webhook.lastSuccessAt, now) ? { kind: 'park' } : null;
  return wantsChat(webhook.filters, chat, account) ? null : { kind: 'move', to: null };
}

interface Look extends DueLane {
  shape: Shape;
  range: Range & { toSeq?: number };
}

function rangeOf(webhook: Webhook, { lane }: DueLane): Pick<Look, 'shape' | 'range'> {
  const { seal } = lane;
  const range = {
    chatId: lane.chatId,
    // Its lane may stand before it, on what is left out.
    fromSeq: seal?.shape === 'single' ? seal.lastSeq : lane.nextSeq,
    ...(seal && { toSeq: seal.lastSeq }),
    direction: seal ? seal.direction : (webhook.filters.direction ?? null),
    // Also of a sealed head: what was left out of it stays so, and gaps that came later lie behind it.
    gaps: webhook.gaps,
  };
  return { shape: seal?.shape ?? (webhook.granularityHours === 0 ? 'single' : 'bundle'), range };
}

/** @param begun what the range begins with */
async function headOf(
  read: Repositories,
  site: Site,
  webhook: Webhook,
  { lane, chat, account, shape, range }: Look,
  begun: LoggedMessage[],
  clock: Clock,
): Promise<Head> {
  const { seal } = lane;
  const { direction } = range;
  const context: Rendering = { site, webhook, direction, chat, account };
  const foundAt = clock.now();
  const { waiting, isAll } =
    shape === 'single'
      ? { waiting: begun, isAll: false }
      : await bundleful(read, range, seal ? null : new BundleFit(context), begun);
  // Read after the messages: one that has just come in must not look as if it came from the future.
  const now = clock.now();
  const [first] = waiting;
  if (!first) return { kind: 'move', to: await laneBehind(read, webhook, lane) };

  const send = (delivery: Delivery): Head => ({ kind: 'send', delivery });
  if (shape === 'single') {
    return send(
      single(context, lane, first, {
        foundAt,
        nth: 0,
        ahead: behindFirst(readAhead(range, waiting)),
      }),
    );
  }
  if (seal) return send(bundle(context, lane, waiting, { foundAt, openedAt: null }));

  // The direction filter may have been edited: then the first message that matches opens the window.
  const openedAt = first.seq === lane.nextSeq ? lane.openedAt : first.receivedAt;
  const due = dueAt(openedAt, webhook, lane.draining);
  if (due > now && first.seq !== lane.nextSeq) {
    return { kind: 'move', to: { ...lane, nextSeq: first.seq, openedAt, dueAt: due } };
  }
  const run = cutBundle(waiting, openedAt, windowMs(webhook.granularityHours), now);
  const isOpen = isAll && run.length === waiting.length;
  return send(bundle(context, lane, run, { foundAt, openedAt: isOpen ? openedAt : null }));
}

export function single(
  context: Rendering,
  lane: Lane,
  message: LoggedMessage,
  found: Pick<Delivery, 'foundAt' | 'nth' | 'ahead'>,
): Delivery {
  const { direction, chat, account } = context;
  return {
    ...found,
    ...{ lane, direction, chat, account, openedAt: null },
    shape: 'single',
    lastSeq: message.seq,
    messageCount: 1,
    id: deliveryId(lane.webhookId, 'single', lane.chatId, [message.seq]),
    body: JSON.stringify(renderSingle(context, message)),
  };
}

function bundle(
  context: Rendering,
  lane: Lane,
  messages: readonly LoggedMessage[],
  found: Pick<Delivery, 'foundAt' | 'openedAt'>,
): Delivery {
  const { direction, chat, account } = context;
  const seqs = messages.map(({ seq }) => seq);
  return {
    ...found,
    ...{ lane, direction, chat, account, nth: 0, ahead: readAhead({ direction }, []) },
    shape: 'bundle',
    lastSeq: seqs.at(-1) as number,
    messageCount: messages.length,
    id: deliveryId(lane.webhookId, 'bundle', lane.chatId, seqs),
    body: JSON.stringify(renderBundle(context, messages)),
  };
}

/**
 * Reads what a bundle can hold at most: up to 1,000 messages, and no more than fit.
 * @param fit null where the bundle has been sealed, and so is what it is
 * @param begun the first page
 * @returns with it, whether nothing waits behind it
 */
async function bundleful(
  read: Repositories,
  range: Look['range'],
  fit: BundleFit | null,
  begun: LoggedMessage[],
): Promise<{ waiting: LoggedMessage[]; isAll: boolean }> {
  const waiting: LoggedMessage[] = [];
  let page = begun;
  let limit = FIRST_PAGE;
  for (;;) {
    for (const message of page) {
      const isFull = waiting.length === MAX_BUNDLE_MESSAGES || (fit && !fit.take(message));
      if (isFull) return { waiting, isAll: false };
      waiting.push(message);
    }
    if (page.length < limit) return { waiting, isAll: true };
    limit = PAGE;
    const fromSeq = (page.at(-1) as LoggedMessage).seq + 1;
    page = await read.messages.range({ ...range, fromSeq, limit });
  }
}

/** What is behind the head of a lane. */
export const rangeBehind = (
  { filters, gaps }: Webhook,
  { chatId }: Lane,
  lastSeq: number,
): Range => ({ chatId, fromSeq: lastSeq + 1, direction: filters.direction ?? null, gaps });

/** The lane behind its head, as the log stands now; null where nothing is left. */
export async function laneBehind(
  read: Repositories,
  webhook: Webhook,
  lane: Lane,
  lastSeq = lane.seal?.lastSeq ?? lane.nextSeq,
): Promise<Lane | null> {
  const [next] = await read.messages.firsts([rangeBehind(webhook, lane, lastSeq)]);
  return laneAfter(lane, next ?? null, webhook);
}
