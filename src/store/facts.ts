import type { NewWebhook } from '../wire/webhook.ts';

// What is told to people is stored as facts; core/ has the words for it, in each language.

/** Why a request counts as an error. */
export type SendError =
  | { code: `status_${number}` }
  | { code: 'timeout'; seconds: number }
  /** The code of the error underneath, or what is wrong with the answer. */
  | { code: 'connection_failed' | 'tls_failed' | 'bad_answer'; cause: string }
  /** `address` is what the host was looked up as, or the host itself. */
  | { code: 'address_refused'; host: string; address: string };

/** An error, or the English sentence that was stored for it before 0007. */
export type StoredError = SendError | { code: 'told'; text: string };

/** What may be edited of a webhook. */
export type SettingName = keyof Pick<
  NewWebhook,
  'target_url' | 'granularity_hours' | 'filters' | 'name' | 'concurrency' | 'rate_per_second'
>;

/** What each kind of entry of the activity log holds. A name of a chat may be "". */
export interface FactsOf {
  sent: { messages: number; chatName: string; ms: number };
  /** One that had been set aside. */
  resent: { chatName: string };
  /** `errors` in a row, this one included; 0 where it does not count. */
  failed: { error: SendError; errors: number; chatName: string };
  resend_failed: { error: SendError; chatName: string };
  off_by_errors: { errors: number };
  off_by_hand: object;
  zap_off: object;
  /** Zapier answered 410. */
  zap_gone: object;
  zap_has_other_trigger: object;
  /** Its pause was ended. */
  resumed: object;
  on_where_it_stopped: object;
  on_from_now: { leftOut: number };
  /** Of the messages gathered before, `orMore` may wait; those of the time when it was off may be left out. */
  zap_on: { waiting: number; orMore: boolean; leavesOut: boolean };
  settings_changed: { settings: SettingName[] };
  /** For so many hours the former secret signs too. */
  secret_changed: { hours: number };
  set_aside: { chatName: string; attempts: number; error: StoredError };
  /** `since` in Unix milliseconds. */
  replayed: { since: number; requests: number };
  waiting_expired: { messages: number };
  set_aside_expired: { deliveries: number };
  discarded: object;
  tested: { error: SendError | null };
  /** An English sentence from before 0007. */
  told: { text: string };
}

export type FactsKind = keyof FactsOf;

/** What an entry of the activity log says. */
export type ActivityFacts<Kind extends FactsKind = FactsKind> = {
  [K in Kind]: { kind: K } & FactsOf[K];
}[Kind];
