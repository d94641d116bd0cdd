import { randomUUID } from 'node:crypto';
import type { NewEmail } from '../store/everyday/outbox.ts';
import type { SendError } from '../store/facts.ts';
import type { Webhook } from '../store/rows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long to wait after the n-th failure; beyond the last, as the last. */
const PAUSES_MS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR] as const;
const LONGEST_PAUSE_MS = 4 * HOUR;

/** Older news is no news: an e-mail that has not gone out by then never will. */
export const GIVEN_UP_AFTER_MS = 72 * HOUR;

/** Nothing is put off further than this; what seems to be was dated before the clock was set back. */
export const latestDue = (now: number) => now + LONGEST_PAUSE_MS;

/** Whether an e-mail made then is no longer worth sending. */
export const isTooOld = (createdAt: number, now: number) => now - createdAt >= GIVEN_UP_AFTER_MS;

/**
 * When an e-mail is to be looked at again after its n-th failure: to be tried, or to be given up.
 * @param failures this one included
 */
export function nextLook(createdAt: number, failures: number, now: number): number {
  const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? LONGEST_PAUSE_MS;
  return Math.min(now + pause, createdAt + GIVEN_UP_AFTER_MS);
}

// The side of a Message-ID that tells installations apart: the UUID does. Nobody can own this domain
// (RFC 2606), and where mail is sent from may be settled only after the webhook was switched off.
const MESSAGE_ID_DOMAIN = 'pakiet.invalid';

/**
 * The e-mail that tells of a webhook switched off by errors. Its Message-ID is made here and stored with
 * it, so that whoever gets it twice, after a crash, can tell.
 * @param lastError the one too many
 */
export function switchOffEmail(
  webhook: Webhook,
  { at, errors, lastError }: { at: number; errors: number; lastError: SendError },
): NewEmail {
  return {
    workspaceId: webhook.workspaceId,
    webhookId: webhook.id,
    messageId: `<${randomUUID()}@${MESSAGE_ID_DOMAIN}>`,
    createdAt: at,
    facts: {
      name: webhook.name,
      host: new URL(webhook.targetUrl).host,
      source: webhook.source,
      zapId: webhook.zapId,
      at,
      errors,
      lastError,
    },
  };
}
