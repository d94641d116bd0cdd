import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  InvalidTargetUrlError,
  ManagedByZapError,
  NothingToParkError,
  NotSubscribedError,
  UnknownChatError,
  WebhookDisabledError,
} from '../core/errors.ts';
import { ReportFailedError, ReportsBusyError } from '../core/reports.ts';
import { SecretNotTakenError } from '../core/source-actions.ts';
import { IntakeOverloadedError } from '../core/waiting-room.ts';
import { engineError, isStoreDown, StoreUnavailableError } from '../store/errors.ts';

/** Every error code of the API and the status it comes with. They never change their meaning. */
export const ERROR_STATUS = {
  invalid_json: 400,
  invalid_request: 400,
  nothing_usable: 400,
  unauthorized: 401,
  not_found: 404,
  managed_by_zap: 409,
  not_subscribed: 409,
  nothing_to_park: 409,
  webhook_disabled: 409,
  too_large: 413,
  unsupported_media_type: 415,
  invalid_url: 422,
  unknown_chat: 422,
  too_many_requests: 429,
  internal_error: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What every error answer looks like. */
export const errorBodySchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      field: z.string().optional(),
    }),
  })
  .meta({ id: 'Error', description: 'What went wrong and what to do about it.' });

/** By it a caller finds a request in our log, and we in theirs. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** An error to be answered to the caller. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, field?: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.field = field;
  }
}

export const notFound = (what: string) =>
  new ApiError('not_found', `There is no such ${what} in this workspace`);

/** What a caller sent is quoted back only so far: a name may be megabytes. */
const QUOTED_LENGTH = 200;
const MESSAGE_LENGTH = 1000;

const cut = (text: string, length: number) =>
  text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;

/** A place in a JSON body as people write it: `messages[2].chat.id`. */
function fieldPath(path: readonly PropertyKey[]): string {
  const written = path
    .map((step) => (/^\d+$/.test(String(step)) ? `[${String(step)}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
  return cut(written, QUOTED_LENGTH);
}

/** What zod has to say of bad input, as a field and a sentence. */
export function explainIssue({ path, message, keys }: Issue): { field: string; message: string } {
  const [unknown] = keys ?? [];
  const field = fieldPath(unknown === undefined ? path : [...path, unknown]);
  if (unknown !== undefined) return { field, message: `There is no field "${field}"` };
  if (!field) return { field, message: 'Send a JSON object with the fields of this call' };
  const isMissing = message.endsWith('received undefined');
  const what = isMissing ? 'this field is missing' : cut(message, MESSAGE_LENGTH);
  return { field, message: `${field}: ${what}` };
}

/** One of zod's issues; `keys` are those that the schema does not know. */
interface Issue {
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[] | undefined;
}

/** The same issue as Fastify's zod provider hands it on: with a path such as `/filters/chats/0`. */
function fromInstancePath(validation: {
  instancePath: string;
  message?: string;
  params?: object;
}): Issue {
  return {
    path: validation.instancePath.split('/').filter(Boolean),
    message: validation.message ?? 'The request does not have the expected form',
    keys: (validation.params as { keys?: string[] } | undefined)?.keys,
  };
}

/** The errors that Fastify itself raises about a request, in our terms. */
const FASTIFY_ERRORS: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'too_large',
    'The request is too large: send fewer messages at once',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send JSON, with the header Content-Type: application/json',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'The body is empty; JSON was expected'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'The body is not valid JSON'],
  FST_ERR_BAD_URL: ['invalid_request', 'The address is not a valid one: encode it as a URL'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'There is nothing at this address'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_request',
    'The body is not as long as Content-Length says',
  ],
};

/** Any error, as it is to be answered; null for one that is our own fault. */
function toApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof InvalidTargetUrlError) {
    return new ApiError('invalid_url', error.message, 'target_url');
  }
  if (error instanceof ManagedByZapError) {
    return new ApiError('managed_by_zap', error.message, error.field);
  }
  if (error instanceof NotSubscribedError) return new ApiError('not_subscribed', error.message);
  if (error instanceof UnknownChatError) {
    return new ApiError('unknown_chat', error.message, 'filters.chats');
  }
  if (error instanceof SecretNotTakenError) {
    return new ApiError('invalid_request', error.message, error.field);
  }
  if (error instanceof NothingToParkError) return new ApiError('nothing_to_park', error.message);
  if (error instanceof WebhookDisabledError) return new ApiError('webhook_disabled', error.message);
  if (error instanceof IntakeOverloadedError) return new ApiError('unavailable', error.message);
  if (error instanceof ReportFailedError || error instanceof ReportsBusyError) {
    return new ApiError('unavailable', error.message);
  }
  if (error instanceof StoreUnavailableError) {
    return new ApiError(
      'unavailable',
      'The server cannot reach its data just now, and nothing was taken. Send this request again in a moment',
    );
  }
  if (isStoreDown(error)) {
    return new ApiError(
      'unavailable',
      'The server cannot read its data just now. Send this request again in a moment',
    );
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const { field, message } = explainIssue(fromInstancePath(first ?? { instancePath: '' }));
    return new ApiError('invalid_request', message, field);
  }
  const { code, statusCode, message } = error as FastifyError;
  const known = FASTIFY_ERRORS[code];
  if (known) return new ApiError(...known);
  if (error instanceof SyntaxError && statusCode === 400) {
    return new ApiError('invalid_json', 'The body is not valid JSON');
  }
  if (statusCode === 429) return new ApiError('too_many_requests', message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError('invalid_request', message);
  }
  return null;
}

/** The one form of an error answer. */
export const errorBody = (
  code: string,
  message: string,
  field?: string,
): z.infer<typeof errorBodySchema> => ({
  error: {
    code,
    message: cut(message, MESSAGE_LENGTH),
    ...(field && { field: cut(field, QUOTED_LENGTH) }),
  },
});

function whyDown(error: unknown): string {
  const { code, message } = engineError(error) as NodeJS.ErrnoException;
  return [code, message].filter(Boolean).join(': ');
}

/** Answers errors as {@link errorBodySchema}; what is our own fault is logged, not shown. */
export function errorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const about = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
    };
    let answer = toApiError(error);
    if (!answer) {
      log.error({ ...about, err: error }, 'failed');
      const where = `the server’s log says what, under ${request.id}`;
      answer = new ApiError('internal_error', `Something went wrong here; ${where}`);
    } else if (isStoreDown(error)) {
      // A line and no stack: while the store is down there is one for each request.
      log.warn({ ...about, reason: whyDown(error) }, 'refused: the store is not available');
    }
    const status = ERROR_STATUS[answer.code];
    if (status === 503) reply.header('retry-after', '1');
    // An address that cannot be routed comes here past the hooks.
    reply.header(REQUEST_ID_HEADER, request.id);
    return reply.code(status).send(errorBody(answer.code, answer.message, answer.field));
  };
}
