import { isUtf8 } from 'node:buffer';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { WebContext } from '../web/context.ts';
import { webPages } from '../web/pages.tsx';
import { isForPeople, NotFoundError } from '../web/problem.tsx';
import { requireKey } from './access.ts';
import { accountRoutes } from './api/accounts.ts';
import { chatRoutes } from './api/chats.ts';
import type { Api, ApiContext } from './api/context.ts';
import { costRoutes } from './api/costs.ts';
import { counterRoutes } from './api/counters.ts';
import { deliveryRoutes } from './api/deliveries.ts';
import { meRoutes } from './api/me.ts';
import { messageRoutes } from './api/messages.ts';
import { redeliveryRoutes } from './api/redelivery.ts';
import { sourceRoutes } from './api/sources.ts';
import { webhookRoutes } from './api/webhooks.ts';
import { ApiError, errorHandler } from './errors.ts';
import { frontDoorOptions, guardFrontDoor, refuseUnknownParameters } from './front-door.ts';
import { isTooDeep } from './nesting.ts';
import { probeRoutes } from './probes.ts';
import { safetyHeaders } from './safety-headers.ts';
import { sourceUrls } from './source-urls.ts';

const API = '/api/v1';
const SOURCES = '/sources';
const FOR_PROGRAMS = [`${API}/`, `${SOURCES}/`];
const BODY_LIMIT_BYTES = 256 * 1024;

const SAFETY: Parameters<typeof safetyHeaders>[0] = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      // The documentation's icons are data: images.
      'img-src': ["'self'", 'data:'],
      'frame-ancestors': ["'none'"],
      'object-src': ["'none'"],
    },
  },
  // Whether browsers must use https is for the TLS proxy in front to say.
  strictTransportSecurity: false,
};

/**
 * Programs have no use for rules of pages, and to write those out for each request took a tenth of what an
 * intake request takes. For whoever opens an answer in a browser: it is data, and nothing of it is to run.
 */
const OF_DATA = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** Builds the HTTP side: the API with its documentation, the pages that links open, and the probes. */
export async function buildApp(
  context: ApiContext &
    Pick<WebContext, 'signIn' | 'cookieKey' | 'allowNetworks' | 'sendsMail' | 'retentionDays'>,
  log: Logger,
): Promise<Api> {
  const answerError = errorHandler(log);
  const app: Api = Fastify({
    ...frontDoorOptions,
    // A proxy on this machine says who asks; anybody else could say anything.
    trustProxy: 'loopback',
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
    // What cannot be routed passes no hook.
    frameworkErrors: (error, request, reply) =>
      void answerError(error, request, reply.headers(OF_DATA)),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.decorateRequest('workspaceId', 0);
  app.decorateRequest('keyHash', '');
  const ofPages = safetyHeaders(SAFETY);
  app.addHook('onRequest', ({ routeOptions: { url = '' } }, reply, done) => {
    const isForPrograms = FOR_PROGRAMS.some((path) => url.startsWith(path));
    reply.headers(isForPrograms ? OF_DATA : ofPages);
    done();
  });
  guardFrontDoor(app as unknown as FastifyInstance, log);
  context.metrics.intake.watch(app as unknown as FastifyInstance, API, SOURCES);

  acceptJson(app);

  await app.register(rateLimit, { global: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `${context.site.productName} API`,
        version: context.version,
        description: 'Hands WhatsApp messages in and manages the webhooks that get them.',
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => ({
    ...app.swagger(),
    servers: [{ url: context.site.publicUrl }],
  }));

  probeRoutes(app as unknown as FastifyInstance, context);
  await app.register(
    async (api) => {
      requireKey(api, context.store, context.clock, `${API}/messages`);
      refuseUnknownParameters(api);
      const typed = api as unknown as Api;
      meRoutes(typed, context);
      messageRoutes(typed, context);
      accountRoutes(typed, context);
      chatRoutes(typed, context);
      webhookRoutes(typed, context);
      deliveryRoutes(typed, context);
      counterRoutes(typed, context);
      costRoutes(typed, context);
      redeliveryRoutes(typed, context);
      sourceRoutes(typed, context);
    },
    { prefix: API },
  );
  await app.register(async (urls) => sourceUrls(urls as unknown as FastifyInstance, context), {
    prefix: SOURCES,
  });
  await app.register(async (pages) =>
    webPages(pages as never, { ...context, log }, async (documented) => {
      await documented.register(swaggerUi, {
        routePrefix: '/api/docs',
        theme: { title: 'API documentation' },
        uiConfig: { layout: 'BaseLayout' },
      });
      // Here and not above, where a request has no reader yet: people are answered with a page.
      documented.setNotFoundHandler((request) => {
        if (isForPeople(request)) throw new NotFoundError();
        const what = `${request.method} ${pathOf(request.url)}`;
        throw new ApiError('not_found', `There is nothing at ${what}`);
      });
    }),
  );
  await app.ready();
  return app;
}

/** Takes JSON and nothing else. No body at all is no body, even where the header announces JSON. */
function acceptJson(app: Api): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    if (bytes.length === 0) done(null, undefined);
    // Decoded all the same, whatever is no character would silently become another.
    else if (!isUtf8(bytes)) done(new ApiError('invalid_json', 'The body is not valid UTF-8'));
    else if (isTooDeep(bytes)) done(new ApiError('invalid_json', 'The JSON is nested too deeply'));
    else void parse(request, bytes.toString('utf8'), done);
  });
}

const pathOf = (url: string) => url.split('?')[0];
