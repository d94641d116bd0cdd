import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  StoreKeyWrongError,
  StoreNewerError,
  StoreRefusedError,
  StoreUnreachableError,
} from '../../../src/store/errors.ts';
import { folded } from '../../../src/store/folded.ts';
import { migrations } from '../../../src/store/postgres/migrations/index.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { ask, describePostgres, emptyDatabase, emptySchema } from '../../support/postgres.ts';

const key = new Uint8Array(32).fill(7);

describePostgres('opening PostgreSQL', () => {
  test('ten processes that start at once on an empty schema all come up', async () => {
    const url = await emptySchema();
    const stores = await Promise.all(Array.from({ length: 10 }, () => openPostgres({ url, key })));
    for (const store of stores) {
      await store.transaction((tx) =>
        tx.workspaces.create({ name: 'Acme', ownerName: '', ownerEmail: '' }),
      );
    }
    expect(await stores[0]?.read.workspaces.ids()).toHaveLength(10);
    for (const store of stores) await store.close();
    expect(await ask('SELECT count(*)::int AS n FROM shard', url)).toEqual([{ n: 64 }]);
  });

  test('a schema written by a newer version is refused in one sentence, and left as it is', async () => {
    const url = await emptySchema();
    await (await openPostgres({ url, key })).close();
    await ask(
      "INSERT INTO kysely_migration (name, timestamp) VALUES ('0099-from-the-future', '')",
      url,
    );
    const opening = openPostgres({ url, key });
    await expect(opening).rejects.toThrow(StoreNewerError);
    await expect(opening).rejects.toThrow('0099-from-the-future');
    const names = await ask('SELECT name FROM kysely_migration', url);
    expect(names).toHaveLength(Object.keys(migrations).length + 1);
  });

  test('another key than the first is refused, and told by nothing that the database holds', async () => {
    const url = await emptySchema();
    await (await openPostgres({ url, key })).close();
    const opening = openPostgres({ url, key: new Uint8Array(32).fill(8) });
    await expect(opening).rejects.toThrow(StoreKeyWrongError);
    const rows = JSON.stringify(await ask('SELECT * FROM installation', url));
    expect(rows).not.toContain(Buffer.from(key).toString('base64'));
  });

  test('a pooler that does not pass on what connections ask for is refused', async () => {
    const url = await emptySchema();
    const proxy = await CuttingProxy.to(url);
    proxy.rewrite('plan_cache_mode=force_custom_plan', 'plan_cache_mode=auto             ');
    const opening = openPostgres({ url: proxy.url, key });
    await expect(opening).rejects.toThrow(StoreRefusedError);
    await expect(opening).rejects.toThrow('pgbouncer');
    await proxy.close();
    // It holds no lock that a later start would wait for.
    await (await openPostgres({ url, key })).close();
  });

  test('a pooler that refuses what connections ask for is named', async () => {
    const pooler = createServer((socket) => {
      const told = 'SFATAL\0C08P01\0Munsupported startup parameter: options\0\0';
      const length = Buffer.alloc(4);
      length.writeInt32BE(4 + told.length);
      socket.once('data', () =>
        socket.end(Buffer.concat([Buffer.from('E'), length, Buffer.from(told)])),
      );
    });
    await once(pooler.listen(0, '127.0.0.1'), 'listening');
    const { port } = pooler.address() as AddressInfo;
    const opening = openPostgres({ url: `postgres://me@127.0.0.1:${port}/x`, key });
    await expect(opening).rejects.toThrow(StoreRefusedError);
    await expect(opening).rejects.toThrow('pgbouncer');
    pooler.close();
  });

  test('a certificate that cannot be read is told in one sentence', async () => {
    const url = new URL(await emptySchema());
    url.searchParams.set('sslmode', 'verify-full');
    url.searchParams.set('sslrootcert', '/nowhere/ca.crt');
    const opening = openPostgres({ url: url.href, key });
    await expect(opening).rejects.toThrow(StoreUnreachableError);
    await expect(opening).rejects.toThrow('/nowhere/ca.crt');
  });

  test('a schema that is not there is refused', async () => {
    const nowhere = new URL(await emptySchema());
    nowhere.searchParams.set('options', '-c search_path=pakiet_test_nowhere');
    await expect(openPostgres({ url: nowhere.href, key })).rejects.toThrow(StoreRefusedError);
  });

  test('a database that cannot hold every text is refused', async () => {
    const url = await emptyDatabase("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
    const opening = openPostgres({ url, key });
    await expect(opening).rejects.toThrow(StoreRefusedError);
    await expect(opening).rejects.toThrow('LATIN1');
  });

  test.each([
    ['a server that is not there', { port: '1' }, 'ECONNREFUSED'],
    ['a database that is not there', { pathname: '/no_such_database' }, 'no_such_database'],
    ['a user that is not there', { username: 'nobody_of_ours' }, 'nobody_of_ours'],
  ])('%s is told in one sentence, without the password', async (_what, wrong, told) => {
    const url = new URL(await emptySchema());
    Object.assign(url, { password: 'hunter2' }, wrong);
    const opening = openPostgres({ url: url.href, key });
    await expect(opening).rejects.toThrow(StoreUnreachableError);
    await expect(opening).rejects.toThrow(told);
    await expect(opening).rejects.toThrow('DATABASE_URL');
    await expect(opening).rejects.not.toThrow('hunter2');
  });

  test('names are folded as elsewhere', async () => {
    const url = await emptySchema();
    await (await openPostgres({ url, key })).close();
    const letter = fc.oneof(
      fc.integer({ min: 0x20, max: 0x24f }),
      fc.integer({ min: 0x300, max: 0x52f }),
      fc.integer({ min: 0x5d0, max: 0x64a }),
      fc.integer({ min: 0x1e00, max: 0x1fff }),
      fc.integer({ min: 0x1f300, max: 0x1f64f }),
    );
    const text = fc.array(letter).map((codes) => String.fromCodePoint(...codes));
    const texts = [
      'Zażółć GĘŚLĄ Jaźń',
      'ΟΔΥΣΣΕΥΣ',
      'İstanbul',
      ...fc.sample(text, { numRuns: 500, seed: 1 }),
    ];
    const asked = texts.map((one) => `folded('${one.replaceAll("'", "''")}')`);
    const [row] = await ask<{ all: string[] }>(`SELECT ARRAY[${asked.join()}] AS all`, url);
    expect(row?.all).toEqual(texts.map(folded));
  });
});
