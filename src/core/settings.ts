import type { SettingName } from '../store/facts.ts';
import type { Webhook } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import type { NewWebhook } from '../wire/webhook.ts';
import { InvalidTargetUrlError } from './errors.ts';
import { HEALTHY } from './health.ts';

/** What a webhook is set to. */
export type Settings = Pick<NewWebhook, SettingName>;

/** Which of the given settings are others than the webhook's. */
export function changedSettings(webhook: Webhook, given: Partial<Settings>): SettingName[] {
  const present: Settings = {
    target_url: webhook.targetUrl,
    granularity_hours: webhook.granularityHours,
    filters: webhook.filters,
    name: webhook.name,
    concurrency: webhook.concurrency,
    rate_per_second: webhook.rate,
  };
  return (Object.keys(present) as SettingName[]).filter(
    (field) =>
      given[field] !== undefined && JSON.stringify(given[field]) !== JSON.stringify(present[field]),
  );
}

/**
 * Changes what is given. A new URL clears the error count and ends pauses; a new granularity dates open
 * bundles anew.
 */
export async function changeSettings(
  tx: Repositories,
  webhook: Webhook,
  given: Partial<Settings>,
  now: number,
): Promise<Webhook> {
  const changes = changedSettings(webhook, given);
  if (changes.length === 0) return webhook;
  const next = await tx.webhooks.change(webhook, {
    ...(given.target_url !== undefined && { targetUrl: given.target_url }),
    ...(given.granularity_hours !== undefined && { granularityHours: given.granularity_hours }),
    ...(given.filters !== undefined && { filters: given.filters }),
    ...(given.name !== undefined && { name: given.name }),
    ...(given.concurrency !== undefined && { concurrency: given.concurrency }),
    ...(given.rate_per_second !== undefined && { rate: given.rate_per_second }),
    ...(changes.includes('target_url') && { health: HEALTHY }),
  });
  if (changes.includes('target_url')) await tx.actions.add(webhook.id, { kind: 'resume' });
  if (changes.includes('granularity_hours')) {
    const direction = webhook.filters.direction ?? null;
    const singles = webhook.granularityHours === 0 && { singles: { direction, openedBy: now } };
    await tx.actions.add(webhook.id, { kind: 'reschedule', ...singles });
  }
  return next;
}

/** @throws {InvalidTargetUrlError} where the text is no address that can be POSTed to */
export function checkTargetUrl(text: string): void {
  const url = URL.parse(text);
  if (!url) {
    throw new InvalidTargetUrlError('no_http_url', `"${text.slice(0, 100)}" is not a URL`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new InvalidTargetUrlError('no_http_url', 'Only http and https addresses can be webhooks');
  }
  if (url.username || url.password) {
    throw new InvalidTargetUrlError(
      'credentials',
      'A webhook URL cannot carry a user name or password',
    );
  }
}
