import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { keyPath } from '../../src/store/key-file.ts';
import { databasePath, lockFolder } from '../../src/store/sqlite/data-folder.ts';
import { movedMarkPath } from '../../src/store/sqlite/moved-mark.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { addBulk } from '../support/bulk.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { fill } from '../support/filled-store.ts';
import { ask, describePostgres, emptySchema } from '../support/postgres.ts';
import { COMMAND_LINE, type Ended, Program, run, SERVER } from '../support/program.ts';
import { tempFolder } from '../support/temp-folder.ts';

describePostgres('npm run pakiet -- migrate-store', () => {
  let folder: string;
  let url: string;

  beforeEach(async () => {
    folder = tempFolder();
    url = await emptySchema();
    const store = await openSqlite({ folder });
    await fill(store);
    await store.close();
  });

  const proxies: CuttingProxy[] = [];
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  async function through(to: string): Promise<CuttingProxy> {
    const proxy = await CuttingProxy.to(to);
    proxies.push(proxy);
    return proxy;
  }

  const key = () => readFileSync(keyPath(folder), 'utf8');
  const cli = (args: string[], env: Record<string, string> = {}) =>
    run(process.execPath, [COMMAND_LINE, ...args], { env: { PAKIET_DATA_DIR: folder, ...env } });
  const migrate = (...more: string[]) => cli(['migrate-store', '--to', url, ...more]);
  const serve = (env: Record<string, string>) =>
    run(process.execPath, [SERVER], { env: { PORT: '0', PAKIET_DATA_DIR: folder, ...env } });

  /** It said one sentence, and nothing else. */
  function sentence({ code, stdout, stderr }: Ended): string {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const told = stderr
      .split('\n')
      .filter((line) => line !== '' && !/^(Copy|Compar)ing: /.test(line));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/\.$/);
    expect(stderr).not.toContain(key());
    return told[0] as string;
  }

  function rows(): number {
    const db = new Database(databasePath(folder));
    const counted = db.prepare('SELECT count(*) FROM message').pluck().get() as number;
    db.close();
    return counted;
  }

  test('says what it moved and how to go on, and shows no key', async () => {
    const { code, stdout, stderr } = await migrate();
    expect({ code }).toEqual({ code: 0 });
    expect(stdout).toMatch(
      /^Moved \d+ rows to PostgreSQL at 127\.0\.0\.1\S*\/test, schema \w+ in 1?\d s, and compared all/,
    );
    expect(stdout).toContain(keyPath(folder));
    expect(stdout).toContain('PAKIET_SECRET_KEY');
    expect(stderr).toMatch(
      /^Copying: 0 of (\d+) rows, workspace\nCopying: \1 of \1 rows, \w+\n(?:.+\n)*Comparing: \1 of \1 rows, \w+\n$/,
    );
    expect(stdout + stderr).not.toContain(key());
    expect((await migrate()).stdout).toMatch(
      /^Everything has been moved to PostgreSQL at .* before\.\n/,
    );
  });

  test('takes the database from DATABASE_URL as well, and the key from its own setting', async () => {
    const env = { DATABASE_URL: url, PAKIET_SECRET_KEY: key() };
    expect(await cli(['migrate-store'], env)).toMatchObject({ code: 0 });
    expect((await cli(['key', 'list'], env)).stdout).toContain('pakiet_1');
  });

  test('says in one sentence why it cannot be done', async () => {
    const at = (given: Partial<URL>) =>
      Object.assign(new URL(url), { password: 'hunter2' }, given).href;
    const elsewhere = { PAKIET_DATA_DIR: tempFolder() };
    const other = { PAKIET_SECRET_KEY: Buffer.alloc(32).toString('base64') };
    for (const [args, env, told] of [
      [[], {}, 'Say where to with --to postgres://'],
      [['--to', url], elsewhere, `There is no data in ${elsewhere.PAKIET_DATA_DIR} yet`],
      [['--to', 'mysql://me:hunter2@x/y'], {}, '--to is not an address such as postgres://'],
      [
        ['--to', at({ port: '1' })],
        {},
        'The database of --to cannot be used (connect ECONNREFUSED',
      ],
      [
        ['--to', at({ search: '?options=-c search_path=nowhere' })],
        {},
        'No schema of the search_path of --to exists (it is nowhere)',
      ],
      [['--to', url], other, 'The key in PAKIET_SECRET_KEY does not open the secrets'],
    ] as const) {
      const refused = sentence(await cli(['migrate-store', ...args], env));
      expect(refused).toContain(told);
      expect(refused).not.toContain('hunter2');
    }
    const release = lockFolder(folder);
    expect(sentence(await migrate())).toContain('Another Pakiet server is using the data folder');
    release();
    await ask('CREATE TABLE of_another_program (id int)', url);
    expect(await migrate()).toMatchObject({ code: 0 });
    rmSync(movedMarkPath(folder));
    folder = tempFolder();
    const store = await openSqlite({ folder });
    await fill(store);
    await store.close();
    expect(sentence(await migrate())).toContain('holds data that is not of this move');
  });

  test('leaves a folder on which nothing starts any more, until its mark is removed', async () => {
    await migrate();
    for (const refused of [
      serve({}),
      cli(['key', 'list']),
      cli(['backup', join(tempFolder(), 'copy')]),
    ]) {
      const told = sentence(await refused);
      expect(told).toContain(`The data of ${folder} has been moved to PostgreSQL at 127.0.0.1`);
      expect(told).toContain(`remove ${movedMarkPath(folder)}`);
    }
    rmSync(movedMarkPath(folder));
    expect(await cli(['key', 'list'])).toMatchObject({ code: 0 });
  });

  test('nothing starts on a database that has been filled by half', async () => {
    await migrate();
    await ask('UPDATE move SET finished_at = NULL', url);
    for (const refused of [
      serve({ DATABASE_URL: url }),
      cli(['key', 'list'], { DATABASE_URL: url }),
    ]) {
      expect(sentence(await refused)).toContain('holds an unfinished copy of a data folder');
    }
    expect(await migrate()).toMatchObject({ code: 0 });
    expect(await cli(['key', 'list'], { DATABASE_URL: url })).toMatchObject({ code: 0 });
  });

  test('killed or cut off wherever it is, it goes on from there and doubles nothing', async () => {
    addBulk(folder, 12_000);
    const whole = tempFolder();
    cpSync(folder, whole, { recursive: true });
    const measured = await through(await emptySchema());
    expect(
      await cli(['migrate-store', '--to', measured.url], { PAKIET_DATA_DIR: whole }),
    ).toMatchObject({ code: 0 });
    const total = measured.passed;

    const proxy = await through(url);
    const args = [COMMAND_LINE, 'migrate-store', '--to', proxy.url];
    const stages: number[] = [];
    const stage = async () => {
      const [row] = await ask<{ progress: string }>('SELECT progress FROM move', url);
      const progress: Record<string, { rows: number }> = JSON.parse(row?.progress ?? '{}');
      stages.push(Object.values(progress).reduce((sum, one) => sum + one.rows, 0));
    };
    // In the set-up, in the first groups and in the midst of it: what has come is not sent again.
    for (const share of [0.001, 0.15, 0.15]) {
      const program = new Program(process.execPath, args, { env: { PAKIET_DATA_DIR: folder } });
      proxy.afterBytes(share * total, () => program.signal('SIGKILL'));
      expect((await program.ended()).code).toBeNull();
      if (share > 0.1) await stage();
    }
    proxy.afterBytes(0.15 * total, () => proxy.cutAll());
    expect(sentence(await cli(args.slice(1)))).toMatch(/^The move broke off \(.*\): run it again/);
    await stage();
    // While both are compared.
    const program = new Program(process.execPath, args, { env: { PAKIET_DATA_DIR: folder } });
    await program.told(/^Comparing/m);
    program.signal('SIGKILL');
    await program.ended();
    await stage();
    expect(stages).toEqual([...new Set(stages)].sort((a, b) => a - b));
    const last = await migrate();
    expect(last).toMatchObject({ code: 0 });
    expect(last.stdout).toContain('had been moved by earlier runs');
    const [counted] = await ask(
      'SELECT count(*)::int AS rows, count(DISTINCT uuid)::int AS different FROM message',
      url,
    );
    expect(counted).toEqual({ rows: rows(), different: rows() });
  }, 60_000);
});
