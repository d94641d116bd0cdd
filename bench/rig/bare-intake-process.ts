// Fastify as it comes, in the place of the server: it parses the message and answers what the server would.
// Given an address and a body, it posts that body there with undici before it answers.
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { CONNECTIONS } from './load.ts';

const app = Fastify();
const taken = { accepted: 1, duplicates: 0, skipped: [], rejected: [] };
const [, , target, body] = process.argv;
if (target && body) {
  const { origin, pathname: path } = new URL(target);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const headers = { 'content-type': 'application/json' };
  app.post('/api/v1/messages', async (_, reply) => {
    const response = await pool.request({ path, method: 'POST', headers, body });
    await response.body.text();
    return reply.code(202).send(taken);
  });
} else {
  app.post('/api/v1/messages', (_, reply) => reply.code(202).send(taken));
}
await app.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send?.((app.server.address() as AddressInfo).port);
