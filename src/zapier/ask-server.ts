import type { Bundle, HttpRequestOptions, HttpResponse, ZObject } from 'zapier-platform-core';
import { z as zod } from 'zod';
import { API_VERSION, meSchema } from '../wire/me.ts';
import { type Connection, connectionOf } from './connection.ts';
import { busy, problem } from './problem.ts';

/** A request to the user's server. */
export interface ServerRequest<Answer> {
  method?: 'GET' | 'POST';
  /** Below `/api/v1`, with a slash in front. */
  path: string;
  params?: Record<string, string | number>;
  body?: object;
  /** Statuses that are as good as success although they say error. */
  accept?: readonly number[];
  /** Makes sense of the answer's JSON; `undefined` when it is not what Pakiet answers. */
  read: (answer: unknown) => Answer | undefined;
}

/** Zapier gives a run 30 s; giving up earlier leaves time to say so. */
const TIMEOUT_MS = 20_000;
/** Three bundles of 1 MB are the most that is ever asked for. */
const LARGEST_ANSWER_BYTES = 6_000_000;

/**
 * Sends a request to the user's server and reads its answer. Whatever goes wrong is thrown as a sentence
 * that a no-code user can act on.
 */
export async function askServer<Answer>(
  z: ZObject,
  bundle: Bundle,
  request: ServerRequest<Answer>,
): Promise<Answer> {
  const connection = connectionOf(z, bundle);
  const response = await send(z, connection, request);
  throwIfTooOld(z, connection, response);
  if (!request.accept?.includes(response.status)) throwIfRefused(z, connection, response);
  const answer = request.read(response.data);
  if (answer === undefined) throw problem(z, 'not_pakiet', connection);
  return answer;
}

/** Options that the platform takes and its types do not know. */
interface Untyped {
  throwForThrottlingEarly: boolean;
  signal: AbortSignal;
  size: number;
}

async function send(
  z: ZObject,
  { baseUrl, host, apiKey }: Connection,
  { method = 'GET', path, params, body }: ServerRequest<unknown>,
): Promise<HttpResponse> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  const options: HttpRequestOptions & Untyped = {
    method,
    headers: { Authorization: `Bearer ${apiKey}`, Accept: 'application/json' },
    ...(params && { params }),
    ...(body && { body }),
    // The platform's own `timeout` begins anew with the body.
    signal: limit.signal,
    size: LARGEST_ANSWER_BYTES,
    // Followed, a redirect would turn a POST into a GET, and could lead away from https.
    redirect: 'manual',
    // The platform's own errors quote the answer: here every status is judged by throwIfRefused.
    skipThrowForStatus: true,
    throwForThrottlingEarly: false,
  };
  try {
    return await z.request(`${baseUrl}/api/v1${path}`, options);
  } catch (error) {
    throw problem(z, limit.signal.aborted ? 'server_slow' : reasonOf(error), { host });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Errors of TLS come with the code of OpenSSL or of Node, those of time from node-fetch. What a server of
 * plain http says to a TLS greeting has, read as TLS, a "wrong version number", and mostly the code EPROTO.
 */
function reasonOf(error: unknown) {
  const { code = '', type, message = '' } = error as Partial<FetchFailure>;
  if (/wrong.version.number/i.test(`${code} ${message}`)) return 'no_https';
  if (code === 'ETIMEDOUT') return 'server_slow';
  if (type === 'max-size') return 'not_pakiet';
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return 'untrusted_certificate';
  return 'server_unreachable';
}

interface FetchFailure {
  code: string;
  type: string;
  message: string;
}

const OLD_NOT_FOUND = /^There is nothing at [A-Z]+ .*\/api\/v1\//;

const errorAnswerSchema = zod.object({
  error: zod.object({ code: zod.string().regex(/^[a-z][a-z_]{1,39}$/), message: zod.string() }),
});

/** Comes before all other judgement: an old server says 404 to what only newer ones can do. */
function throwIfTooOld(z: ZObject, { host }: Connection, response: HttpResponse): void {
  const version = apiVersionOf(response);
  if (version !== undefined && version < API_VERSION) throw problem(z, 'server_too_old', { host });
}

/** The API version an answer comes from; `undefined` when it may not be Pakiet's at all. */
function apiVersionOf({ status, headers, data }: HttpResponse): number | undefined {
  const named = Number.parseInt(headers.get('pakiet-api-version') ?? '', 10);
  if (named >= 0) return named;
  const me = meSchema.safeParse(data).data;
  if (me) return me.server.api_version;
  // Version 1 had no such header. It is known by how it says that it has no such route: a proxy that
  // answers in its place, or strips headers, words that otherwise or does not say it.
  const { message = '' } = errorAnswerSchema.safeParse(data).data?.error ?? {};
  return status === 404 && OLD_NOT_FOUND.test(message) ? 1 : undefined;
}

function throwIfRefused(z: ZObject, { host }: Connection, response: HttpResponse): void {
  const { status } = response;
  if (status === 429) throw busy(z, host, retryAfter(response));
  if (status >= 500) throw problem(z, 'server_broken', { host, detail: String(status) });
  if (status >= 300 && status < 400) throw problem(z, 'redirected', { host });
  if (status === 404) throw problem(z, 'wrong_path', { host });
  if (isWebPage(response)) throw problem(z, 'web_page', { host });
  if (status === 401 || status === 403) throw problem(z, 'refused_api_key', { host });
  if (status >= 400) {
    // Of a refusal only the code is passed on: its message may repeat what was sent.
    const code = errorAnswerSchema.safeParse(response.data).data?.error.code;
    throw problem(z, 'refused_request', { host, detail: code ?? String(status) });
  }
}

function isWebPage({ headers, content }: HttpResponse): boolean {
  return (headers.get('content-type') ?? '').includes('html') || /^\s*</.test(content);
}

const LONGEST_WAIT_S = 3600;

/** Seconds to wait, an hour at most, from a `Retry-After` in either form; a minute when there is none. */
function retryAfter({ headers }: HttpResponse): number {
  const given = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(1, Math.ceil(seconds)), LONGEST_WAIT_S) : 60;
}
