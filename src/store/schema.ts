import type { Generated } from 'kysely';
import type { ActivityAction } from './rows.ts';

// The tables as they are in the database. Booleans are 0/1 and times Unix milliseconds.

export interface Tables {
  workspace: {
    id: Generated<number>;
    name: string;
    owner_name: string;
    owner_email: string;
    /** Raised with every change of the workspace's webhooks, so that intake's cache can tell. */
    webhooks_version: Generated<number>;
    /** The owner's. */
    language: Generated<'en' | 'pl'>;
    /** Its hash, null until the owner has chosen one. */
    password: string | null;
    /** Hash of the one-time link that sets the password, and how long it holds. */
    link: string | null;
    link_until: number | null;
  };
  session: { hash: string; workspace_id: number; seen_at: number };
  api_key: {
    hash: string;
    workspace_id: number;
    hint: string;
    created_at: number;
    label: Generated<string>;
    last_used_at: number | null;
  };
  account: {
    id: Generated<number>;
    workspace_id: number;
    phone: string;
    full_name: Generated<string>;
    email: Generated<string>;
    skipped_attachment: Generated<number>;
    skipped_no_text: Generated<number>;
    source_full_name: Generated<string>;
    source_email: Generated<string>;
  };
  chat: {
    id: Generated<number>;
    workspace_id: number;
    account_id: number;
    source_id: string;
    source_name: string;
    given_name: string | null;
    phone: string;
    is_group: number;
    responsible_name: Generated<string>;
    responsible_email: Generated<string>;
    created_at: number;
    last_seq: Generated<number>;
    first_received_seq: number | null;
    first_sent_seq: number | null;
    /** The chat of the same person that goes on in its place; always one that is no redirect itself. */
    redirect_to: number | null;
    seeded: Generated<number>;
    last_message_at: Generated<number>;
  };
  person: {
    id: Generated<number>;
    account_id: number;
    chat_id: number | null;
    name: Generated<string>;
  };
  alias: { account_id: number; alias: string; person_id: number };
  message: {
    id: Generated<number>;
    workspace_id: number;
    chat_id: number;
    seq: number;
    uuid: string;
    direction: 'received' | 'sent';
    timestamp: number;
    received_at: number;
    sender_name: string;
    sender_phone: string;
    recipient_name: string;
    recipient_phone: string;
    origin: 'product' | 'phone';
    text: string;
  };
  seen: { account_id: number; direction: string; native_id: string; received_at: number };
  webhook: {
    id: Generated<number>;
    workspace_id: number;
    name: string;
    target_url: string;
    granularity_hours: number;
    filters: string;
    secret: string;
    source: 'manual' | 'zapier';
    zap_id: string | null;
    subscription: Generated<string>;
    subscribed_at: number | null;
    disabled_position: number | null;
    created_at: number;
    enabled: number;
    disabled_reason: 'errors' | 'owner' | 'unsubscribed' | null;
    disabled_at: number | null;
    flushed_at: number | null;
    gaps: Generated<string>;
    concurrency: Generated<number>;
    rate: number | null;
    former_secrets: string | null;
    last_success_at: number | null;
    consecutive_errors: Generated<number>;
    last_error_at: number | null;
    paused_until: number | null;
    /** How many requests and actions were ever logged; the rings' slots follow from it. */
    requests: Generated<number>;
    actions: Generated<number>;
  };
  lane: {
    webhook_id: number;
    chat_id: number;
    next_seq: number;
    opened_at: number;
    due_at: number;
    attempts: number;
    blamed: number;
    blamed_since: number | null;
    blamed_at: number | null;
    error: string | null;
    sealed_seq: number | null;
    sealed_shape: 'single' | 'bundle' | null;
    sealed_direction: 'received' | 'sent' | null;
  };
  parked: {
    id: Generated<number>;
    webhook_id: number;
    chat_id: number;
    first_seq: number;
    last_seq: number;
    shape: 'single' | 'bundle';
    direction: 'received' | 'sent' | null;
    parked_at: number;
    attempts: number;
    error: string;
  };
  action: {
    id: Generated<number>;
    webhook_id: number;
    kind: string;
    params: string;
    position: Generated<number>;
  };
  email: {
    id: Generated<number>;
    workspace_id: number;
    webhook_id: number;
    message_id: string;
    created_at: number;
    facts: string;
    state: Generated<'waiting' | 'unsent' | 'sent' | 'given_up' | 'cancelled'>;
    reason: 'smtp_not_configured' | 'no_owner_email' | null;
    attempts: Generated<number>;
    due_at: number;
    sent_at: number | null;
  };
  daily_counter: {
    webhook_id: number;
    /** Days since 1970-01-01, UTC. */
    day: number;
    succeeded: number;
    failed: number;
    messages: number;
  };
  source: {
    id: string;
    workspace_id: number;
    kind: string;
    name: string;
    secrets: string;
    former_secrets: string;
    created_at: number;
    last_heard_at: number | null;
    taken: Generated<number>;
    dropped: Generated<string>;
    last_refused_at: number | null;
    last_refusal: string | null;
  };
  request_log: {
    webhook_id: number;
    slot: number;
    n: number;
    at: number;
    entry: Buffer;
    chat_id: number | null;
  };
  activity: {
    webhook_id: number;
    slot: number;
    n: number;
    at: number;
    action: ActivityAction;
    facts: string;
    chat_id: number | null;
  };
}
