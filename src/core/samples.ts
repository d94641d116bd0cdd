import type { LoggedMessage, Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import type { BundlePayload, SinglePayload } from '../wire/payload.ts';
import type { Filters, Granularity } from '../wire/webhook.ts';
import { fitting } from './bundle.ts';
import { type Rendering, renderBundle, renderSingle, type Site } from './render.ts';
import { cutBundle, windowMs } from './window.ts';

const SAMPLES = 3;
/** How far back to look for samples, in messages that pass the filters. */
const LOOK_BACK = 500;

/**
 * Up to 3 newest items in exactly the payload's shape, as a webhook with these settings would have got
 * them; none where no message matches.
 */
export async function newestSamples(
  read: Repositories,
  site: Site,
  workspaceId: number,
  { granularityHours, filters }: { granularityHours: Granularity; filters: Filters },
  now: number,
): Promise<(SinglePayload | BundlePayload)[]> {
  const found = await read.messages.newest(workspaceId, LOOK_BACK, filters);
  /** `age` counts the messages that came after the run's last. */
  const runs: { context: Rendering; messages: LoggedMessage[]; age: number }[] = [];
  for (const [chatId, newestFirst] of Map.groupBy(found, (message) => message.chatId)) {
    const known = await read.chats.get(workspaceId, chatId);
    if (!known) continue;
    // To a webhook that was always there every chat was new once.
    const webhook: Pick<Webhook, 'createdAt'> = { createdAt: 0 };
    const context = { site, webhook, direction: filters.direction ?? null, ...known };
    for (const messages of cutAll(newestFirst.toReversed(), granularityHours, now)) {
      runs.push({ context, messages, age: found.indexOf(messages.at(-1) as LoggedMessage) });
    }
  }
  return runs
    .sort((a, b) => a.age - b.age)
    .slice(0, SAMPLES)
    .map(({ context, messages }) =>
      granularityHours === 0
        ? renderSingle(context, messages[0] as LoggedMessage)
        : renderBundle(context, fitting(context, messages)),
    );
}

/** Cuts a chat's messages as a webhook with this granularity would have. */
function cutAll(
  messages: readonly LoggedMessage[],
  granularity: Granularity,
  now: number,
): LoggedMessage[][] {
  if (granularity === 0) return messages.map((message) => [message]);
  const runs: LoggedMessage[][] = [];
  let rest = messages;
  while (rest[0]) {
    const run = cutBundle(rest, rest[0].receivedAt, windowMs(granularity), now);
    runs.push(run);
    rest = rest.slice(run.length);
  }
  return runs;
}
