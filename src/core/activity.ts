import type { ActivityAction } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';
import type { Delivery } from './head.ts';
import { ERRORS_TOLERATED, type Outcome } from './health.ts';
import type { Attempt } from './sender.ts';

// The sentences of the activity log.

export const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export const sentDetail = (
  { messageCount, chatName }: Pick<Delivery, 'messageCount' | 'chatName'>,
  { startedAt, endedAt }: Pick<Outcome, 'startedAt' | 'endedAt'>,
) =>
  `Sent ${count(messageCount, 'message')}${chatName && ` of ${chatName}`} in ${endedAt - startedAt} ms`;

/** @param errors in a row, this one included; 0 where it does not count */
export const failedDetail = (
  attempt: Pick<Attempt, 'error'>,
  errors: number,
  { chatName }: Pick<Delivery, 'chatName'>,
) => {
  const count = `error ${errors} in a row; more than ${ERRORS_TOLERATED} switch the webhook off`;
  const rest = [chatName, errors > 0 && count].filter(Boolean).join('; ');
  return (attempt.error?.message ?? 'Failed') + (rest && ` (${rest})`);
};

export const disabledDetail = (errors: number) =>
  `Switched off after ${errors} errors in a row. Messages are kept; once the receiver works again, enable the webhook to catch up`;

/** Adds one to a webhook's activity log. */
export const note = (
  tx: Repositories,
  webhookId: number,
  at: number,
  action: ActivityAction,
  detail: string,
  chatId: number | null = null,
) => tx.history.add({ activities: [{ webhookId, at, action, detail, chatId }] });
