import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';

export interface HappeningsData {
  readonly none?: never;
}

export async function loadHappenings(
  _context: WebContext,
  _webhook: Webhook,
): Promise<HappeningsData> {
  return {};
}

export function Happenings(_props: {
  webhook: Webhook;
  status: WebhookStatus;
  data: HappeningsData;
}) {
  return null;
}

export function happeningPages(_pages: Pages, _context: WebContext): void {}
