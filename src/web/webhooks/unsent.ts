import type { Email, Webhook } from '../../store/rows.ts';

/** Why its owner was not told by e-mail that errors have switched a webhook off. */
export type Unsent = 'no_server' | 'no_address' | 'given_up';

/**
 * Null where the e-mail went out, or may still do so soon.
 * @param emails those about the webhook, the latest first
 */
export function unsentOf(
  { disabledReason }: Pick<Webhook, 'disabledReason'>,
  [latest]: readonly Pick<Email, 'state' | 'reason'>[],
): Unsent | null {
  if (disabledReason !== 'errors' || !latest) return null;
  if (latest.state === 'given_up') return 'given_up';
  if (latest.state !== 'unsent') return null;
  return latest.reason === 'no_owner_email' ? 'no_address' : 'no_server';
}
