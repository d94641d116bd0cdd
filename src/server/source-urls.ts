import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../core/source-intake.ts';
import { refusalSentence } from '../core/source-sentence.ts';
import { type SourceKind, WEBHOOK_SOURCES } from '../sources/registry.ts';
import { parseBody, type RefusalCode, type WebhookSource } from '../sources/source.ts';
import { limiter, refuseBeyond } from './access.ts';
import type { ApiContext } from './api/context.ts';
import { ApiError } from './errors.ts';
import { isTooDeep } from './nesting.ts';

/** Meta sends up to 3 MB. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** Requests from one address that are not let in, within a minute. */
const FAILURES = 30;

declare module 'fastify' {
  interface FastifyRequest {
    /** The source whose URL was called. */
    caller: Caller | null;
  }
}

/**
 * The URLs that sources call. There is no key: a request is let in by its signature over the very bytes of
 * its body, which are not parsed before. An address that is refused too often is told to wait, and a request
 * with the right signature is let in from there all the same; access.ts says why.
 *
 * Whoever signs is answered 200 once what there was to take is durable, also where there was nothing: what
 * cannot be read, or is of nobody we know, is counted with the source, and would be no better the next time.
 */
export function sourceUrls(
  app: FastifyInstance,
  { sourceIntake, metrics }: Pick<ApiContext, 'sourceIntake' | 'metrics'>,
): void {
  const failures = limiter(app, FAILURES);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('caller', null);

  const refuse = async (request: FastifyRequest, reply: FastifyReply, error: ApiError) => {
    await refuseBeyond(failures, 'refused requests', request, reply);
    throw error;
  };
  const refused = ({ kind }: Caller, code: RefusalCode) =>
    new ApiError('unauthorized', refusalSentence(kind, code, 'en'));

  /** Whose URL it is, before the body is waited for. */
  const find = (kind: SourceKind) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { id } = request.params as { id: string };
    request.caller = await sourceIntake.find(kind, id);
    if (request.caller) return;
    await refuse(request, reply, new ApiError('not_found', UNKNOWN));
  };

  for (const source of WEBHOOK_SOURCES) {
    const { kind, handshake }: { kind: SourceKind; handshake?: WebhookSource['handshake'] } =
      source;
    const options = { schema: { hide: true } as object, onRequest: find(kind) };

    app.post(
      `/${kind}/:id`,
      { ...options, bodyLimit: BODY_LIMIT_BYTES },
      async (request, reply) => {
        const caller = request.caller as Caller;
        const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const refusal = sourceIntake.verify(caller, { headers: request.headers, rawBody });
        if (refusal) return refuse(request, reply, refused(caller, refusal));
        const body = isTooDeep(rawBody) ? undefined : parseBody(rawBody);
        const taken = await sourceIntake.take(caller, body);
        metrics.intake.took(taken);
        const { accepted, duplicate: duplicates, skipped } = taken;
        return { accepted, duplicates, skipped };
      },
    );

    if (!handshake) continue;
    app.get(`/${kind}/:id`, options, async (request, reply) => {
      const caller = request.caller as Caller;
      const answer = sourceIntake.handshake(caller, request.query as Record<string, unknown>);
      if ('refusal' in answer) return refuse(request, reply, refused(caller, answer.refusal));
      return reply.type('text/plain; charset=utf-8').send(answer.challenge);
    });
  }
}

const UNKNOWN = 'There is no such source: copy its URL again';
