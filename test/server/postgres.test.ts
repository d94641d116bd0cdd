import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { describePostgres, emptySchema } from '../support/postgres.ts';
import { COMMAND_LINE, Program, run, SERVER } from '../support/program.ts';
import { tempFolder } from '../support/temp-folder.ts';

const KEY = Buffer.alloc(32, 5).toString('base64');
const TOKEN = 'a-token-of-the-tests';

describePostgres('a server on PostgreSQL', () => {
  let url: string;
  let folder: string;
  let env: Record<string, string>;
  const running: Program[] = [];

  beforeEach(async () => {
    url = await emptySchema();
    folder = tempFolder();
    env = { PORT: '0', PAKIET_DATA_DIR: folder, DATABASE_URL: url };
  });
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.signal('SIGTERM');
      await server.ended();
    }
  });

  async function started(more: Record<string, string> = {}): Promise<[Program, string]> {
    const server = new Program(process.execPath, [SERVER], { env: { ...env, ...more } });
    running.push(server);
    const [, address] = await server.printed(/listens on (\S+)[\s\S]*\n\n/);
    return [server, address as string];
  }

  const refusal = async (more: Record<string, string> = {}) => {
    const ended = await run(process.execPath, [SERVER], { env: { ...env, ...more } });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^[^\n]+\.\n$/);
    return ended.stderr;
  };
  const command = (...args: string[]) => run(process.execPath, [COMMAND_LINE, ...args], { env });

  test('says where the data is without the password, takes a message and delivers it', async () => {
    const withPassword = new URL(url);
    withPassword.password = 'hunter2';
    const [server, address] = await started({
      DATABASE_URL: withPassword.href,
      PAKIET_API_KEY: 'a-key-of-the-tests',
      PAKIET_METRICS_TOKEN: TOKEN,
      PAKIET_ALLOW_NETWORKS: '127.0.0.0/8',
    });
    const { host, pathname, searchParams } = withPassword;
    expect(server.stdout).toContain(
      `keeps its data in PostgreSQL at ${host}${pathname}, schema ${searchParams.get('application_name')}\n`,
    );
    expect(server.stdout + server.stderr).not.toContain('hunter2');
    const receiver = await HttpReceiver.start();
    const call = (path: string, body: object) =>
      fetch(`${address}/api/v1${path}`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer a-key-of-the-tests',
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
    await call('/webhooks', { target_url: receiver.url('/in'), granularity_hours: 0 });
    expect((await call('/messages', inboundInput())).status).toBe(202);
    await receiver.waitFor('/in', 1);
    const metrics = await fetch(`${address}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const text = await metrics.text();
    expect(text).toMatch(/^pakiet_database_bytes\{file="database"\} \d{6,}$/m);
    expect(text).toMatch(/^pakiet_webhooks\{state="enabled"\} 1$/m);
    expect(text).not.toContain('pakiet_data_disk_free_bytes');
    expect(text).not.toContain('file="log"');
    await receiver.stop();
  });

  test('makes a key in its data folder once, and shares it with the command line', async () => {
    await started();
    const key = readFileSync(join(folder, 'secret.key'), 'utf8');
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(existsSync(join(folder, 'pakiet.db'))).toBe(false);
    expect(await command('workspace', 'create', 'Acme')).toMatchObject({ code: 0 });
    expect((await command('key', 'list')).stdout).toContain('workspace 2: "Acme"');
    expect((await command('password', 'reset', '--workspace', '2')).stdout).toContain('/welcome/');
    const backup = await command('backup', join(folder, 'copy'));
    expect(backup).toMatchObject({ code: 1, stdout: '' });
    expect(backup.stderr).toContain('pg_dump');
    expect(readFileSync(join(folder, 'secret.key'), 'utf8')).toBe(key);
  });

  test('runs beside others, of which only the first prints the owner’s link', async () => {
    const servers = await Promise.all(
      Array.from({ length: 3 }, () => started({ PAKIET_SECRET_KEY: KEY })),
    );
    const printed = servers.map(([server]) => server.stdout);
    expect(printed.filter((text) => text.includes('/welcome/'))).toHaveLength(1);
    expect(printed.filter((text) => text.includes('link printed before'))).toHaveLength(2);
    expect(printed.filter((text) => text.includes('shown only this once'))).toHaveLength(1);
    expect(existsSync(join(folder, 'secret.key'))).toBe(false);
  });

  test('does not start with another key, or without one', async () => {
    const [server] = await started();
    server.signal('SIGTERM');
    await server.ended();
    expect(await refusal({ PAKIET_SECRET_KEY: KEY })).toContain(
      'The key in PAKIET_SECRET_KEY does not open the secrets',
    );
    const elsewhere = { PAKIET_DATA_DIR: tempFolder() };
    const missing = await refusal(elsewhere);
    expect(missing).toContain(join(elsewhere.PAKIET_DATA_DIR, 'secret.key is missing'));
    expect(missing).toContain('PAKIET_SECRET_KEY');
    expect(existsSync(join(elsewhere.PAKIET_DATA_DIR, 'secret.key'))).toBe(false);
  });

  test('says in one sentence that a database cannot be used, or a setting not be right', async () => {
    const unreachable = 'postgres://me:hunter2@127.0.0.1:1/pakiet';
    for (const [wrong, told] of [
      [{ DATABASE_URL: unreachable }, 'The database of DATABASE_URL cannot be used (connect ECONN'],
      [
        { DATABASE_URL: 'mysql://me:hunter2@localhost/x' },
        'DATABASE_URL is not an address such as',
      ],
      [
        { DATABASE_URL: 'postgres://me:hunter2@localhost/x?schema=there' },
        'write ?options=-c%20search_path%3D…',
      ],
      [
        { DATABASE_URL: 'postgres://me:hunter2%@localhost/x' },
        'DATABASE_URL has a % that stands for itself',
      ],
      [{ PAKIET_DATA_DIR: '/dev/null/in' }, 'No key to the secrets can be written to /dev/null/in'],
      [{ PAKIET_SECRET_KEY: 'hunter2' }, 'PAKIET_SECRET_KEY is not 32 bytes in base64'],
    ] as const) {
      const sentence = await refusal(wrong);
      expect(sentence).toContain(told);
      expect(sentence.replace('such as postgres://user:password', '')).not.toMatch(/hunter2|me:/);
    }
    const { stderr } = await run(process.execPath, [COMMAND_LINE, 'key', 'list'], { env });
    expect(stderr).toContain('There is no data in the database of DATABASE_URL yet');
  });
});
