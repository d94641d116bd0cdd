import { z } from 'zod';
import { Harvest } from './harvest.ts';
import { isHmac, isSameSecret } from './hmac.ts';
import type {
  Handshake,
  Mapped,
  RefusalCode,
  Secrets,
  SourceRequest,
  WebhookSource,
} from './source.ts';
import { takeChange } from './whatsapp-cloud-changes.ts';

// The WhatsApp Business Platform, Meta's own API for companies. One request holds up to 1,000 updates, in
// lists within lists: entries (business accounts), their changes (of one number and one kind), and within each
// the messages. Every one of them is walked, and read on its own.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview

const bodySchema = z.object({ entry: z.array(z.unknown()) });
const entrySchema = z.object({ changes: z.array(z.unknown()) });

export const whatsappCloud = {
  kind: 'whatsapp-cloud',
  secrets: { app_secret: 'theirs', verify_token: 'ours' },

  verify(
    { headers, rawBody }: SourceRequest,
    { app_secret: secret }: Secrets<'app_secret' | 'verify_token'>,
  ): RefusalCode | null {
    const [, signature] = /^sha256=(.+)$/.exec(String(headers['x-hub-signature-256'] ?? '')) ?? [];
    if (!secret) return 'no_secret';
    if (!signature) return 'unsigned';
    return isHmac('sha256', secret, rawBody, signature) ? null : 'wrong_signature';
  },

  handshake(
    query: Readonly<Record<string, unknown>>,
    { verify_token: token }: Secrets<'app_secret' | 'verify_token'>,
  ): Handshake {
    const given = query['hub.verify_token'];
    const challenge = query['hub.challenge'];
    const isOne = query['hub.mode'] === 'subscribe' && typeof given === 'string';
    if (!isOne || typeof challenge !== 'string' || !CHALLENGE.test(challenge)) {
      return { refusal: 'no_handshake' };
    }
    return token && isSameSecret(given, token) ? { challenge } : { refusal: 'wrong_token' };
  },

  map(body: unknown): Mapped {
    const harvest = new Harvest();
    for (const change of changesOf(harvest, body)) takeChange(harvest, change);
    return harvest;
  },
} as const satisfies WebhookSource<'app_secret' | 'verify_token'>;

/** Nothing that a browser could take for a page. */
const CHALLENGE = /^[\w.-]{1,256}$/;

function changesOf(harvest: Harvest, body: unknown): unknown[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) harvest.drop('unreadable');
  return (parsed.data?.entry ?? []).flatMap((given) => {
    const entry = entrySchema.safeParse(given);
    if (!entry.success) harvest.drop('unreadable');
    return entry.data?.changes ?? [];
  });
}
