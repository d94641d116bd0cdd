import { z } from 'zod';
import type { Accepted } from '../../core/intake.ts';
import { readMessages } from '../../sources/native.ts';
import { type InboundMessage, inboundMessageSchema } from '../../wire/inbound.ts';
import { ApiError, explainIssue } from '../errors.ts';
import { type Api, type ApiContext, errorResponses } from './context.ts';

const MAX_MESSAGES = 1000;
/** A thousand messages of 64 KiB would be more; a thousand usual ones are far less. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

const bodySchema = z.union([
  inboundMessageSchema,
  z.strictObject({ messages: z.array(inboundMessageSchema).min(1).max(MAX_MESSAGES) }),
]);

const passedBySchema = z.object({ index: z.number().int(), code: z.string(), message: z.string() });

const resultSchema = z.object({
  accepted: z.number().int().meta({ description: 'Messages taken and durable.' }),
  duplicates: z.number().int().meta({ description: 'Messages that had been taken before.' }),
  skipped: z.array(passedBySchema).meta({ description: 'Nothing to carry: only text is.' }),
  rejected: z
    .array(passedBySchema.extend({ field: z.string() }))
    .meta({ description: 'Bad items; the others were taken all the same.' }),
});

type Result = z.infer<typeof resultSchema>;
type Rejection = Result['rejected'][number];

const SKIPPED = {
  attachment: 'Messages with attachments are not carried',
  no_text: 'The message has no text',
} as const;

/** `POST /messages`: answers 202 once everything taken is durable. */
export function messageRoutes(api: Api, { intake, metrics }: ApiContext): void {
  api.route({
    method: 'POST',
    url: '/messages',
    bodyLimit: BODY_LIMIT_BYTES,
    schema: {
      tags: ['Messages'],
      summary: 'Hand over one message, or up to 1,000 as {"messages": […]}',
      description:
        'Answered once every accepted message is durable. The same account, direction and message_id again is a duplicate: accepted, and not delivered twice.',
      body: bodySchema,
      response: { 202: resultSchema, ...errorResponses },
    },
    // A flood must not have each request read that is refused afterwards.
    preParsing: ({ workspaceId }, _reply, body, done) => {
      try {
        intake.checkRoom(workspaceId);
        done(null, body);
      } catch (error) {
        done(error as Error);
      }
    },
    // Each message is judged on its own below, so that a bad one does not spoil the rest.
    validatorCompiler: () => (value) => ({ value }),
    handler: async (request, reply) => {
      const items = itemsOf(request.body);
      const { good, rejected } = judge(items);
      const outcomes =
        good.length > 0
          ? await intake.accept(
              request.workspaceId,
              good.map(({ message }) => message),
            )
          : [];
      const result = summarise(outcomes, good, rejected);
      metrics.intake.took({
        accepted: result.accepted,
        duplicate: result.duplicates,
        skipped: result.skipped.length,
        rejected: result.rejected.length,
      });
      if (result.rejected.length === items.length) {
        const [first] = result.rejected as [Rejection];
        const message = items.length === 1 ? first.message : `No item is usable: ${first.message}`;
        throw new ApiError('nothing_usable', message, first.field);
      }
      return reply.code(202).send(result);
    },
  });
}

function itemsOf(body: unknown): unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_request', 'Send one message, or {"messages": [ … ]}');
  }
  if (!('messages' in body)) return [body];
  const { messages, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown) {
    throw new ApiError(
      'invalid_request',
      `There is no field "${unknown}" beside messages`,
      unknown,
    );
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new ApiError('invalid_request', 'messages: give a list of messages', 'messages');
  }
  if (messages.length > MAX_MESSAGES) {
    throw new ApiError(
      'invalid_request',
      `messages: at most ${MAX_MESSAGES} at once, and these are ${messages.length}`,
      'messages',
    );
  }
  return messages;
}

interface Good {
  index: number;
  message: InboundMessage;
}

function judge(items: unknown[]): { good: Good[]; rejected: Rejection[] } {
  const good: Good[] = [];
  const rejected: Rejection[] = [];
  for (const [index, read] of readMessages(items).entries()) {
    if ('message' in read) good.push({ index, message: read.message });
    else rejected.push({ index, code: 'invalid_message', ...explainIssue(read.issue) });
  }
  return { good, rejected };
}

function summarise(outcomes: Accepted[], good: Good[], rejected: Rejection[]): Result {
  const result: Result = { accepted: 0, duplicates: 0, skipped: [], rejected };
  for (const [i, outcome] of outcomes.entries()) {
    const { index } = good[i] as Good;
    switch (outcome.status) {
      case 'accepted':
        result.accepted += 1;
        break;
      case 'duplicate':
        result.duplicates += 1;
        break;
      case 'skipped':
        result.skipped.push({ index, code: outcome.code, message: SKIPPED[outcome.code] });
        break;
      case 'rejected':
        result.rejected.push({
          index,
          code: outcome.code,
          message: 'chat.chat_id: this account has no such chat',
          field: 'chat.chat_id',
        });
    }
  }
  result.rejected.sort((a, b) => a.index - b.index);
  return result;
}
