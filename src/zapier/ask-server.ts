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

async function send(
  z: ZObject,
  { baseUrl, host, apiKey }: Connection,
  { method = 'GET', path, params, body }: ServerRequest<unknown>,
): Promise<HttpResponse> {
  const options: HttpRequestOptions & { throwForThrottlingEarly: boolean } = {
    method,
    headers: { Authorization: `Bearer ${apiKey}`, Accept: 'application/json' },
    ...(params && { params }),
    ...(body && { body }),
    timeout: TIMEOUT_MS,
    // Followed, a redirect would turn a POST into a GET, and could lead away from https.
    redirect: 'manual',
    // The platform's own errors quote the answer: here every status is judged by throwIfRefused.
    skipThrowForStatus: true,
    throwForThrottlingEarly: false,
  };
  try {
    return await z.request(`${baseUrl}/api/v1${path}`, options);
  } catch (error) {
    throw problem(z, reasonOf(error), { host });
  }
}

/** Errors of TLS come with the code of OpenSSL or of Node, those of time from node-fetch. */
function reasonOf(error: unknown) {
  const { code = '', type = '' } = error as { code?: string; type?: string };
  if (type.endsWith('-timeout') || code === 'ETIMEDOUT') return 'server_slow';
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return 'untrusted_certificate';
  return 'server_unreachable';
}

const errorAnswerSchema = zod.object({
  error: zod.object({ code: zod.string().regex(/^[a-z][a-z_]{1,39}$/), message: zod.string() }),
});

/** Comes before all other judgement: an old server says 404 to what only newer ones can do. */
function throwIfTooOld(z: ZObject, { host }: Connection, response: HttpResponse): void {
  const version = apiVersionOf(response);
  if (version !== undefined && version < API_VERSION) throw problem(z, 'server_too_old', { host });
}

/** The API version an answer comes from; `undefined` when it may not be Pakiet's at all. */
function apiVersionOf({ headers, data }: HttpResponse): number | undefined {
  const named = Number.parseInt(headers.get('pakiet-api-version') ?? '', 10);
  if (named >= 0) return named;
  const me = meSchema.safeParse(data).data;
  if (me) return me.server.api_version;
  // Version 1 had no such header: it is known by how it words a refusal.
  return errorAnswerSchema.safeParse(data).success ? 1 : undefined;
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

/** Seconds to wait, from a `Retry-After` in either of its forms; a minute when there is none. */
function retryAfter({ headers }: HttpResponse): number {
  const given = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 60;
}
