import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { Program, ROOT, run, SERVER } from '../support/program.ts';
import { tempFolder } from '../support/temp-folder.ts';

const running: Program[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.signal('SIGTERM');
    await server.ended();
  }
});

/** Runs the server as `npm start` does, in a folder of its own. */
function start(env: Record<string, string> = {}, cwd = tempFolder()): Program {
  return new Program(process.execPath, [SERVER], { cwd, env: { PORT: '0', ...env } });
}

/** Starts a server that is to run; answers its address. */
async function started(...given: Parameters<typeof start>): Promise<[Program, string]> {
  const server = start(...given);
  running.push(server);
  const [, url] = await server.printed(/listens on (\S+)[^\n]*\n/);
  return [server, url as string];
}

/** The one sentence with which a server that cannot start ends. */
async function refusal(...given: Parameters<typeof start>): Promise<string> {
  const { code, stdout, stderr } = await start(...given).ended();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
  return stderr;
}

async function portInUse() {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  return { port: String(port), free: () => new Promise((resolve) => other.close(resolve)) };
}

const me = (url: string, key: string) =>
  fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } });

describe('the first start', () => {
  test('shows where it listens, the key, and a curl line that works as it stands', async () => {
    const folder = tempFolder();
    const [first, url] = await started({}, folder);
    await first.printed(/\n {2}curl .*\n/);
    expect(first.stdout).toMatch(/^Pakiet \d+\.\d+\.\d+ listens on http:\/\/127\.0\.0\.1:\d+ and/);
    const [, key] = /shown only this once:\n\n {2}(pakiet_\S+)\n/.exec(
      first.stdout,
    ) as RegExpExecArray;
    expect((await me(url, key as string)).status).toBe(200);

    const [, line] = /\n {2}(curl .*)\n/.exec(first.stdout) as RegExpExecArray;
    const curl = await run('bash', ['-c', line as string]);
    expect(JSON.parse(curl.stdout)).toEqual({
      accepted: 1,
      duplicates: 0,
      skipped: [],
      rejected: [],
    });

    first.signal('SIGTERM');
    expect((await first.ended()).code).toBe(0);
    const [second, again] = await started({}, folder);
    expect((await me(again, key as string)).status).toBe(200);
    await second.printed(/\/welcome\/.*\n\n/);
    expect(second.stdout).toMatch(
      /^Pakiet .* listens on .*\nNo e-mail is sent .*\nOpen the settings page with this link, which holds once and for a day:\n\n {2}\S+\/welcome\/\S+\n\n$/,
    );
  });

  test('takes the key from PAKIET_API_KEY and does not print it', async () => {
    const PAKIET_API_KEY = 'a-key-of-my-own-choice';
    const [server, url] = await started({ PAKIET_API_KEY });
    await server.printed(/\n {2}curl .*\n/);
    expect((await me(url, PAKIET_API_KEY)).status).toBe(200);
    expect(server.stdout + server.stderr).not.toContain(PAKIET_API_KEY);
    const [, line] = /\n {2}(curl .*)\n/.exec(server.stdout) as RegExpExecArray;
    const curl = await run('bash', ['-c', line as string], { env: { PAKIET_API_KEY } });
    expect(JSON.parse(curl.stdout)).toMatchObject({ accepted: 1 });
    const elsewhere = await run('bash', ['-c', line as string]);
    expect(elsewhere).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('PAKIET_API_KEY: set it to your API key first'),
    });
  });

  test('keeps to itself the folder it makes', async () => {
    const cwd = tempFolder();
    await started({}, cwd);
    expect(statSync(join(cwd, 'data')).mode & 0o077).toBe(0);
    expect(statSync(join(cwd, 'data', 'secret.key')).mode & 0o077).toBe(0);
  });

  test('that fails on its port does not use up the key that is shown once', async () => {
    const cwd = tempFolder();
    const { port, free } = await portInUse();
    await refusal({ PORT: port }, cwd);
    await free();
    const [server] = await started({ PORT: port }, cwd);
    await server.printed(/shown only this once:\n\n {2}pakiet_\S+\n/);
  });
});

describe('a bad setting', () => {
  test.each([
    ['PORT', 'http', 'PORT is not a port number'],
    ['HOST', '203.0.113.7', 'HOST 203.0.113.7 is not an address of this machine'],
    ['HOST', 'no such host', 'HOST no such host is not an address of this machine'],
    ['PAKIET_DATA_DIR', '/dev/null', 'PAKIET_DATA_DIR /dev/null cannot be used'],
    ['PAKIET_DATA_DIR', '/dev/null/in', 'PAKIET_DATA_DIR /dev/null/in cannot be used'],
    ['PAKIET_DATA_DIR', '/proc/pakiet', 'PAKIET_DATA_DIR /proc/pakiet cannot be used'],
  ])('%s=%s is named in one sentence', async (name, value, sentence) => {
    expect(await refusal({ [name]: value })).toContain(sentence);
  });

  // Every variable has its part of the sentence: each start tries as many as it can.
  test.each([
    [
      {
        PORT: '65536',
        PAKIET_PUBLIC_URL: 'pakiet.acme.example',
        PAKIET_PRODUCT_NAME: 'x'.repeat(101),
        PAKIET_API_KEY: 'short',
        PAKIET_OWNER_NAME: 'x'.repeat(201),
        PAKIET_OWNER_EMAIL: 'nobody',
        PAKIET_ALLOW_NETWORKS: '10.0.0.0/8,intranet',
        PAKIET_RETENTION_DAYS: '0',
        SMTP_URL: 'https://mail.acme.example',
        PAKIET_MAIL_FROM: 'Pakiet <pakiet@acme.example>',
        LOG_LEVEL: 'loud',
      },
      [
        'PORT is not a port number (0 to 65535)',
        'PAKIET_PUBLIC_URL is not an http or https address such as https://pakiet.example.com',
        'PAKIET_PRODUCT_NAME is longer than 100 characters',
        'PAKIET_API_KEY must be 16 to 256 printable characters without spaces',
        'PAKIET_OWNER_NAME is longer than 200 characters',
        'PAKIET_OWNER_EMAIL is not an e-mail address',
        'PAKIET_ALLOW_NETWORKS has "intranet", which is not an address block such as 10.0.0.0/8',
        'PAKIET_RETENTION_DAYS must be from 1 to 3650 days',
        'SMTP_URL is not an address such as smtps://user:password@mail.example.com',
        'PAKIET_MAIL_FROM is not an e-mail address',
        'LOG_LEVEL is not one of fatal, error, warn, info, debug, trace, silent',
      ],
    ],
    [
      {
        PAKIET_PUBLIC_URL: 'ftp://acme.example',
        PAKIET_API_KEY: 'a key that has spaces',
        PAKIET_ALLOW_NETWORKS: '10.0.0.0/33',
        PAKIET_RETENTION_DAYS: 'ever',
        SMTP_URL: 'smtp://olga:per%cent@mail.acme.example',
      },
      [
        'PAKIET_PUBLIC_URL is not an http or https address such as https://pakiet.example.com',
        'PAKIET_API_KEY must be 16 to 256 printable characters without spaces',
        'PAKIET_ALLOW_NETWORKS has "10.0.0.0/33", which is not an address block such as 10.0.0.0/8',
        'PAKIET_RETENTION_DAYS is not a whole number of days',
        'SMTP_URL is not an address such as smtps://user:password@mail.example.com',
      ],
    ],
  ])('of the others is named, too, and no other variable is (%#)', async (env, parts) => {
    const text = await refusal(env as Record<string, string>);
    expect(text).toBe(`The configuration is wrong: ${parts.join('; ')}.\n`);
  });

  test('SMTP_URL without PAKIET_MAIL_FROM is refused in one sentence', async () => {
    expect(await refusal({ SMTP_URL: 'smtp://mail.acme.example' })).toBe(
      'The configuration is wrong: SMTP_URL needs PAKIET_MAIL_FROM, the address that e-mails come from.\n',
    );
  });

  test('that is empty counts as not set', async () => {
    await started({ LOG_LEVEL: '', PAKIET_PUBLIC_URL: '', PAKIET_ALLOW_NETWORKS: '' });
  });
});

describe('.env', () => {
  test('is read, and the environment wins', async () => {
    const cwd = tempFolder();
    writeFileSync(
      join(cwd, '.env'),
      'PAKIET_PRODUCT_NAME=From the file\nPAKIET_DATA_DIR=./here\nLOG_LEVEL=nonsense\n',
    );
    const [server] = await started({ LOG_LEVEL: 'warn' }, cwd);
    expect(server.stdout).toMatch(/^From the file .* keeps its data in \.\/here\n/);
    expect(existsSync(join(cwd, 'here', 'pakiet.db'))).toBe(true);
  });

  test('with a bad value is refused like the environment', async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, '.env'), 'PAKIET_RETENTION_DAYS=many\n');
    expect(await refusal({}, cwd)).toContain('PAKIET_RETENTION_DAYS is not a whole number');
  });
});

describe('a start that would do harm', () => {
  test('on a port in use is refused in one sentence, and makes no data', async () => {
    const cwd = tempFolder();
    const { port, free } = await portInUse();
    expect(await refusal({ PORT: port }, cwd)).toBe(
      `Port ${port} is in use on 127.0.0.1: stop the other program, or set PORT to another one.\n`,
    );
    expect(readdirSync(join(cwd, 'data'))).not.toContain('pakiet.db');
    await free();
  });

  test('on a folder in use is refused in one sentence; the first server goes on', async () => {
    const cwd = tempFolder();
    const [, url] = await started({}, cwd);
    expect(await refusal({}, cwd)).toBe(
      'Another Pakiet server is using the data folder ./data: stop it, or set PAKIET_DATA_DIR to another folder.\n',
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('on a folder whose server was killed is no such start', async () => {
    const cwd = tempFolder();
    const server = start({}, cwd);
    await server.printed(/listens on/);
    server.signal('SIGKILL');
    expect((await server.ended()).code).toBeNull();
    await started({}, cwd);
  });

  test('on a database newer than the program is refused in one sentence', async () => {
    const cwd = tempFolder();
    const [server] = await started({}, cwd);
    server.signal('SIGTERM');
    await server.ended();
    const db = new Database(databasePath(join(cwd, 'data')));
    db.prepare('INSERT INTO kysely_migration (name, timestamp) VALUES (?, ?)').run(
      '0099-of-tomorrow',
      new Date().toISOString(),
    );
    db.close();
    expect(await refusal({}, cwd)).toContain('newer version of Pakiet (it has "0099-of-tomorrow")');
  });
});

const SYSTEM_NODE = '/usr/bin/node';

describe('under an older Node', () => {
  test('the server, the command line and the tests say so in one sentence', async () => {
    const found = existsSync(SYSTEM_NODE) ? (await run(SYSTEM_NODE, ['--version'])).stdout : '';
    const [major = 99] = found.slice(1).split('.').map(Number);
    if (major >= 22) {
      process.stdout.write(`${SYSTEM_NODE} is no older Node (${found.trim()}): not tested\n`);
      return;
    }
    const programs = [
      [SERVER],
      [join(ROOT, 'dist/src/server/cli.js'), 'key', 'create'],
      [join(ROOT, 'node_modules/jest/bin/jest.js'), 'test/server/start-up'],
    ];
    for (const args of programs) {
      const { code, stdout, stderr } = await run(SYSTEM_NODE, args);
      expect([args[0], code, stdout]).toEqual([args[0], 1, '']);
      expect(stderr).toMatch(
        /^Pakiet needs Node 22\.19 or newer and this is Node \d+\.\d+\.\d+: run it through npm [^\n]*\.\n$/,
      );
    }
  });
});
