import { z } from 'zod';
import { type InboundMessage, inboundMessageSchema } from '../wire/inbound.ts';
import type { Mapped, Source } from './source.ts';

/** One message of an ingest call, read: itself, or what is the matter with it. */
export type Read = { message: InboundMessage } | { issue: z.core.$ZodIssue };

/** Reads the messages of a call one by one, so that a bad one does not spoil the rest. One result each. */
export function readMessages(items: readonly unknown[]): Read[] {
  return items.map((item) => {
    const parsed = inboundMessageSchema.safeParse(item);
    return parsed.success
      ? { message: parsed.data }
      : { issue: parsed.error.issues[0] as z.core.$ZodIssue };
  });
}

const severalSchema = z.object({ messages: z.array(z.unknown()) });

/**
 * Our own ingest call: whoever holds an API key hands messages over, one or several. It names no aliases, as
 * its callers name their chats themselves.
 */
export const native = {
  kind: 'native',
  map(body: unknown): Mapped {
    const several = severalSchema.safeParse(body);
    const read = readMessages(several.success ? several.data.messages : [body]);
    const good = read.filter((one) => 'message' in one);
    const bad = read.length - good.length;
    return {
      items: good.map(({ message }) => ({ kind: 'message', message, aliases: [] })),
      dropped: bad > 0 ? { invalid: bad } : {},
    };
  },
} as const satisfies Source;
