import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { type ActivityData, ActivityLog, activityPages, loadActivity } from './activity.tsx';
import { Failing, type FailingData, failingPages, loadFailing } from './failing.tsx';
import { Flush, flushPages, loadOpenBundles, type OpenBundles } from './flush.tsx';
import { Held, type HeldData, heldPages, loadHeld } from './held.tsx';
import { logPages } from './log.tsx';
import { loadParked, type ParkedData, ParkedList, parkedPages } from './parked.tsx';
import { ReplayCard, replayPages } from './replay.tsx';
import { resumePages } from './resume.tsx';
import { TestCard, testPages } from './test.tsx';

/** What happens with a webhook, beside its settings. */
export interface HappeningsData {
  held: HeldData;
  failing: FailingData;
  parked: ParkedData;
  open: OpenBundles | null;
  activity: ActivityData;
}

export async function loadHappenings(
  context: WebContext,
  webhook: Webhook,
): Promise<HappeningsData> {
  return {
    held: await loadHeld(context, webhook),
    failing: await loadFailing(context, webhook),
    parked: await loadParked(context, webhook),
    open: await loadOpenBundles(context, webhook),
    activity: await loadActivity(context, webhook),
  };
}

interface HappeningsProps {
  webhook: Webhook;
  status: WebhookStatus;
  data: HappeningsData;
}

/** The part of a webhook's page that shows what happens, and steers it. */
export function Happenings({ webhook, status, data }: HappeningsProps) {
  return (
    <div class="happenings">
      <Held webhook={webhook} status={status} data={data.held} />
      <Failing webhook={webhook} data={data.failing} />
      <ParkedList webhook={webhook} data={data.parked} />
      <ActivityLog webhook={webhook} data={data.activity} />
      <TestCard webhook={webhook} />
      <Flush webhook={webhook} open={data.open} />
      <ReplayCard webhook={webhook} />
    </div>
  );
}

export function happeningPages(pages: Pages, context: WebContext): void {
  heldPages(pages, context);
  resumePages(pages, context);
  failingPages(pages, context);
  parkedPages(pages, context);
  activityPages(pages, context);
  testPages(pages, context);
  flushPages(pages, context);
  replayPages(pages, context);
  logPages(pages, context);
}
