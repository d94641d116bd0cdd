import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { Program, run } from '../support/program.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
});

afterAll(async () => {
  await receiver.stop();
});

const textsAt = (path: string) =>
  receiver.at(path).map(({ body }) => JSON.parse(body).message.text as string);

/** Whether something listens at the address. */
async function answers(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const outcome = once(socket, 'connect').then(
    () => true,
    () => false,
  );
  const is = await outcome;
  socket.destroy();
  return is;
}

describe('SIGTERM to npm start', () => {
  test('stops the server, too, and frees port and folder', async () => {
    const folder = tempFolder();
    const env = { PORT: '0', PAKIET_DATA_DIR: folder, PAKIET_API_KEY: 'pakiet_key-of-this-test' };
    const npm = new Program('npm', ['start'], { env });
    const [, url] = await npm.printed(/listens on (\S+)/);
    expect(await answers(url as string)).toBe(true);
    npm.signal('SIGTERM');
    const { code, stderr } = await npm.ended();
    // npm hands on the exit code of what it ran.
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await answers(url as string)).toBe(false);
    const next = await ServerProcess.start(folder, { PORT: new URL(url as string).port });
    expect(await next.stop()).toBe(0);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s while a delivery is under way', (signal) => {
  test('lets it finish and writes it down: nothing is repeated or lost', async () => {
    const path = `/${signal}`;
    const folder = tempFolder();
    let server = await ServerProcess.start(folder);
    const target_url = receiver.url(path);
    const { body } = await server.call('POST', '/webhooks', { target_url, granularity_hours: 0 });
    const release = receiver.hold(path);
    const messages = ['first', 'second'].map((text) => inboundInput({ message: { text } }));
    await server.call('POST', '/messages', { messages });
    await receiver.waitFor(path, 1);

    server.signal(signal);
    await untilClosed(server.url);
    // Twice, as Ctrl-C under npm does.
    server.signal(signal);
    release();
    expect(await server.stop()).toBe(0);
    expect(textsAt(path)).toEqual(['first']);

    server = await ServerProcess.start(folder);
    await receiver.waitFor(path, 2);
    await server.until(`/webhooks/${body.id}`, ({ waiting }) => waiting === 0);
    expect(textsAt(path)).toEqual(['first', 'second']);
    const { body: log } = await server.call('GET', `/webhooks/${body.id}/log`);
    expect(log).toHaveLength(2);
    await server.stop();
  });
});

describe('a server that is killed while a delivery is under way', () => {
  test('repeats that delivery under the same id, and nothing else', async () => {
    const folder = tempFolder();
    const target_url = receiver.url('/killed');
    let server = await ServerProcess.start(folder);
    await server.call('POST', '/webhooks', { target_url, granularity_hours: 0 });
    await server.call('POST', '/messages', inboundInput({ message: { text: 'done' } }));
    await receiver.waitFor('/killed', 1);
    await server.until('/webhooks', ([webhook]) => webhook.waiting === 0);
    const release = receiver.hold('/killed');
    await server.call('POST', '/messages', inboundInput({ message: { text: 'under way' } }));
    await receiver.waitFor('/killed', 2);
    expect(await server.stop('SIGKILL')).toBeNull();
    release();

    server = await ServerProcess.start(folder);
    const deliveries = await receiver.waitFor('/killed', 3);
    expect(textsAt('/killed')).toEqual(['done', 'under way', 'under way']);
    const ids = deliveries.map(({ headers }) => headers['webhook-id']);
    expect(ids[1]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
    await server.stop();
  });
});

describe('the command line through npm', () => {
  test('runs', async () => {
    const folder = tempFolder();
    const server = await ServerProcess.start(folder);
    const { code, stdout } = await run('npm', ['run', '-s', 'pakiet', '--', 'key', 'create'], {
      env: { PAKIET_DATA_DIR: folder },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('  pakiet_') });
    await server.stop();
  });
});

/** Resolves when the server takes no more connections: it is stopping. */
async function untilClosed(url: string): Promise<void> {
  for (let tries = 0; tries < 5000; tries += 1) if (!(await answers(url))) return;
  throw new Error('The server goes on listening');
}

test('SIGTERM while a message is being taken does not wait for its connection, which is kept alive', async () => {
  const server = await ServerProcess.start(tempFolder());
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify(inboundInput());
  const asking = request(`${server.url}/api/v1/messages`, {
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  const answered = once(asking, 'response');
  asking.write(body.slice(0, 10));
  // Whatever is answered later came later.
  await server.call('GET', '/me');
  server.signal('SIGTERM');
  await untilClosed(server.url);
  asking.end(body.slice(10));
  const [answer] = await answered;
  answer.resume();
  expect(answer.statusCode).toBe(202);
  const from = Date.now();
  expect(await server.stop()).toBe(0);
  expect(Date.now() - from).toBeLessThan(8000);
  agent.destroy();
});
