import { existsSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  StoreInUseError,
  StoreMovedError,
  StoreMoveUnfinishedError,
} from '../../src/store/errors.ts';
import { keyPath, readKey } from '../../src/store/key-file.ts';
import {
  MoveDiffersError,
  MoveSourceChangedError,
  MoveTargetInUseError,
  MoveTargetNotEmptyError,
} from '../../src/store/move/errors.ts';
import { type MoveStep, moveStore } from '../../src/store/move/move-store.ts';
import { TABLE_NAMES } from '../../src/store/move/tables.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { databasePath, lockFolder } from '../../src/store/sqlite/data-folder.ts';
import { movedMarkPath } from '../../src/store/sqlite/moved-mark.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import type { SharedStore, Store } from '../../src/store/store.ts';
import { takePlace } from '../../src/store/take.ts';
import { answersOf } from '../support/answers.ts';
import { addBulk } from '../support/bulk.ts';
import { addWebhook, appendAll, received } from '../support/chat-log.ts';
import { fill } from '../support/filled-store.ts';
import { arrival } from '../support/messages.ts';
import { ask, describePostgres, emptySchema } from '../support/postgres.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Enough for several groups. */
const BULK = 3000;

class Cut extends Error {}

describePostgres('moving a data folder to PostgreSQL', () => {
  let folder: string;
  let url: string;
  const opened: Store[] = [];

  beforeEach(async () => {
    folder = tempFolder();
    url = await emptySchema();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  const move = (given: Partial<Parameters<typeof moveStore>[0]> = {}) =>
    moveStore({
      ...{ folder, url, name: 'PostgreSQL', startOver: false, now: () => 77 },
      onProgress: () => {},
      ...given,
    });

  /** Ends in the midst of it, without the good manners of a failure of its own. */
  const cutAt = (isSo: (step: MoveStep) => boolean) =>
    expect(
      move({
        onProgress: (step) => {
          if (isSo(step)) throw new Cut();
        },
      }),
    ).rejects.toThrow(Cut);

  async function inFolder<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
    const store = await openSqlite({ folder });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  async function moved(): Promise<SharedStore> {
    const store = await openPostgres({ url, key: readKey(keyPath(folder)) as Buffer });
    opened.push(store);
    return store;
  }

  function sqlite<Result>(work: (db: Database.Database) => Result): Result {
    const db = new Database(databasePath(folder));
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  const countsOf = (db: Database.Database) =>
    TABLE_NAMES.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number);

  test('moves all of everything: every repository answers as before', async () => {
    await inFolder(fill);
    expect(sqlite(countsOf).every((rows) => rows > 0)).toBe(true);
    const before = await inFolder(answersOf);
    const rows = sqlite(countsOf).reduce((sum, one) => sum + one, 0);
    expect(await move()).toEqual({ rows, before: 0, replaced: 0, leftOut: 0 });
    expect(await answersOf(await moved())).toEqual(before);
  });

  test('gives no id and no place twice, also of what is gone', async () => {
    await inFolder(fill);
    const last = await inFolder(async ({ read }) => read.messages.position());
    const given = sqlite((db) => db.prepare('SELECT name, seq FROM sqlite_sequence').all());
    const kept = sqlite((db) => db.prepare('SELECT max(id) FROM message').pluck().get());
    expect(kept).toBeLessThan(last);
    await move();
    const store = await moved();
    expect(await store.read.messages.position()).toBe(last);
    const { chat } = await appendAll(store, [{ ...received(9000), chat: { id: 'new' } }]);
    expect(await store.read.messages.position()).toBe(last + 1);
    const { id: webhookId } = await addWebhook(store);
    const next = Object.fromEntries(
      (given as { name: string; seq: number }[]).map(({ name, seq }) => [name, seq + 1]),
    );
    expect(next).toMatchObject({ chat: chat.id, webhook: webhookId, message: last + 1 });
    const { id } = await store.transaction((tx) =>
      tx.workspaces.create({ name: 'New', ownerName: '', ownerEmail: '' }),
    );
    expect(id).toBe(3);
  });

  test('knows duplicates, and numbers on where each chat was', async () => {
    const one = arrival({ chat: { id: 'ana' } });
    await inFolder((store) => store.transaction((tx) => tx.messages.append([one])));
    await move();
    const store = await moved();
    const [again, next] = await store.transaction((tx) =>
      tx.messages.append([one, arrival({ chat: { id: 'ana' } })]),
    );
    expect([again, next]).toMatchObject([{ status: 'duplicate' }, { seq: 2 }]);
  });

  test('an empty folder becomes an empty database', async () => {
    await inFolder(async () => {});
    expect(await move()).toMatchObject({ rows: 0 });
    const { chat } = await appendAll(await moved(), [received(1)]);
    expect(chat.id).toBe(10_000_001);
  });

  test('replaces what PostgreSQL cannot hold, and tells apart what would be one by that', async () => {
    const { chat } = await inFolder((store) =>
      appendAll(store, [{ ...received(1), chat: { id: 'a\uFFFD', full_name: 'A' } }]),
    );
    await inFolder((store) => appendAll(store, [{ ...received(1), chat: { id: 'b' } }]));
    sqlite((db) => {
      db.prepare('UPDATE message SET text = ?, sender_name = ? WHERE chat_id = ?').run(
        'x\0y',
        '\0',
        chat.id,
      );
      db.prepare("UPDATE chat SET source_id = ? WHERE source_id = 'b'").run('a\0');
      const seen = db.prepare("INSERT INTO seen VALUES (1, 'received', ?, 1)");
      // Two that are one, one by itself, and two with a NUL that are one.
      for (const id of ['x\0', 'x\uFFFD', 'z\0', '\0\uFFFD', '\uFFFD\0']) seen.run(id);
    });
    expect(await move()).toMatchObject({ replaced: 7, leftOut: 2 });
    const rows = await ask<{ source_id: string }>('SELECT source_id FROM chat ORDER BY id', url);
    expect(rows.map((row) => row.source_id)).toEqual(['a\uFFFD', `a\uFFFD\uFFFD${chat.id + 1}`]);
    const seen = await ask<{ native_id: string }>(
      "SELECT native_id FROM seen WHERE native_id LIKE '%\uFFFD%' ORDER BY native_id",
      url,
    );
    expect(seen.map((row) => row.native_id)).toEqual(['x\uFFFD', 'z\uFFFD', '\uFFFD\uFFFD']);
    const [message] = await ask('SELECT text, sender_name FROM message ORDER BY id', url);
    expect(message).toEqual({ text: 'x\uFFFDy', sender_name: '\uFFFD' });
  });

  describe('cut off', () => {
    beforeEach(async () => {
      await inFolder(fill);
      addBulk(folder, BULK);
    });

    test('goes on where it was, and the outcome is the same', async () => {
      const answers = await inFolder(answersOf);
      const stages: number[] = [];
      for (const at of [20, 1200, 2400]) {
        await cutAt(({ done, doing }) => doing === 'copying' && done > at);
        const [row] = await ask<{ progress: string }>('SELECT progress FROM move', url);
        const progress: Record<string, { rows: number }> = JSON.parse(row?.progress as string);
        stages.push(Object.values(progress).reduce((sum, { rows }) => sum + rows, 0));
        await expect(moved()).rejects.toThrow(StoreMoveUnfinishedError);
      }
      expect(stages[1]).toBeGreaterThan(stages[0] as number);
      expect(stages[2]).toBeGreaterThan(stages[1] as number);
      await cutAt(({ doing, table }) => doing === 'comparing' && table === 'message');
      expect(existsSync(movedMarkPath(folder))).toBe(false);
      expect((await move())?.before).toBeGreaterThan(BULK);
      expect(await answersOf(await moved())).toEqual(answers);
      expect(await ask('SELECT count(*)::int AS n FROM message', url)).toEqual([
        { n: sqlite((db) => db.prepare('SELECT count(*) FROM message').pluck().get()) },
      ]);
    });

    test('does not go on from a folder that has changed, but begins anew if told to', async () => {
      await cutAt(({ done }) => done > 1200);
      await inFolder((store) => appendAll(store, [received(1, 'meanwhile')]));
      await expect(move()).rejects.toThrow(MoveSourceChangedError);
      await move({ startOver: true });
      const texts = await ask("SELECT text FROM message WHERE text = 'meanwhile'", url);
      expect(texts).toHaveLength(1);
    });

    test('between the two marks starts on neither side, and is finished by another run', async () => {
      await move();
      await ask('UPDATE move SET finished_at = NULL', url);
      expect(() => takePlace({ databaseUrl: null, secretKey: null, dataDir: folder })).toThrow(
        StoreMovedError,
      );
      await expect(moved()).rejects.toThrow(StoreMoveUnfinishedError);
      await move();
      await moved();
    });

    test.each([
      ['a text', `UPDATE message SET text = 'x' WHERE id = 2000`, '"message" are not the same'],
      [
        'a cursor',
        'UPDATE lane SET next_seq = next_seq + 1 WHERE ctid = (SELECT min(ctid) FROM lane)',
        '"lane" are not the same',
      ],
      ['a missing row', `DELETE FROM seen WHERE ctid = (SELECT min(ctid) FROM seen)`, '"seen" has'],
      [
        'bytes of the log',
        `UPDATE request_log SET entry = 'x' WHERE slot = 3`,
        '"request_log" are not',
      ],
      ['two rows exchanged', `UPDATE account SET email = (3 - id)::text`, '"account" are not'],
    ])('does not take a copy for good in which %s is wrong', async (_what, damage, told) => {
      await cutAt(({ doing }) => doing === 'comparing');
      await ask(damage, url);
      const moving = move();
      await expect(moving).rejects.toThrow(MoveDiffersError);
      await expect(moving).rejects.toThrow(told);
      await expect(moved()).rejects.toThrow(StoreMoveUnfinishedError);
      expect(existsSync(movedMarkPath(folder))).toBe(false);
      await move({ startOver: true });
      await moved();
    });
  });

  test('refuses a folder that a server is at work on, and a database that one is', async () => {
    await inFolder(fill);
    const release = lockFolder(folder);
    await expect(move()).rejects.toThrow(StoreInUseError);
    release();
    const store = await openPostgres({ url, key: new Uint8Array(32) });
    await store.leases.renew(null, 60_000, () => ({ claim: 1, release: [] }));
    await store.close();
    await expect(move()).rejects.toThrow(MoveTargetInUseError);
    await ask('DELETE FROM dispatcher', url);
    await move();
  });

  test('refuses a database that holds something, whatever the key', async () => {
    await inFolder(fill);
    const store = await openPostgres({ url, key: new Uint8Array(32) });
    await addWebhook(store);
    await store.close();
    for (const startOver of [false, true]) {
      await expect(move({ startOver })).rejects.toThrow(MoveTargetNotEmptyError);
    }
    expect(await ask('SELECT count(*)::int AS n FROM webhook', url)).toEqual([{ n: 1 }]);
    const mine = url;
    url = await emptySchema();
    await move();
    // What has come in since is safe from another folder's move.
    folder = tempFolder();
    await inFolder(fill);
    for (const startOver of [false, true]) {
      await expect(move({ startOver })).rejects.toThrow(MoveTargetNotEmptyError);
    }
    url = mine;
  });

  test('run again when all has been moved it changes nothing', async () => {
    await inFolder(fill);
    await move();
    const store = await moved();
    await appendAll(store, [received(1, 'since')]);
    const answers = await answersOf(store);
    expect(await move()).toBeNull();
    expect(await move({ startOver: true })).toBeNull();
    expect(await answersOf(store)).toEqual(answers);
  });

  test('a folder that has been moved is not moved elsewhere, unless its mark is removed', async () => {
    await inFolder(fill);
    await move();
    url = await emptySchema();
    await expect(move()).rejects.toThrow(StoreMovedError);
    rmSync(movedMarkPath(folder));
    await move();
    takePlace({ databaseUrl: url, secretKey: null, dataDir: folder }).release();
  });
});
