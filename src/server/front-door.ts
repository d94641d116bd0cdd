import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { API_VERSION } from '../wire/me.ts';
import { ApiError, errorBody, REQUEST_ID_HEADER } from './errors.ts';

// What every request passes before its route has a say, and what is answered to those that never
// become a request.

/** A request must have arrived in full by then, so that slow senders do not hold sockets. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** How often connections are looked through for those that are late; Node's own 30 s doubles the limit. */
const LOOKED_THROUGH_EVERY_MS = 1000;

const SANE_ID = /^[\w.:~+/=-]{1,128}$/;

/** The id a caller gave its request, else a new one. */
function requestIdOf({ headers }: { headers: IncomingMessage['headers'] }): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

/** What Fastify is built with, for that. */
export const frontDoorOptions = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  http: {
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: LOOKED_THROUGH_EVERY_MS,
    // Node would answer its absence without a body; see below.
    requireHostHeader: false,
  },
  genReqId: requestIdOf,
  clientErrorHandler: answerBrokenHttp,
  // Node's form of a 503 is not ours; see below.
  return503OnClosing: false,
};

/** Names every request, and turns away those that no route could answer. */
export function guardFrontDoor(app: FastifyInstance, log: Logger): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  // Not async: a promise for each hook of each request adds up.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    // By it the Zapier integration recognises a server that is too old for it, whatever was asked.
    reply.header('pakiet-api-version', API_VERSION);
    if (closing) {
      done(new ApiError('unavailable', 'The server is stopping: send this again in a moment'));
    } else done(faultOf(request));
  });
  if (log.isLevelEnabled('debug')) {
    app.addHook('onResponse', async ({ id, method, routeOptions }, reply) => {
      const { statusCode: status, elapsedTime: ms } = reply;
      log.debug({ requestId: id, method, route: routeOptions.url, status, ms }, 'answered');
    });
  }
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify(errorBody('invalid_request', 'Only 100-continue can be expected'));
    const headers = {
      'content-type': JSON_TYPE,
      'content-length': Buffer.byteLength(body),
      [REQUEST_ID_HEADER]: requestIdOf(request),
      connection: 'close',
    };
    response.writeHead(417, headers).end(body);
  });
}

/** Why no route could answer it. */
function faultOf({ headers, raw }: FastifyRequest): ApiError | undefined {
  if (raw.url?.includes('%00')) {
    return new ApiError('invalid_request', 'The address holds a NUL character (%00)');
  }
  if (headers.host === undefined && raw.httpVersion === '1.1') {
    return new ApiError('invalid_request', 'The header Host is missing');
  }
  // Nothing is ever inflated here: a megabyte of it may be a gigabyte.
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) {
    return new ApiError('unsupported_media_type', 'Send the body as it is, without compression');
  }
  return undefined;
}

/** Refuses query parameters that a route does not know: a misspelt filter must not pass for none. */
export function refuseUnknownParameters(api: FastifyInstance): void {
  api.addHook('onRequest', ({ query, routeOptions }, _, done) => {
    const given = Object.keys(query as object);
    if (given.length === 0) return done();
    const schema = routeOptions.schema?.querystring;
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const unknown = given.find((name) => !known.includes(name));
    if (unknown === undefined) return done();
    const hint = known.length > 0 ? `it takes ${known.join(', ')}` : 'it takes none';
    const what = `This call has no query parameter "${unknown.slice(0, 100)}": ${hint}`;
    done(new ApiError('invalid_request', what, unknown));
  });
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Code, status and sentence for what Node makes of bytes that are no proper request. */
function judge({ code }: NodeJS.ErrnoException): [number, string, string] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'request_timeout', 'The request did not arrive in full in time: send it again'];
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'headers_too_large', 'The headers are too large: 16 KiB is the most'];
    default:
      return [400, 'invalid_request', 'This is not valid HTTP'];
  }
}

/** Answers what never becomes a request, and ends the connection. */
function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const under = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
  // With an answer to a complete request still to come, the caller would take this one for it, and believe
  // refused what has been taken. Without an answer it knows that it does not know.
  if (socket.writable && (!under || (!under.headersSent && !under.req.complete))) {
    const [status, code, message] = judge(error);
    const body = JSON.stringify(errorBody(code, message));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `content-type: ${JSON_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `${REQUEST_ID_HEADER}: ${randomUUID()}`,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}
