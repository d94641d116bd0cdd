import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { News, Signals } from '../signals.ts';
import { ClientQueries } from './queries.ts';
import { connect } from './set-up.ts';
import { cut } from './socket.ts';

/** A notification carries at most 8,000 bytes. */
const TOGETHER = 200;
const RECONNECT_MS = 500;

interface Sender {
  client: pg.Client;
  queries: ClientQueries;
}

/**
 * By LISTEN and NOTIFY, over two connections of its own. What is told while a notification is on its way
 * goes along with the next; what cannot be sent is lost.
 */
export class PostgresSignals implements Signals {
  readonly #url: string;
  readonly #closing = new AbortController();
  readonly #listening = new Set<pg.Client>();
  #due = new Map<number, number>();
  #changed = new Set<number>();
  #told = new Set<'shards' | 'mail'>();
  #sender: Promise<Sender> | null = null;
  #sending: Promise<void> | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  wake(due: ReadonlyMap<number, number>): void {
    for (const [id, at] of due) this.#due.set(id, Math.min(at, this.#due.get(id) ?? at));
    this.#send();
  }

  changed(webhookId: number): void {
    this.#changed.add(webhookId);
    this.#send();
  }

  tell(what: 'shards' | 'mail'): void {
    this.#told.add(what);
    this.#send();
  }

  #send(): void {
    if (this.#closing.signal.aborted) return;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
      if (this.#hasNews()) this.#send();
    });
  }

  #hasNews(): boolean {
    return this.#due.size + this.#changed.size + this.#told.size > 0;
  }

  async #sendAll(): Promise<void> {
    const payloads = this.#takeNews().map((news) => JSON.stringify(news));
    const text =
      'SELECT pg_notify($1 || current_schema(), payload) FROM unnest($2::text[]) AS payload';
    await this.#ask(text, [CHANNEL, payloads]).catch(() => {});
  }

  /** Asks the server whether it is there, over a connection over which nothing takes long. */
  async ping(): Promise<void> {
    await this.#ask('SELECT 1', []);
  }

  async #ask(text: string, params: readonly unknown[]): Promise<void> {
    this.#sender ??= this.#connect();
    const sender = this.#sender;
    try {
      await (await sender).queries.rows(text, params);
    } catch (error) {
      sender.then(({ client }) => client.end()).catch(() => {});
      if (this.#sender === sender) this.#sender = null;
      throw error;
    }
  }

  /** A notification is no more durable than the connection: nobody has to wait for the disk. */
  async #connect(): Promise<Sender> {
    const client = await connect(this.#url);
    await client.query('SET synchronous_commit = off');
    return { client, queries: new ClientQueries(client) };
  }

  /** Ends its connections here and now, and makes others as needed. */
  cut(): void {
    for (const client of this.#listening) cut(client);
    this.#sender?.then(({ client }) => cut(client)).catch(() => {});
  }

  #takeNews(): News[] {
    const due = [...this.#due];
    const changed = [...this.#changed];
    const all: News[] = [Object.fromEntries([...this.#told].map((what) => [what, true]))];
    for (let i = 0; i < due.length; i += TOGETHER) all.push({ due: due.slice(i, i + TOGETHER) });
    for (let i = 0; i < changed.length; i += TOGETHER) {
      all.push({ changed: changed.slice(i, i + TOGETHER) });
    }
    this.#due = new Map();
    this.#changed = new Set();
    this.#told = new Set();
    return all.filter((news) => Object.keys(news).length > 0);
  }

  async listen(hear: (news: News) => void, missed: () => void): Promise<void> {
    const lost = () => {
      if (this.#closing.signal.aborted) return;
      missed();
      void this.#listenAgain(hear, missed, lost);
    };
    await this.#listen(hear, lost);
  }

  async #listenAgain(hear: (news: News) => void, missed: () => void, lost: () => void) {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#listen(hear, lost);
        // Of what was told in between nothing was heard.
        return missed();
      } catch {
        await sleep(RECONNECT_MS, undefined, { ref: false });
      }
    }
  }

  async #listen(hear: (news: News) => void, lost: () => void): Promise<void> {
    const client = await connect(this.#url);
    this.#listening.add(client);
    client.on('notification', ({ payload }) => hear(JSON.parse(payload ?? '{}')));
    client.once('end', () => {
      this.#listening.delete(client);
      lost();
    });
    const { rows } = await client.query<{ channel: string }>(
      `SELECT quote_ident($1 || current_schema()) AS channel`,
      [CHANNEL],
    );
    await client.query(`LISTEN ${rows[0]?.channel}`);
  }

  async close(): Promise<void> {
    // What was told last goes along, too.
    while (this.#sending) await this.#sending;
    this.#closing.abort();
    const sender = (await this.#sender?.catch(() => null))?.client;
    // It may be asking a server that has fallen silent.
    if (sender) cut(sender);
    await Promise.allSettled([...this.#listening].map((one) => one.end()));
  }
}

/** Of this schema, since notifications go through the whole database. */
const CHANNEL = 'pakiet_';
