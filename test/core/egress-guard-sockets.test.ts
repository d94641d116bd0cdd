import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Agent } from 'undici';
import { connections } from '../../src/core/connection.ts';
import { guardedLookup, parseNetwork } from '../../src/core/egress-guard.ts';
import { Sender } from '../../src/core/sender.ts';

const ALLOWED = [parseNetwork('127.0.0.1/32')];

/** One server on each of two addresses, under the same port; each says which it is. */
let servers: Server[];
let reached: string[];
let port: number;

beforeEach(async () => {
  reached = [];
  servers = [];
  port = 0;
  for (const address of ['127.0.0.1', '127.0.0.2']) {
    const server = createServer((_request, response) => response.end(address));
    server.on('connection', () => reached.push(address));
    server.listen(port, address);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

test('an address that is allowed is reached, its neighbour is not, though something listens', async () => {
  const sender = new Sender(ALLOWED);
  const post = (host: string) => sender.post(`http://${host}:${port}/`, {}, '{}');
  expect(await post('127.0.0.1')).toMatchObject({ ok: true, response: { body: '127.0.0.1' } });
  for (const host of ['127.0.0.2', '127.2', '2130706434', '[::ffff:127.0.0.2]', '[::1]', '0']) {
    expect(await post(host)).toMatchObject({
      ok: false,
      response: null,
      error: { code: 'address_refused' },
    });
  }
  expect(reached).toEqual(['127.0.0.1']);
  await sender.close();
});

test('port 0 leads nowhere', async () => {
  const sender = new Sender(ALLOWED);
  expect(await sender.post('http://127.0.0.1:0/', {}, '{}')).toMatchObject({
    ok: false,
    error: { code: 'connection_failed' },
  });
  await sender.close();
});

/** Connections to a name whose look-ups answer one after the other what is given. */
function named(...answers: string[][]): { agent: Agent; lookups: () => number } {
  let asked = 0;
  const lookup = ((_host: string, _options: object, callback: (...all: unknown[]) => void) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] as string[];
    asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  }) as never;
  const agent = connections({ connect: { lookup: guardedLookup(ALLOWED, lookup) }, pipelining: 0 });
  return { agent, lookups: () => asked };
}

const get = async (agent: Agent) => {
  const { body } = await agent.request({
    origin: `http://receiver.example:${port}`,
    path: '/',
    method: 'GET',
  });
  return body.text();
};

test('a name is looked up once for a connection: what was checked is what is connected to', async () => {
  const { agent, lookups } = named(['127.0.0.1'], ['127.0.0.2']);
  expect(await get(agent)).toBe('127.0.0.1');
  expect(lookups()).toBe(1);
  await expect(get(agent)).rejects.toMatchObject({
    name: 'EgressRefusedError',
    host: 'receiver.example',
    address: '127.0.0.2',
  });
  expect(reached).toEqual(['127.0.0.1']);
  await agent.destroy();
});

test('of the addresses of a name only those are tried that may be reached', async () => {
  const { agent } = named(['127.0.0.2', '169.254.169.254', '127.0.0.1', '10.0.0.1']);
  expect(await get(agent)).toBe('127.0.0.1');
  expect(reached).toEqual(['127.0.0.1']);
  await agent.destroy();
});
