import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  StoreInUseError,
  StoreKeyDamagedError,
  StoreKeyNotKeptError,
  StoreKeyUnreadableError,
  StoreKeyWrongError,
  StoreNewerError,
  StoreUnavailableError,
} from '../../src/store/errors.ts';
import { keyPath, makeKey, readKey } from '../../src/store/key-file.ts';
import { SecretBox } from '../../src/store/secret-box.ts';
import { databasePath, lockFolder, openSecretBox } from '../../src/store/sqlite/data-folder.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { statementCache } from '../../src/store/sqlite/statements.ts';
import { addWebhook } from '../support/chat-log.ts';
import { aWebhook } from '../support/messages.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('the database', () => {
  test('is created, with its folder, where there is none', async () => {
    const folder = join(tempFolder(), 'deep', 'down');
    const store = await openSqlite({ folder });
    expect(await store.read.workspaces.ids()).toEqual([]);
    await store.close();
  });

  test('written by a newer version is refused in one sentence, and left as it is', async () => {
    const folder = tempFolder();
    await (await openSqlite({ folder })).close();
    const db = new Database(databasePath(folder));
    db.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('0099-from-the-future', '')`);
    const rows = () => db.prepare('SELECT count(*) FROM kysely_migration').pluck().get();
    const before = rows();
    const opening = openSqlite({ folder });
    await expect(opening).rejects.toThrow(StoreNewerError);
    await expect(opening).rejects.toMatchObject({
      code: 'store_newer',
      message: expect.stringContaining('0099-from-the-future'),
    });
    expect(rows()).toBe(before);
    db.close();
  });

  test('is asked with statements that keep their plan whatever is bound, and quoted text as it is', () => {
    const db = new Database(':memory:');
    const sql = statementCache(db);
    expect(sql('SELECT ? AS a, \'?@b\' AS b, @c AS "?"').source).toBe(
      'SELECT +? AS a, \'?@b\' AS b, +@c AS "?"',
    );
    // A plus before a parameter changes nothing of its value.
    for (const value of ['007', '', 'ą?', null, 1.5, -0, 2 ** 53 - 1, Buffer.from([0, 255])]) {
      expect(sql('SELECT ?').pluck().get(value)).toEqual(value);
    }
    const typeOf = sql('SELECT typeof(?)').pluck();
    expect(['1', 1.5, null].map((value) => typeOf.get(value))).toEqual(['text', 'real', 'null']);
    db.close();
  });

  test('keeps a write-ahead log, so that others read while it writes', async () => {
    const folder = tempFolder();
    const store = await openSqlite({ folder });
    const reader = new Database(databasePath(folder), { readonly: true });
    await store.transaction(async (tx) => {
      await tx.workspaces.create({ name: 'Acme', ownerName: '', ownerEmail: '' });
      expect(reader.prepare('SELECT count(*) FROM workspace').pluck().get()).toBe(0);
    });
    expect(reader.prepare('SELECT count(*) FROM workspace').pluck().get()).toBe(1);
    expect(reader.pragma('journal_mode', { simple: true })).toBe('wal');
    reader.close();
    await store.close();
  });

  test('that is none says so', async () => {
    const folder = tempFolder();
    openSecretBox(folder);
    mkdirSync(databasePath(folder));
    // With a key, it is the database that is looked at.
    await expect(openSqlite({ folder })).rejects.toThrow(StoreUnavailableError);
  });

  test('that cannot be written says so, and works again when it can', async () => {
    const store = await openSqlite({ folder: tempFolder() });
    const create = (fail: boolean) =>
      store.transaction(async (tx) => {
        await tx.workspaces.create({ name: 'Acme', ownerName: '', ownerEmail: '' });
        if (fail) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
      });
    await expect(create(true)).rejects.toThrow(StoreUnavailableError);
    await create(false);
    expect(await store.read.workspaces.ids()).toHaveLength(1);
    await store.close();
  });
});

describe('the folder', () => {
  test('is one server’s at a time, until it is given back', () => {
    const folder = join(tempFolder(), 'data');
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(StoreInUseError);
    expect(() => lockFolder(folder)).toThrow(folder);
    release();
    lockFolder(folder)();
  });

  test('does not lock another', () => {
    const [one, other] = [lockFolder(tempFolder()), lockFolder(tempFolder())];
    one();
    other();
  });
});

describe('secrets at rest', () => {
  test('are not readable in the database or its log, nor is the key in there', async () => {
    const folder = tempFolder();
    const store = await openSqlite({ folder });
    await addWebhook(store);
    const { secret } = aWebhook();
    const source = { id: 'src_1', workspaceId: 1, kind: 'waha', name: '', createdAt: 0 };
    const secrets = { hmac_key: 'HMAC-KEY' };
    const formerSecrets = [{ secrets: { hmac_key: 'FORMER-KEY' }, until: 9 }];
    await store.transaction((tx) => tx.sources.create({ ...source, secrets, formerSecrets }));
    const key = readFileSync(join(folder, 'secret.key'), 'utf8');
    for (const file of ['pakiet.db', 'pakiet.db-wal']) {
      const bytes = readFileSync(join(folder, file), 'latin1');
      expect(bytes.includes(secret.slice(6))).toBe(false);
      for (const other of [key, 'HMAC-KEY', 'FORMER-KEY'])
        expect(bytes.includes(other)).toBe(false);
    }
    await store.close();
  });

  test('have a key that only the owner of the process can read, made once', () => {
    const folder = tempFolder();
    const closed = openSecretBox(folder).close('whsec_1');
    expect(statSync(join(folder, 'secret.key')).mode & 0o077).toBe(0);
    expect(openSecretBox(folder).open(closed)).toBe('whsec_1');
  });

  test('have a key that is on the disk before it has its name, and leaves nothing behind', () => {
    const folder = tempFolder();
    openSecretBox(folder);
    expect(readdirSync(folder)).toEqual(['secret.key']);
    expect(readKey(keyPath(folder))).toHaveLength(32);
  });

  test('have the key that another process made meanwhile', () => {
    const path = keyPath(tempFolder());
    const first = makeKey(path);
    expect(makeKey(path)).toEqual(first);
  });

  test('have no key where none can be kept, or can be read', () => {
    expect(() => makeKey('/dev/null/in/secret.key')).toThrow(StoreKeyNotKeptError);
    const folder = tempFolder();
    mkdirSync(keyPath(folder));
    expect(() => openSecretBox(folder)).toThrow(StoreKeyUnreadableError);
  });

  test('have no key, and no database either, where its name is a link that leads nowhere', async () => {
    const folder = tempFolder();
    symlinkSync(join(folder, 'not', 'mounted'), keyPath(folder));
    await expect(openSqlite({ folder })).rejects.toThrow(StoreKeyNotKeptError);
    expect(readdirSync(folder)).toEqual(['secret.key']);
  });

  test.each(['', 'c2hvcnQ=', 'no key at all'])('are not closed by what is no key: "%s"', (text) => {
    const folder = tempFolder();
    writeFileSync(keyPath(folder), text);
    expect(() => openSecretBox(folder)).toThrow(StoreKeyDamagedError);
  });

  test('that another key has closed are noticed when the database is opened', async () => {
    const folder = tempFolder();
    const store = await openSqlite({ folder });
    await addWebhook(store);
    await store.close();
    const key = readFileSync(keyPath(folder));
    writeFileSync(keyPath(folder), randomBytes(32).toString('base64'));
    await expect(openSqlite({ folder })).rejects.toThrow(StoreKeyWrongError);
    writeFileSync(keyPath(folder), key);
    await (await openSqlite({ folder })).close();
  });

  test('cannot be opened with another key or once altered', () => {
    const box = new SecretBox(Buffer.alloc(32, 1));
    const closed = box.close('whsec_1');
    expect(box.close('whsec_1')).not.toBe(closed);
    expect(() => new SecretBox(Buffer.alloc(32, 2)).open(closed)).toThrow();
    const altered = Buffer.from(closed, 'base64');
    altered[altered.length - 1] = (altered.at(-1) as number) ^ 1;
    expect(() => box.open(altered.toString('base64'))).toThrow();
  });
});
