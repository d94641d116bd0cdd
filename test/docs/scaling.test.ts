import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GLOBAL_CONCURRENCY } from '../../src/core/dispatcher.ts';
import { RENEWALS } from '../../src/core/shard-holder.ts';
import { RATE_LIMITS } from '../../src/server/access.ts';
import { ROLES, variablesSchema } from '../../src/server/config.ts';
import { LEASE_MS, LOOK_EVERY_MS } from '../../src/server/dispatcher-work.ts';
import { LEASE_KEEPERS, openPostgres, READERS, WRITERS } from '../../src/store/postgres/open.ts';
import { SHARDS } from '../../src/store/shards.ts';
import { movedMarkPath } from '../../src/store/sqlite/moved-mark.ts';
import { ask, describePostgres, emptySchema } from '../support/postgres.ts';
import { COMMAND_LINE, ROOT, run } from '../support/program.ts';
import { emptyStore } from '../support/stores.ts';

const page = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
const operations = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

const found = (pattern: RegExp, text = page): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, one]) => one as string)),
];
const number = (value: number) => value.toLocaleString('en');

describe('docs/scaling.md', () => {
  test('names only commands, options and roles that there are', async () => {
    for (const command of found(/npm run pakiet -- ((?:workspace )?[a-z-]+)/g)) {
      const args = [COMMAND_LINE, ...command.split(' '), '--help'];
      const { stdout } = await run(process.execPath, args);
      expect(stdout).toContain(`Usage: npm run pakiet -- ${command}`);
    }
    const help = await run(process.execPath, [COMMAND_LINE, 'migrate-store', '--help']);
    for (const option of ['--to', '--start-over']) expect(help.stdout).toContain(option);
    const roles = found(/--role (\w+)/g);
    expect(roles.sort()).toEqual(ROLES.filter((role) => role !== 'all').sort());
    expect(readme).toContain('npm start -- --role api');
  });

  test('names only variables that there are', () => {
    const named = found(/`(PAKIET_[A-Z_]+|SMTP_URL|DATABASE_URL|PORT|HOST|LOG_LEVEL)`/g);
    expect(named.length).toBeGreaterThan(10);
    expect(Object.keys(variablesSchema.shape)).toEqual(expect.arrayContaining(named));
  });

  test('links only to what there is, and is linked to', () => {
    const anchors = (text: string) =>
      found(/^#+ (.*)$/gm, text).map((heading) =>
        heading
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
    for (const link of found(/\]\((?!http)(.*?)\)/g)) {
      const [file, anchor] = link.split('#') as [string, string?];
      const path = join(ROOT, 'docs', file);
      expect([link, existsSync(path)]).toEqual([link, true]);
      if (anchor) expect(anchors(readFileSync(path, 'utf8'))).toContain(anchor);
    }
    for (const link of found(/\]\(scaling\.md#(.*?)\)/g, operations)) {
      expect(anchors(page)).toContain(link);
    }
    expect(readme).toContain('(docs/scaling.md)');
  });

  test('tells shards, leases and limits as they are', () => {
    const lease = LEASE_MS / 1000;
    expect(page).toContain(`spread over ${SHARDS} shards`);
    expect(page).toContain(`more than ${SHARDS} dispatchers are of no use`);
    expect(page).toContain(
      `a lease of ${lease} seconds, renewed every ${lease / RENEWALS}, and starts no request with less than ${lease / 2} seconds`,
    );
    const takeover = `up to ${lease + lease / RENEWALS} seconds`;
    expect(page.split(takeover).length).toBeGreaterThan(2);
    expect(readme).toContain(`within ${lease + lease / RENEWALS} seconds`);
    expect(page).toContain(`look by themselves | up to ${LOOK_EVERY_MS / 1000} seconds`);
    expect(page).toContain(`some ${GLOBAL_CONCURRENCY} requests`);
    expect(page).toContain(
      `${number(RATE_LIMITS.calls)} a minute with one key, ${number(RATE_LIMITS.intake)} that hand messages in, ${RATE_LIMITS.failures} with wrong keys`,
    );
    expect(page).toContain(`\`${movedMarkPath('')}\``);
    expect(operations).toContain(`\`${movedMarkPath('')}\``);
  });

  test('counts the connections that a process may hold', () => {
    const api = WRITERS + READERS + 1;
    const delivering = WRITERS + READERS + LEASE_KEEPERS + 2;
    expect(page).toContain(
      `| ${api}: ${WRITERS} that write, ${READERS} that read, 1 for news | 1 that counts`,
    );
    expect(page).toContain(
      `| ${delivering + READERS + 1}: ${WRITERS} that write, ${READERS} that read, ${LEASE_KEEPERS} for its lease, 2 for news; for its probes ${READERS} that read and 1 for news | 1 that counts |`,
    );
    expect(page).toContain(`| both | ${api + delivering} | 2 |`);
    expect(operations).toContain(`up to ${api + delivering} connections, and two more`);
    expect(page).toContain(`2 × ${api + 2} + 4 × ${delivering + READERS + 2} = 90`);
  });

  test('names only questions that the store answers', async () => {
    const { read } = await emptyStore();
    const named = found(
      /`((?:workspaces|signIns|sources|accounts|chats|webhooks|people|messages|lanes|actions|parked|history|outbox|counters)\.\w+)`/g,
    );
    expect(named.length).toBeGreaterThan(20);
    for (const name of named) {
      const [repository, method] = name.split('.') as [keyof typeof read, string];
      const { [method as never]: asked } = read[repository];
      expect([name, typeof asked]).toEqual([name, 'function']);
    }
  });

  test('reckons right', () => {
    const sums = [...page.matchAll(/([\d.,]+) ([×÷]) ([\d.,]+) = ([\d,.]*\d)/g)];
    expect(sums.length).toBeGreaterThan(10);
    const value = (text: string | undefined) => Number(text?.replaceAll(',', ''));
    for (const [sum, a, sign, b, outcome] of sums) {
      // The last product of a sum of products is only a part of it.
      if (page.includes(`+ ${sum}`)) continue;
      const right = sign === '×' ? value(a) * value(b) : value(a) / value(b);
      expect([sum, Math.abs(value(outcome) / right - 1) < 0.02]).toEqual([sum, true]);
    }
  });
});

describePostgres('what docs/scaling.md says of the schema', () => {
  test('names the tables that know no workspace, all of them', async () => {
    const url = await emptySchema();
    await (await openPostgres({ url, key: new Uint8Array(32) })).close();
    const rows = await ask<{ name: string }>(
      `SELECT relname AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
          AND relname !~ '^(kysely_.*|workspace|installation|dispatcher|shard|move)$'
          AND NOT EXISTS (SELECT FROM pg_attribute
                           WHERE attrelid = pg_class.oid AND attname = 'workspace_id')
        ORDER BY 1`,
      url,
    );
    const [, listed] = /without `workspace_id`\*\*(.*)\n/.exec(page) as RegExpExecArray;
    const tables = found(/`(\w+)`/g, listed).filter((name) => !name.endsWith('_id'));
    expect(tables.sort()).toEqual(rows.map(({ name }) => name));
  });
});
