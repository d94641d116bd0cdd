import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import type { Queries } from '../../../src/store/postgres/queries.ts';
import { repositories } from '../../../src/store/postgres/repositories.ts';
import { sessionConfig } from '../../../src/store/postgres/session.ts';
import { SecretBox } from '../../../src/store/secret-box.ts';
import type { Repositories, Store } from '../../../src/store/store.ts';
import { describePostgres, emptySchema } from '../../support/postgres.ts';
import { failure, OK } from '../../support/receiver.ts';
import { World } from '../../support/world.ts';

const HOUR = 3_600_000;
const URL = 'https://receiver.example/';
const key = new Uint8Array(32).fill(7);
/** Once at the start, and where the clock was set back. */
const ON_ALL_LANES = /^UPDATE lane SET (opened_at|due_at) = \$1/;
const large = ['account', 'alias', 'chat', 'lane', 'message', 'person', 'seen'];

describePostgres('a statement that is planned once', () => {
  let client: pg.Client;
  const asked = new Map<string, Asked>();
  const whenEmpty = new Map<string, string[]>();
  const whenFull = new Map<string, string[]>();
  const whenAnalyzed = new Map<string, string[]>();

  beforeAll(async () => {
    const url = await emptySchema();
    await (await openPostgres({ url, key })).close();
    client = new pg.Client(sessionConfig(url, { keepsPlans: true }));
    await client.connect();
    await live(overOne(client, asked));
    for (const text of asked.keys()) if (ON_ALL_LANES.test(text)) asked.delete(text);
    const note = async (ways: Map<string, string[]>) => {
      for (const [text, { name }] of asked) ways.set(text, await waysIn(client, name));
    };
    await note(whenEmpty);
    await fill(client);
    await client.query('DISCARD PLANS');
    await note(whenFull);
    await client.query('ANALYZE');
    await note(whenAnalyzed);
  });
  afterAll(() => client.end());

  const kept = (ways: Map<string, string[]>) =>
    new Map([...ways].filter(([text]) => asked.get(text)?.isKept));

  test('goes by the same indexes, whether its tables were empty then, full, or analyzed', () => {
    expect(kept(whenAnalyzed).size).toBeGreaterThan(50);
    expect(kept(whenEmpty)).toEqual(kept(whenAnalyzed));
    expect(kept(whenFull)).toEqual(kept(whenAnalyzed));
  });

  test('reads no large table as a whole, nor does any other', () => {
    const isWhole = (way: string) => large.some((table) => way === `all of ${table}`);
    expect([...whenAnalyzed].filter(([, ways]) => ways.some(isWhole))).toEqual([]);
  });
});

/** Each is prepared under a name here; the program keeps only some of them so. */
interface Asked {
  name: string;
  isKept: boolean;
}

/** By which indexes a statement that is kept prepared comes to its rows, and which tables it reads as a whole. */
async function waysIn(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT cardinality(parameter_types) AS params FROM pg_prepared_statements WHERE name = '${name}'`,
  );
  const { params } = rows[0];
  const values = params > 0 ? `(${Array(params).fill('NULL')})` : '';
  const explained = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE "${name}"${values}`);
  const nodes = nodesOf(explained.rows[0]['QUERY PLAN'][0].Plan);
  const ways = nodes.flatMap((node) => {
    const { 'Relation Name': table, 'Index Name': index, 'Index Cond': condition } = node;
    if (table && !condition && /Scan/.test(node['Node Type'])) return `all of ${table}`;
    return index ?? [];
  });
  return ways.sort();
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
}

const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/**
 * A store over one connection, whose transactions are none.
 * @param asked what was, by text
 */
function overOne(client: pg.Client, asked: Map<string, Asked>): Store {
  const ask = async (text: string, values: readonly unknown[] = [], isKept = true) => {
    const { name } = asked.get(text) ?? { name: `statement_${asked.size}` };
    asked.set(text, { name, isKept });
    return client.query({ name, text, values: [...values] });
  };
  const queries: Queries = {
    rows: async (text, values) => (await ask(text, values)).rows,
    write: async (text, values) => void (await ask(text, values)),
    once: async (text, values) => {
      const { rows, rowCount, command } = await ask(text, values, false);
      return { rows, affected: rowCount ?? 0, command };
    },
  };
  const all = repositories(queries, new SecretBox(Buffer.from(key)), true);
  return { read: all, transaction: (work) => work(all), close: async () => {} };
}

/** What is asked of a store day by day. */
async function live(store: Store): Promise<void> {
  const place = { open: async () => store, config: () => Promise.reject(new Error('None')) };
  const world = await World.create({
    kind: { name: 'PostgreSQL', concurrent: false, place: () => place },
  });
  const { receiver, workspaceId } = world;
  const { id } = await world.createWebhook();
  await world.createWebhook({ target_url: 'https://bundles.example/', granularity_hours: 1 });
  await world.accept({}, {}, { chat: { id: 'another' } });
  await world.idle();
  const [{ id: number } = { id: 0 }] = await store.read.chats.list(workspaceId, { limit: 1 });
  await world.accept({ chat: { chat_id: String(number) } });
  receiver.answer(URL, failure());
  await world.accept({}, { chat: { id: 'another', full_name: 'Another name' } });
  const account = '+972550000000';
  const aliases = ['phone:+48111111111', 'phone:+48222222222'] as const;
  for (const alias of aliases) {
    await world.accept({ account, chat: { id: alias, phone: alias.slice('phone:'.length) } });
  }
  const contact = { kind: 'contact' as const, account, aliases: [...aliases] };
  await world.intake.take(workspaceId, [contact]);
  await world.advance(HOUR);
  receiver.answer(URL, OK);
  await world.webhooks.enable(workspaceId, id, 'where_it_stopped');
  await world.advance(2 * HOUR);
  await world.redelivery.replay(workspaceId, id, 0);
  await world.idle();
  await look(store.read, workspaceId, id);
  await world.stop();
}

/** Everything that is read for people, and now and then. */
async function look(read: Repositories, workspaceId: number, webhookId: number): Promise<void> {
  const { chats, messages, lanes, parked, outbox } = read;
  const page = { limit: 50 };
  const [chat] = await chats.list(workspaceId, page);
  const chatId = chat?.id as number;
  const range = { chatId, fromSeq: 1, direction: null, gaps: [] };
  await chats.list(workspaceId, { ...page, search: 'anna', before: 1 });
  await chats.recent(workspaceId, page);
  await chats.recent(workspaceId, { ...page, before: { at: 1, id: 1 } });
  await chats.together(workspaceId, chatId);
  await chats.after(workspaceId, 0, 100);
  await chats.edit(workspaceId, chatId, { fullName: 'Anna' });
  await messages.newest(workspaceId, 3, { chats: [String(chatId)], chat_type: 'group' });
  await messages.conversation([chatId], page);
  await messages.conversation([chatId], { ...page, after: 1 });
  await messages.count(range);
  await messages.range({ ...range, limit: 100 });
  await messages.firstReceivedSince(range, 0);
  await messages.positionBefore(workspaceId, 0);
  await messages.purge(workspaceId, 0, null, 100);
  await messages.forget(0, 100);
  await lanes.hasten([chatId], 0);
  await lanes.ofChat(chatId);
  await lanes.firstPosition(webhookId);
  await lanes.countOpen(webhookId, 0);
  await lanes.nextClosing(webhookId, 0);
  await lanes.failing(webhookId, 10);
  await lanes.page(webhookId, 0, 100);
  await lanes.frozen(0, 100);
  await parked.list(webhookId, 10);
  await parked.firstPosition(webhookId);
  await parked.removeCovered(webhookId, chatId, 1, null);
  await outbox.due(0, 0, 10);
  await outbox.nextDue();
  await outbox.cancel(webhookId);
  await read.history.activities(webhookId);
  await read.history.requests(webhookId);
  await read.counters.since(webhookId, 0);
  await read.people.learn([]);
}

/** Twenty thousand chats of a hundred workspaces, and as many lanes of each of two webhooks among hundreds. */
const fill = (client: pg.Client) =>
  client.query(`
    INSERT INTO webhook (workspace_id, name, target_url, granularity_hours, filters, secret, source, created_at,
        enabled)
      SELECT n, '', '', 0, '', '', '', 0, 1 FROM generate_series(1, 500) AS n;
    INSERT INTO account (workspace_id, phone) SELECT 1, 'account ' || n FROM generate_series(1, 10) AS n;
    INSERT INTO chat (workspace_id, account_id, source_id, source_name, phone, is_group, created_at,
        last_message_at, redirect_to)
      SELECT n % 100, n % 10, 'chat ' || n, 'A chat', '+48' || n, 0, n, n, CASE WHEN n % 50 = 0 THEN 10000001 END
        FROM generate_series(1, 20000) AS n;
    INSERT INTO person (account_id, chat_id) SELECT account_id, id FROM chat ON CONFLICT DO NOTHING;
    INSERT INTO alias (account_id, alias, person_id) SELECT account_id, 'alias ' || id, id FROM person;
    INSERT INTO message (workspace_id, chat_id, seq, timestamp, received_at, uuid, direction, sender_name,
        sender_phone, recipient_name, recipient_phone, origin, text)
      SELECT workspace_id, chat.id, n, n, chat.id + n, chat.id || '-' || n, 'sent', '', '', '', '', 'phone', 'a text'
        FROM chat, generate_series(10, 14) AS n;
    INSERT INTO seen (account_id, received_at, direction, native_id)
      SELECT chat_id % 10, received_at, direction, uuid FROM message;
    INSERT INTO lane (webhook_id, chat_id, next_seq, opened_at, due_at, attempts)
      SELECT n, id, 1, id, id, 0 FROM chat, generate_series(1, 2) AS n ON CONFLICT DO NOTHING`);
