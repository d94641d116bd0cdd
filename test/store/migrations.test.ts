import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { databasePath, openSecretBox } from '../../src/store/sqlite/data-folder.ts';
import { theLog } from '../../src/store/sqlite/migrations/0001-the-log.ts';
import { theZapsLife } from '../../src/store/sqlite/migrations/0002-the-zaps-life.ts';
import { deliveryPolicy } from '../../src/store/sqlite/migrations/0003-delivery-policy.ts';
import { theOutbox } from '../../src/store/sqlite/migrations/0004-outbox.ts';
import { dailyCounters } from '../../src/store/sqlite/migrations/0005-daily-counters.ts';
import { signIn } from '../../src/store/sqlite/migrations/0006-sign-in.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A data folder as a program left it that had these migrations, with what it had written. */
async function folderOf(migrations: Record<string, Migration>, written: string): Promise<string> {
  const folder = tempFolder();
  openSecretBox(folder);
  const database = new Database(databasePath(folder));
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const provider = { getMigrations: async () => migrations };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  expect(error).toBeUndefined();
  database.exec(written);
  await db.destroy();
  return folder;
}

test('sentences from before facts were stored are shown as they are', async () => {
  const emailFacts = JSON.stringify({ name: 'CRM', errors: 11, lastError: 'It said "500"' });
  const folder = await folderOf(
    {
      '0001-the-log': theLog,
      '0002-the-zaps-life': theZapsLife,
      '0003-delivery-policy': deliveryPolicy,
      '0004-outbox': theOutbox,
      '0005-daily-counters': dailyCounters,
      '0006-sign-in': signIn,
    },
    `INSERT INTO activity (webhook_id, slot, n, at, action, detail, chat_id) VALUES
       (1, 0, 0, 7, 'sent', 'Sent 1 message of "Jan" in 5 ms', 9), (1, 1, 1, 8, 'disabled', 'Off', NULL);
     INSERT INTO lane (webhook_id, chat_id, next_seq, opened_at, due_at, attempts, error) VALUES
       (1, 9, 1, 1, 1, 2, 'Answered 500'), (1, 10, 1, 1, 1, 1, NULL), (1, 11, 1, 1, 1, 0, NULL);
     INSERT INTO parked (webhook_id, chat_id, first_seq, last_seq, shape, parked_at, attempts, error)
       VALUES (1, 9, 1, 1, 'single', 1, 8, 'Answered 422');
     INSERT INTO email (workspace_id, webhook_id, message_id, created_at, facts, due_at)
       VALUES (1, 1, '<1@pakiet.invalid>', 1, '${emailFacts}', 1);`,
  );
  const store = await openSqlite({ folder });
  const { history, lanes, parked, outbox } = store.read;
  expect(await history.activities(1)).toEqual([
    { webhookId: 1, at: 8, action: 'disabled', chatId: null, facts: { kind: 'told', text: 'Off' } },
    {
      webhookId: 1,
      at: 7,
      action: 'sent',
      chatId: 9,
      facts: { kind: 'told', text: 'Sent 1 message of "Jan" in 5 ms' },
    },
  ]);
  const errors = await Promise.all([9, 10, 11].map((chat) => lanes.get(1, chat)));
  expect(errors.map((lane) => lane?.error)).toEqual([
    { code: 'told', text: 'Answered 500' },
    { code: 'told', text: '' },
    null,
  ]);
  expect((await parked.list(1, 9))[0]?.error).toEqual({ code: 'told', text: 'Answered 422' });
  const lastError = { code: 'told', text: 'It said "500"' };
  expect((await outbox.ofWebhook(1))[0]?.facts).toEqual({ name: 'CRM', errors: 11, lastError });
  await store.close();
});

describe('a start that is cut off while it migrates', () => {
  /** Opens a folder; so many statements are taken, and the next one fails. Whether it came to that. */
  async function isCutOff(folder: string, after: number): Promise<boolean> {
    const { prepare } = Database.prototype;
    let left = after;
    Database.prototype.prepare = function (this: Database.Database, text: string) {
      if (left === 0) throw new Error('cut off');
      left -= 1;
      return prepare.call(this, text);
    } as typeof prepare;
    try {
      await (await openSqlite({ folder })).close();
      return false;
    } catch (error) {
      expect((error as Error).message).toBe('cut off');
      return true;
    } finally {
      Database.prototype.prepare = prepare;
    }
  }

  test.each<[string, Record<string, Migration>]>([
    ['the first one', {}],
    ['one after an upgrade', { '0001-the-log': theLog, '0002-the-zaps-life': theZapsLife }],
  ])('is followed by one that works: %s', async (_which, migrations) => {
    let after = 0;
    for (;;) {
      const folder = await folderOf(migrations, '');
      const wasCutOff = await isCutOff(folder, after);
      const store = await openSqlite({ folder });
      expect(await store.read.workspaces.ids()).toEqual([]);
      await store.close();
      if (!wasCutOff) break;
      after += 4;
    }
    expect(after).toBeGreaterThan(50);
  });
});
