import type { Webhook } from '../../store/rows.ts';

/** Where it sends to, without the path, which may carry a token. */
export const hostOf = ({ targetUrl }: Pick<Webhook, 'targetUrl'>): string =>
  new URL(targetUrl).host;

/** What people call a webhook: its name, else its Zap, else where it sends to. */
export const titleOf = (webhook: Pick<Webhook, 'name' | 'zapId' | 'targetUrl'>): string =>
  webhook.name || (webhook.zapId === null ? hostOf(webhook) : `Zap ${webhook.zapId}`);
