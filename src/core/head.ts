import type { Lane, LoggedMessage, Shape, Webhook } from '../store/rows.ts';
import type { DueLane, Range, Repositories } from '../store/store.ts';
import type { Direction } from '../wire/payload.ts';
import { BundleFit } from './bundle.ts';
import type { Clock } from './clock.ts';
import { deliveryId } from './delivery-id.ts';
import { wantsChat } from './filters.ts';
import { mustPark } from './parking.ts';
import { type Rendering, renderBundle, renderSingle, type Site } from './render.ts';
import { cutBundle, dueAt, laneAfter, MAX_BUNDLE_MESSAGES, windowMs } from './window.ts';

/** Messages of a bundle are read so many at a time: texts may be long, and few of those fit. */
const PAGE = 100;

/** The head of a lane, ready to be sent. */
export interface Delivery {
  /** The lane as it stood when the head was looked at, seal included once there is one. */
  lane: Lane;
  shape: Shape;
  direction: Direction | null;
  lastSeq: number;
  messageCount: number;
  chatName: string;
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
 * Looks at what a due lane's head is. A sealed head is what was written down; any other is found anew
 * with the settings of now.
 */
export async function findHead(
  read: Repositories,
  site: Site,
  webhook: Webhook,
  { lane, chat, account }: DueLane,
  clock: Clock,
): Promise<Head> {
  const { seal } = lane;
  if (seal && mustPark(lane.blame, webhook.lastSuccessAt, clock.now())) return { kind: 'park' };
  if (!seal && !wantsChat(webhook.filters, chat, account)) {
    return { kind: 'move', to: null };
  }
  const shape = seal?.shape ?? (webhook.granularityHours === 0 ? 'single' : 'bundle');
  const direction = seal ? seal.direction : (webhook.filters.direction ?? null);
  const range = {
    chatId: lane.chatId,
    fromSeq: lane.nextSeq,
    ...(seal && { toSeq: seal.lastSeq }),
    direction,
    // A sealed head is sent as it was written down.
    ...(!seal && { gaps: webhook.gaps }),
  };
  const context: Rendering = { site, webhook, direction, chat, account };
  const waiting =
    shape === 'single'
      ? await read.messages.range({ ...range, limit: 1 })
      : await bundleful(read, range, seal ? null : new BundleFit(context));
  // Read after the messages: one that has just come in must not look as if it came from the future.
  const now = clock.now();
  const [first] = waiting;
  if (!first) return { kind: 'move', to: await laneBehind(read, webhook, lane) };

  const send = (messages: readonly LoggedMessage[], payload: object): Head => ({
    kind: 'send',
    delivery: {
      lane,
      shape,
      direction,
      lastSeq: (messages.at(-1) as LoggedMessage).seq,
      messageCount: messages.length,
      chatName: chat.fullName,
      id: deliveryId(
        lane.webhookId,
        shape,
        lane.chatId,
        messages.map(({ seq }) => seq),
      ),
      body: JSON.stringify(payload),
    },
  });
  if (shape === 'single') return send([first], renderSingle(context, first));
  if (seal) return send(waiting, renderBundle(context, waiting));

  // The direction filter may have been edited: then the first message that matches opens the window.
  const openedAt = first.seq === lane.nextSeq ? lane.openedAt : first.receivedAt;
  const due = dueAt(openedAt, webhook, lane.draining);
  if (due > now && first.seq !== lane.nextSeq) {
    return { kind: 'move', to: { ...lane, nextSeq: first.seq, openedAt, dueAt: due } };
  }
  const run = cutBundle(waiting, openedAt, windowMs(webhook.granularityHours), now);
  return send(run, renderBundle(context, run));
}

/**
 * Reads what a bundle can hold at most: up to 1,000 messages, and no more than fit.
 * @param fit null where the bundle has been sealed, and so is what it is
 */
async function bundleful(
  read: Repositories,
  range: Range & { toSeq?: number },
  fit: BundleFit | null,
): Promise<LoggedMessage[]> {
  const found: LoggedMessage[] = [];
  let { fromSeq } = range;
  while (found.length < MAX_BUNDLE_MESSAGES) {
    const page = await read.messages.range({ ...range, fromSeq, limit: PAGE });
    for (const message of page) {
      if (fit && !fit.take(message)) return found;
      found.push(message);
    }
    if (page.length < PAGE) break;
    fromSeq = (page.at(-1) as LoggedMessage).seq + 1;
  }
  return found;
}

/** The lane behind its head, as the log stands now. */
export async function laneBehind(
  read: Repositories,
  webhook: Webhook,
  lane: Lane,
  lastSeq = lane.seal?.lastSeq ?? lane.nextSeq,
): Promise<Lane | null> {
  const next = await read.messages.first({
    chatId: lane.chatId,
    fromSeq: lastSeq + 1,
    direction: webhook.filters.direction ?? null,
    gaps: webhook.gaps,
  });
  return laneAfter(lane, next, webhook);
}
