import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { keyPath } from '../../src/store/key-file.ts';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { hasValidSignature } from '../../src/wire/signature.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { COMMAND_LINE, run } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CHATS = 20;

const backUp = (from: string, to: string) =>
  run(process.execPath, [COMMAND_LINE, 'backup', to], { env: { PAKIET_DATA_DIR: from } });

function countMessages(folder: string): number {
  const db = new Database(databasePath(folder));
  const count = db.prepare('SELECT count(*) FROM message').pluck().get();
  db.close();
  return count as number;
}

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
});

afterAll(async () => {
  await receiver.stop();
});

/** Hands messages in, chat by chat, one after another; remembers those that got their 202. */
class Stream {
  readonly taken = new Map<string, string[]>();
  count = 0;
  #stopped = false;
  #running: Promise<void>[] = [];
  readonly #server: ServerProcess;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  start(): void {
    this.#running = Array.from({ length: CHATS }, (_, i) => this.#fill(`chat-${i}`));
  }

  async #fill(id: string): Promise<void> {
    const texts: string[] = [];
    this.taken.set(id, texts);
    while (!this.#stopped) {
      const text = `${id}: ${texts.length}`;
      const message = inboundInput({ chat: { id, full_name: id }, message: { text } });
      const { status } = await this.#server.call('POST', '/messages', message);
      expect(status).toBe(202);
      texts.push(text);
      this.count += 1;
    }
  }

  /** Resolves when so many have been taken. */
  async reaches(count: number): Promise<void> {
    while (this.count < count) await this.#server.call('GET', '/me');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }
}

describe('npm run pakiet -- backup, while messages stream in,', () => {
  const folder = tempFolder();
  const copy = join(tempFolder(), 'nightly', '2026-01-31');
  let before: Map<string, string[]>;
  let stream: Stream;
  let secret: string;
  let release: () => void;

  beforeAll(async () => {
    const server = await ServerProcess.start(folder);
    const settings = { target_url: receiver.url('/crm'), granularity_hours: 0, concurrency: 5 };
    secret = (await server.call('POST', '/webhooks', settings)).body.secret;
    // What is under way when the server ends is never answered, so that nothing has been delivered.
    release = receiver.hold('/crm');
    stream = new Stream(server);
    stream.start();
    await stream.reaches(500);
    before = new Map([...stream.taken].map(([chat, texts]) => [chat, [...texts]]));
    const { code, stdout, stderr } = await backUp(folder, copy);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Backed up to ${copy}\\.`));
    const then = stream.count;
    await stream.reaches(then + 100);
    await stream.stop();
    await server.stop('SIGKILL');
  });

  test('makes a folder that only its owner can read, with the database and its key', () => {
    expect(readdirSync(copy).sort()).toEqual(['pakiet.db', 'secret.key']);
    expect(mode(copy)).toBe('700');
    expect(mode(databasePath(copy))).toBe('600');
    expect(mode(keyPath(copy))).toBe('600');
    expect(readdirSync(join(copy, '..'))).toEqual(['2026-01-31']);
  });

  test('refuses to overwrite, and leaves what there is as it was', async () => {
    const bytes = readFileSync(databasePath(copy));
    const { code, stderr } = await backUp(folder, copy);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is already something at .*: name a folder .*\.\n$/);
    expect(readFileSync(databasePath(copy)).equals(bytes)).toBe(true);
  });

  test('saves every message accepted before, and a server started on the copy delivers them', async () => {
    const saved = countMessages(copy);
    receiver.deliveries.length = 0;
    release();
    const restored = await ServerProcess.start(copy);
    // Whatever timed out meanwhile was written down as an error; its pause is in the copy, too.
    await restored.advance(60_000);
    const delivered = await receiver.waitFor('/crm', saved);
    const texts = Map.groupBy(
      delivered.map(({ body }) => JSON.parse(body)),
      ({ chat }) => chat.full_name as string,
    );
    for (const [chat, taken] of stream.taken) {
      const got = (texts.get(chat) ?? []).map(({ message }) => message.text);
      // One moment’s state: each chat in its order, up to some message, which is behind the start.
      expect(got.length).toBeGreaterThanOrEqual(before.get(chat)?.length as number);
      expect(got).toEqual(taken.slice(0, got.length));
    }
    for (const { headers, body } of delivered) {
      expect(hasValidSignature(secret, headers as object, body)).toBe(true);
    }
    const message = inboundInput({ chat: { id: 'new' }, message: { text: 'and on it goes' } });
    await restored.call('POST', '/messages', message);
    const all = await receiver.waitFor('/crm', saved + 1);
    expect(all).toHaveLength(saved + 1);
    expect(JSON.parse(all.at(-1)?.body as string).message.text).toBe('and on it goes');
    expect(await restored.stop()).toBe(0);
  });

  test('works on a folder whose server was killed, too', async () => {
    const second = join(tempFolder(), 'second');
    expect((await backUp(folder, second)).code).toBe(0);
    expect(countMessages(second)).toBe(stream.count);
  });
});

describe('a backup that cannot be made', () => {
  test('of a folder without data says so', async () => {
    const { code, stderr } = await backUp(tempFolder(), join(tempFolder(), 'copy'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^There is no data in [^\n]+\n$/)]);
  });

  test('leaves nothing behind, and says why in one sentence', async () => {
    const folder = tempFolder();
    await (await ServerProcess.start(folder)).stop();
    writeFileSync(databasePath(folder), Buffer.alloc(100_000, 'no database at all'));
    const parent = tempFolder();
    const { code, stderr } = await backUp(folder, join(parent, 'copy'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^No backup was made at [^\n]+\n$/)]);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('an empty folder counts as something, too', async () => {
    const folder = tempFolder();
    await (await ServerProcess.start(folder)).stop();
    const there = join(tempFolder(), 'there');
    mkdirSync(there);
    expect((await backUp(folder, there)).stderr).toMatch(/^There is already something at/);
    expect(readdirSync(there)).toEqual([]);
  });
});
