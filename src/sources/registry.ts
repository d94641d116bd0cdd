import type { WebhookSource } from './source.ts';
import { waha } from './waha.ts';
import { whatsappCloud } from './whatsapp-cloud.ts';

/** Every source that can be connected. (The ingest call, native.ts, is always there.) */
export const WEBHOOK_SOURCES = [waha, whatsappCloud] as const;

export type SourceKind = (typeof WEBHOOK_SOURCES)[number]['kind'];

export const SOURCE_KINDS = WEBHOOK_SOURCES.map(({ kind }) => kind);

/** The source of this kind; undefined where there is none. */
export const webhookSource = (kind: string): WebhookSource | undefined =>
  WEBHOOK_SOURCES.find((source) => source.kind === kind);
