import type { ActivityFacts, FactsKind } from '../store/facts.ts';
import type { Activity, ActivityAction } from '../store/rows.ts';
import type { Repositories } from '../store/store.ts';

/** What is written down now; a sentence that was only told is from before. */
export type NewFacts = ActivityFacts<Exclude<FactsKind, 'told'>>;

/** What an entry is an entry of, in the API. */
const ACTIONS = {
  sent: 'sent',
  resent: 'sent',
  failed: 'failed',
  resend_failed: 'failed',
  off_by_errors: 'disabled',
  off_by_hand: 'disabled',
  zap_off: 'disabled',
  zap_gone: 'disabled',
  zap_has_other_trigger: 'disabled',
  resumed: 'enabled',
  on_where_it_stopped: 'enabled',
  on_from_now: 'enabled',
  zap_on: 'enabled',
  settings_changed: 'edited',
  secret_changed: 'edited',
  set_aside: 'parked',
  replayed: 'replayed',
  waiting_expired: 'dropped',
  set_aside_expired: 'dropped',
  discarded: 'dropped',
  tested: 'test',
} satisfies Record<NewFacts['kind'], ActivityAction>;

/** @param chatId the chat that the facts name */
export const activity = (
  webhookId: number,
  at: number,
  facts: NewFacts,
  chatId: number | null = null,
): Activity => ({ webhookId, at, action: ACTIONS[facts.kind], facts, chatId });

/** Adds one to a webhook's activity log. */
export const note = (tx: Repositories, ...entry: Parameters<typeof activity>) =>
  tx.history.add({ activities: [activity(...entry)] });
