import type { Lane, LoggedMessage, Shape, Webhook } from '../store/rows.ts';
import type { DueLane, Repositories } from '../store/store.ts';
import type { Direction } from '../wire/payload.ts';
import type { Clock } from './clock.ts';
import { deliveryId } from './delivery-id.ts';
import { wantsChat } from './filters.ts';
import { type Rendering, renderBundle, renderSingle, type Site } from './render.ts';
import { cutBundle, dueAt, laneAfter, MAX_BUNDLE_MESSAGES, windowMs } from './window.ts';

/** A bundle's body may be so large; what goes beyond is the next bundle. */
const MAX_BUNDLE_BYTES = 1_000_000;

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
  | { kind: 'move'; to: Lane | null };

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
  if (!seal && !wantsChat(webhook.filters, chat, account)) {
    return { kind: 'move', to: null };
  }
  const shape = seal?.shape ?? (webhook.granularityHours === 0 ? 'single' : 'bundle');
  const direction = seal ? seal.direction : (webhook.filters.direction ?? null);
  const waiting = await read.messages.range({
    chatId: lane.chatId,
    fromSeq: lane.nextSeq,
    ...(seal && { toSeq: seal.lastSeq }),
    direction,
    limit: shape === 'single' ? 1 : MAX_BUNDLE_MESSAGES,
  });
  // After the read: all that was read had come by then, unless the clock has been set back.
  const now = clock.now();
  const [first] = waiting;
  if (!first) return { kind: 'move', to: await laneBehind(read, webhook, lane) };

  const context: Rendering = { site, webhook, direction, chat, account };
  const send = (messages: readonly LoggedMessage[], body: string): Head => ({
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
      body,
    },
  });
  if (shape === 'single') return send([first], JSON.stringify(renderSingle(context, first)));
  if (seal) return send(waiting, JSON.stringify(renderBundle(context, waiting)));

  // The direction filter may have been edited: then the first message that matches opens the window.
  const openedAt = first.seq === lane.nextSeq ? lane.openedAt : first.receivedAt;
  const due = dueAt(openedAt, webhook);
  if (due > now && first.seq !== lane.nextSeq) {
    return { kind: 'move', to: { ...lane, nextSeq: first.seq, openedAt, dueAt: due } };
  }
  const run = cutBundle(waiting, openedAt, windowMs(webhook.granularityHours), now);
  const fitting = largestFitting(context, run);
  return send(fitting.messages, fitting.body);
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
  });
  return laneAfter(lane, next, webhook);
}

/** The longest start of the run whose body is within the limit; at least one message. */
function largestFitting(
  context: Rendering,
  run: readonly LoggedMessage[],
): { messages: readonly LoggedMessage[]; body: string } {
  const of = (count: number) => {
    const messages = run.slice(0, count);
    return { messages, body: JSON.stringify(renderBundle(context, messages)) };
  };
  const whole = of(run.length);
  if (Buffer.byteLength(whole.body) <= MAX_BUNDLE_BYTES) return whole;
  let fits = 1;
  let tooMany = run.length;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (Buffer.byteLength(of(middle).body) <= MAX_BUNDLE_BYTES) fits = middle;
    else tooMany = middle;
  }
  return of(fits);
}
