// Runs the unpacked integration's handler and answers calls with their results.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

const { handler } = await import(workerData as string);
const port = parentPort as MessagePort;

// Zapier keeps the place in a paged list (z.cursor) on a server of its own. This one stands in for it.
let cursor: string | null = null;
const zapier = createServer(async (request, response) => {
  const { id, method, params } = (await json(request)) as {
    id: string;
    method: string;
    params: string[];
  };
  if (method === 'set_cursor') cursor = params[0] ?? null;
  const result = method === 'get_cursor' ? cursor : null;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id, result }));
});
await once(zapier.listen(0, '127.0.0.1'), 'listening');
const rpc_base = `http://127.0.0.1:${(zapier.address() as AddressInfo).port}`;

port.on('message', ({ call, method, bundle }) => {
  const event = { command: 'execute', method, bundle, rpc_base, token: 'of no meaning here' };
  handler(event).then(
    ({ results }: { results: unknown }) => port.postMessage({ call, results }),
    (error: Error) => port.postMessage({ call, error: error.message }),
  );
});
