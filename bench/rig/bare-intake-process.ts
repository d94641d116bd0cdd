// Fastify as it comes, in the place of the server: it parses the message and answers what the server would.
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';

const app = Fastify();
const taken = { accepted: 1, duplicates: 0, skipped: [], rejected: [] };
app.post('/api/v1/messages', (_, reply) => reply.code(202).send(taken));
await app.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send?.((app.server.address() as AddressInfo).port);
