import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { canMount, canSetReadOnly, OwnMountServer, setReadOnly } from '../support/own-mount.ts';
import { expectErrorForm } from '../support/raw-http.ts';
import { API_KEY, ASKED_EVERY_MS, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await HttpReceiver.start();
});

afterAll(async () => {
  await receiver.stop();
});

/** Speaks to a server that is in trouble: every answer is a success or a 503 in our form. */
class Caller {
  /** Texts that got their 202. */
  readonly taken: string[] = [];
  refused = 0;
  readonly #url: string;
  #sent = 0;

  constructor(url: string) {
    this.#url = url;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what tests are to find out
  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${API_KEY}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = {
      status: response.status,
      headers: response.headers,
      body: await response.json(),
    };
    if (answer.status >= 400) {
      expectErrorForm(answer);
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    return answer;
  }

  /** Hands one message in, to one of ten chats; whether it was taken. */
  async handIn(length = 10): Promise<boolean> {
    this.#sent += 1;
    const text = `SECRET-${this.#sent}-${'x'.repeat(length)}`;
    const message = inboundInput({ chat: { id: `chat-${this.#sent % 10}` }, message: { text } });
    const { status } = await this.call('POST', '/messages', message);
    if (status === 202) this.taken.push(text);
    else this.refused += 1;
    return status === 202;
  }

  /** Once everything is delivered: each text that was taken came exactly once, and no other did. */
  async proveDelivered(webhookId: string, path: string): Promise<void> {
    for (let waiting = -1; waiting !== 0; ) {
      await sleep(ASKED_EVERY_MS);
      waiting = (await this.call('GET', `/webhooks/${webhookId}`)).body.waiting;
    }
    const texts = receiver.at(path).map(({ body }) => JSON.parse(body).message.text);
    expect(texts.sort()).toEqual([...this.taken].sort());
  }
}

/** A webhook with ten deliveries under way, whose answers are held back. */
async function tenUnderWay(
  caller: Caller,
  path: string,
): Promise<{ id: string; release: () => void }> {
  const target_url = receiver.url(path);
  const { body } = await caller.call('POST', '/webhooks', { target_url, granularity_hours: 0 });
  const release = receiver.hold(path);
  for (let sent = 0; sent < 10; sent += 1) await caller.handIn();
  await receiver.waitFor(path, 10);
  return { id: body.id, release };
}

(canMount() ? describe : describe.skip)('a disk that is full', () => {
  test('refuses with 503 and loses, doubles and forgets nothing; room again is enough', async () => {
    const server = await OwnMountServer.start('16m');
    const caller = new Caller(server.url);
    const { id, release } = await tenUnderWay(caller, '/full');
    fillUp(server.path('ballast'));
    while (await caller.handIn(20_000));
    release();
    await receiver.waitFor('/full', 10);
    // What was sent is known only in memory now; meanwhile nothing is sent again, and reading goes on.
    for (let n = 0; n < 20; n += 1) await caller.handIn(20_000);
    for (const path of ['/webhooks', '/chats', '/me', `/webhooks/${id}/log`])
      await caller.call('GET', path);
    expect(caller.refused).toBeGreaterThan(10);
    rmSync(server.path('ballast'));
    for (let n = 0; n < 20; n += 1) expect(await caller.handIn()).toBe(true);
    await caller.proveDelivered(id, '/full');
    expect(server.output).not.toContain('SECRET-');
    expect(await server.stop()).toBe(0);
  });
});

(canSetReadOnly() ? describe : describe.skip)('a disk that turns read-only, and back', () => {
  test('refuses with 503 and loses, doubles and forgets nothing, without a restart', async () => {
    const folder = tempFolder();
    const server = await ServerProcess.start(folder);
    const caller = new Caller(server.url);
    const { id, release } = await tenUnderWay(caller, '/read-only');
    const files = ['', '-wal'].map((suffix) => `${databasePath(folder)}${suffix}`);
    try {
      expect(setReadOnly(true, files)).toBe(true);
      release();
      for (let n = 0; n < 20; n += 1) expect(await caller.handIn()).toBe(false);
      for (const path of READS) await caller.call('GET', path);
    } finally {
      setReadOnly(false, files);
    }
    for (let n = 0; n < 20; n += 1) expect(await caller.handIn()).toBe(true);
    await caller.proveDelivered(id, '/read-only');
    expect(server.output).not.toContain('SECRET-');
    expect(await server.stop()).toBe(0);
  });
});

describe('a database that another program has locked for longer than we wait', () => {
  test('refuses with 503 and loses, doubles and forgets nothing; the lock’s end is enough', async () => {
    const folder = tempFolder();
    const server = await ServerProcess.start(folder);
    const caller = new Caller(server.url);
    const { id, release } = await tenUnderWay(caller, '/locked');
    const intruder = new Database(databasePath(folder));
    intruder.exec('BEGIN EXCLUSIVE');
    release();
    expect(await caller.handIn()).toBe(false);
    for (const path of READS) await caller.call('GET', path);
    intruder.exec('ROLLBACK');
    intruder.close();
    expect(await caller.handIn()).toBe(true);
    await caller.proveDelivered(id, '/locked');
    expect(server.output).not.toContain('SECRET-');
    expect(await server.stop()).toBe(0);
  });
});

const READS = ['/me', '/webhooks', '/chats', '/samples', '/whatsapp-accounts'];

/** Writes until there is no room left. */
function fillUp(path: string): void {
  for (const size of [1 << 20, 4096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}
