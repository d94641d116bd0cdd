import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import helmet from 'helmet';
import { safetyHeaders } from '../../src/server/safety-headers.ts';

test('the headers are those that helmet sets', async () => {
  const options = {
    contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'self'"] } },
    strictTransportSecurity: false,
  } as const;
  const server = createServer((request, response) =>
    helmet(options)(request, response, () => response.end()),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { headers } = await fetch(`http://127.0.0.1:${port}`);
  server.close();
  const ofNode = new Set(['date', 'connection', 'keep-alive', 'content-length']);
  const set = [...headers].filter(([name]) => !ofNode.has(name));
  expect(set.length).toBeGreaterThan(8);
  expect(safetyHeaders(options)).toEqual(Object.fromEntries(set));
});
