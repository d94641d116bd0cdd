import { remembered } from '../store/remembered.ts';
import type { Webhook } from '../store/rows.ts';

/**
 * Zapier answers 429 above 30 requests a second to one hook
 * (https://docs.zapier.com/platform/build/cli-hook-trigger); this stays clear of it.
 */
const ZAPIER_RATE = 25;
const ZAPIER_HOST = /(^|\.)zapier\.com$/;
const isZapiers = remembered(
  (targetUrl) => ZAPIER_HOST.test(URL.parse(targetUrl)?.hostname ?? ''),
  1000,
);

/** Milliseconds between the starts of two requests of the webhook; 0 where it has no rate. */
export function spacingMs({ rate, targetUrl }: Pick<Webhook, 'rate' | 'targetUrl'>): number {
  const perSecond = rate ?? (isZapiers(targetUrl) ? ZAPIER_RATE : null);
  return perSecond === null ? 0 : 1000 / perSecond;
}

/**
 * Requests that a webhook may have under way while others want to start some too.
 * @param cap over all webhooks
 * @param active webhooks that have requests under way or want to start one
 */
export function fairShare(cap: number, active: number): number {
  return Math.max(1, Math.floor(cap / Math.max(1, active)));
}

/** Starts that may follow each other at once, to make up for alarms that ring late. */
const TOLERATED = 3;
/** Pacing never looks further ahead, in spacings, rounding included: what does was paced by another clock. */
const FURTHEST = TOLERATED + 1.5;

/**
 * When the next request may start, given when it would be due at an even pace. Zapier counts by the
 * second: at 25 a second with this tolerance no second holds more than 29.
 */
export function opensAt(evenlyDueAt: number, spacing: number, now: number): number {
  const ahead = evenlyDueAt - now;
  return ahead > FURTHEST * spacing ? now : evenlyDueAt - TOLERATED * spacing;
}

/** When the request after one that starts now is due at an even pace. */
export function evenlyDueAfter(evenlyDueAt: number, spacing: number, now: number): number {
  const ahead = evenlyDueAt - now;
  return (ahead > FURTHEST * spacing ? now : Math.max(evenlyDueAt, now)) + spacing;
}
