import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { describePostgres, emptySchema } from '../support/postgres.ts';
import { Program, run, SERVER } from '../support/program.ts';
import { tempFolder } from '../support/temp-folder.ts';

const KEY = 'pakiet_key-of-the-roles';
const TOKEN = 'a-token-of-the-tests';

test('a role that there is not is refused, with those that there are', async () => {
  const { code, stderr } = await run(process.execPath, [SERVER, '--role', 'waiter']);
  expect(code).toBe(1);
  expect(stderr).toContain('Allowed choices are all, api, dispatcher.');
});

test('a data folder is for one process, which does everything', async () => {
  const env = { PAKIET_DATA_DIR: tempFolder() };
  const ended = await run(process.execPath, [SERVER, '--role', 'api'], { env });
  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr:
      '--role api needs DATABASE_URL: a data folder is for one process, which does everything.\n',
  });
});

describePostgres('processes with roles over one database', () => {
  const running: Program[] = [];
  let env: Record<string, string>;
  let receiver: HttpReceiver;

  beforeEach(async () => {
    receiver = await HttpReceiver.start();
    env = {
      ...{ PORT: '0', PAKIET_DATA_DIR: tempFolder(), DATABASE_URL: await emptySchema() },
      PAKIET_SECRET_KEY: Buffer.alloc(32, 5).toString('base64'),
      ...{ PAKIET_API_KEY: KEY, PAKIET_METRICS_TOKEN: TOKEN },
      ...{ PAKIET_ALLOW_NETWORKS: '127.0.0.0/8', LOG_LEVEL: 'warn' },
    };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(stop));
    await receiver.stop();
  });

  async function start(role: string) {
    const program = new Program(process.execPath, [SERVER, '--role', role], { env });
    running.push(program);
    const [, url] = await program.printed(/listens on (\S+)/);
    return { program, url: url as string };
  }

  async function stop(program: Program) {
    program.signal('SIGTERM');
    return program.ended();
  }

  async function call(url: string, method: string, path: string, body?: object, key = KEY) {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  const say = (url: string, text: string) =>
    call(url, 'POST', '/api/v1/messages', inboundInput({ message: { text } }));
  const texts = () => receiver.at('/').map(({ body }) => JSON.parse(body).message.text);

  test('a dispatcher that does not know where the pages are says that links would lead nowhere', async () => {
    const notice =
      /PAKIET_PUBLIC_URL is not set, so links in what is delivered lead to this process/;
    const { program } = await start('dispatcher');
    await program.printed(notice);
    env = { ...env, PAKIET_PUBLIC_URL: 'https://pakiet.example' };
    const told = (await start('dispatcher')).program;
    expect((await stop(told)).stdout).not.toMatch(notice);
  });

  test('what one takes in another delivers; the next goes on at once where one has stopped', async () => {
    const [one, two] = [await start('api'), await start('api')];
    const first = await start('dispatcher');
    const target_url = receiver.url('/');
    const webhook = { target_url, granularity_hours: 0 };
    expect((await call(one.url, 'POST', '/api/v1/webhooks', webhook)).status).toBe(201);
    await say(two.url, 'first');
    await receiver.waitFor('/', 1);
    expect((await stop(first.program)).code).toBe(0);
    await say(one.url, 'second');
    expect(texts()).toEqual(['first']);
    await start('dispatcher');
    await receiver.waitFor('/', 2);
    // Also of a webhook whose settings were changed by a process that delivers nothing.
    const moved = { target_url: receiver.url('/moved') };
    await call(two.url, 'PATCH', '/api/v1/webhooks/1', moved);
    await say(one.url, 'third');
    await receiver.waitFor('/moved', 1);
    expect(texts()).toEqual(['first', 'second']);
  });

  test('one that only delivers answers probes and tells its figures, and nothing else', async () => {
    const { url } = await start('dispatcher');
    expect(await call(url, 'GET', '/healthz')).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect((await call(url, 'GET', '/readyz')).status).toBe(200);
    const { text } = await call(url, 'GET', '/metrics', undefined, TOKEN);
    expect(text).toMatch(/^pakiet_deliveries_total\{outcome="ok"\} 0$/m);
    expect((await call(url, 'GET', '/metrics')).status).toBe(401);
    const { status, text: problem } = await say(url, 'to nobody');
    expect([status, JSON.parse(problem).error.code]).toEqual([404, 'not_found']);
    expect((await call(url, 'GET', '/')).status).toBe(404);
  });

  test('one that only takes in delivers nothing, and tells no figures of deliveries', async () => {
    const { url } = await start('api');
    await call(url, 'POST', '/api/v1/webhooks', {
      target_url: receiver.url('/'),
      granularity_hours: 0,
    });
    expect((await say(url, 'for later')).status).toBe(202);
    const { text } = await call(url, 'GET', '/metrics', undefined, TOKEN);
    expect(text).toMatch(/^pakiet_waiting_messages\{webhook="on"\} 1$/m);
    expect(text).not.toContain('pakiet_deliveries_total');
    expect(texts()).toEqual([]);
  });
});
