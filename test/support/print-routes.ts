// Loaded before the server (by NODE_OPTIONS), prints every route that it registers: `route GET /keys`.
import { subscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) console.log(`route ${one} ${url}`);
  });
});
