import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { InboundMessageInput } from '../../src/wire/inbound.ts';

const TAKEN = { accepted: 1, duplicates: 0, skipped: [], rejected: [] };

/**
 * Fastify as it comes, in the place of the server, in a process of its own: it parses each message and
 * answers what the server would, once `take` has ended; at once where there is none.
 */
export async function serve(take?: (message: InboundMessageInput) => Promise<void>): Promise<void> {
  const app = Fastify();
  const url = '/api/v1/messages';
  if (take) {
    app.post(url, async ({ body }, reply) => {
      await take(body as InboundMessageInput);
      return reply.code(202).send(TAKEN);
    });
  } else app.post(url, (_, reply) => reply.code(202).send(TAKEN));
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.on('disconnect', () => process.exit());
  process.send?.((app.server.address() as AddressInfo).port);
}
