import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { ZObject } from 'zapier-platform-core';
import { z } from 'zod';
import { ERRORS_TOLERATED, pauseAfter } from '../../src/core/health.ts';
import { MAX_BUNDLE_MESSAGES } from '../../src/core/window.ts';
import { gapOf } from '../../src/core/zap-life.ts';
import { variablesSchema } from '../../src/server/config.ts';
import { ERROR_STATUS } from '../../src/server/errors.ts';
import { batchItemSchema, messageItemSchema } from '../../src/zapier/items.ts';
import { newMessage } from '../../src/zapier/new-message.ts';
import { newMessageBatch } from '../../src/zapier/new-message-batch.ts';
import { busy, type ProblemCode, problem } from '../../src/zapier/problem.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/zapier.md');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The rows of the tables with this header, cell by cell. */
function rowsUnder(header: string): string[][] {
  return page
    .split('\n\n')
    .filter((block) => block.startsWith(`| ${header} |`))
    .flatMap((block) => block.trim().split('\n').slice(2))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

interface Field {
  key: string;
  label: string;
  children?: Field[];
}

const given = (operation: object) => (operation as { outputFields: Field[] }).outputFields;
const singleFields = given(newMessage.operation);
const batchFields = given(newMessageBatch.operation);
const lineItems = batchFields.flatMap(({ children = [] }) => children);
const labels = (fields: readonly { label: string }[]) => fields.map(({ label }) => label);

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What the schema says of the value at an output field's key. */
const described = (schema: JsonSchema, key: string) =>
  key.split('__').reduce((from, name) => from.properties?.[name] as JsonSchema, schema).description;

const valueAt = (sample: unknown, key: string) =>
  key.split('__').reduce((from, name) => (from as Record<string, unknown>)[name], sample);

describe('the fields in docs/zapier.md', () => {
  const outputs = rowsUnder('field | New Message | New Message Batch | what it holds');
  const inputs = rowsUnder(
    'field | New Message, if left blank | New Message Batch, if left blank | what it does',
  );

  test.each([
    ['New Message', 1, 'yes', singleFields],
    ['New Message Batch', 2, 'yes', batchFields],
    ['each of its Messages', 2, 'in Messages', lineItems],
  ] as const)('are those that %s gives, in its order', (_name, column, mark, fields) => {
    const listed = outputs.filter((row) => row[column] === mark);
    expect(listed.map(([label]) => label)).toEqual(labels(fields));
  });

  test('are described as their schemas describe them', () => {
    const single: JsonSchema = z.toJSONSchema(messageItemSchema);
    const batch: JsonSchema = z.toJSONSchema(batchItemSchema);
    const { messages } = batch.properties as Record<string, JsonSchema>;
    const item = messages?.items as JsonSchema;
    const meanings = new Map(outputs.map(([label, , , meaning]) => [label, meaning]));
    for (const [schema, fields] of [
      [single, singleFields],
      [batch, batchFields],
      [item, lineItems],
    ] as const) {
      for (const { key, label } of fields) {
        expect([label, meanings.get(label)]).toEqual([label, described(schema, key)]);
      }
    }
  });

  test.each([
    ['New Message', 1, newMessage],
    ['New Message Batch', 2, newMessageBatch],
  ] as const)('to fill in are those of %s, with their defaults', (_name, column, trigger) => {
    const [note, ...fields] = trigger.operation.inputFields as readonly {
      label: string;
      type: string;
      default?: string;
      choices?: { value: string; label: string }[];
    }[];
    expect(note?.type).toBe('copy');
    const listed = inputs.filter((row) => row[column] !== '–');
    expect(listed.map(([label]) => label)).toEqual(labels(fields));
    for (const [i, { default: preset, choices }] of fields.entries()) {
      const chosen = choices?.find(({ value }) => value === preset);
      if (chosen) expect(listed[i]?.[column]).toBe(chosen.label);
    }
  });

  test.each([
    ['column | field | for example', singleFields, newMessage.operation.sample],
    ['in the CRM | field | for example', batchFields, newMessageBatch.operation.sample],
  ])(
    'of the walk-through "%s" exist, and its examples are the sample’s',
    (header, fields, sample) => {
      const rows = rowsUnder(header);
      expect(rows.length).toBeGreaterThan(5);
      for (const [, label, example] of rows) {
        const field = fields.find((one) => one.label === label);
        expect([label, field?.label]).toEqual([label, label]);
        const value = String(valueAt(sample, field?.key as string));
        if (example === 'below') expect(page).toContain(`\n${value}\n\`\`\``);
        else expect(example).toBe(`\`${value}\``);
      }
    },
  );
});

/** Every problem there is: the compiler misses the one that is left out. */
const CODES: Record<ProblemCode, true> = {
  invalid_server_url: true,
  insecure_server_url: true,
  malformed_api_key: true,
  refused_api_key: true,
  web_page: true,
  redirected: true,
  wrong_path: true,
  server_too_old: true,
  not_pakiet: true,
  refused_request: true,
  server_broken: true,
  server_unreachable: true,
  no_https: true,
  untrusted_certificate: true,
  server_slow: true,
  invalid_granularity: true,
  invalid_whatsapp_account: true,
  invalid_direction: true,
  invalid_chat_type: true,
  invalid_chat: true,
  invalid_signature: true,
  unexpected_payload: true,
};

test('docs/zapier.md explains every sentence that a Zapier user may be told, and no other', () => {
  const zapier = { errors: { Error, ThrottledError: Error } } as unknown as ZObject;
  const hidden = { host: '…', detail: '…' };
  const told = (Object.keys(CODES) as ProblemCode[]).map((code) => problem(zapier, code, hidden));
  const sentences = [...told, busy(zapier, '…', 60)].map(
    ({ message }) => /^.*?\.(?= |$)/.exec(message)?.[0],
  );
  const explained = rowsUnder('Zapier says | why | what to do').map(([sentence]) => sentence);
  expect(explained.toSorted()).toEqual(sentences.toSorted());
});

describe('what docs/zapier.md tells to type', () => {
  test('names only scripts that there are', () => {
    const named = [...page.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name as string);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names only commands and flags that Zapier’s command line has', () => {
    const commands = [...page.matchAll(/npm run zapier -- ([\w:]+)([^`\n#]*)/g)];
    const named = commands.map(([, name = '', rest = '']) => ({
      name,
      flags: [...rest.matchAll(/--([\w-]+)/g)].map(([, flag]) => flag as string),
    }));
    named.push({ name: 'login', flags: ['sso'] });
    expect(page).toContain('`login` wants `--sso`');
    for (const { name, flags } of named) {
      const source = sourceOf(name);
      const unknown = flags.filter((flag) => !new RegExp(`\\b${flag}'?: Flags`).test(source));
      expect({ name, exists: source !== '', unknown }).toEqual({ name, exists: true, unknown: [] });
    }
  });

  test('names only settings that the server reads', () => {
    const named = page.match(/PAKIET_\w+/g) ?? [];
    expect(Object.keys(variablesSchema.shape)).toEqual(expect.arrayContaining(named));
  });
});

/** The source of a command, such as `users:add`; '' where there is none. */
function sourceOf(command: string): string {
  const path = command.replace(':', '/');
  // `push` takes the flags of `build`.
  const files = [`${path}.js`, `${path}/index.js`, ...(path === 'push' ? ['build.js'] : [])];
  return files
    .map((file) => `node_modules/zapier-platform-cli/src/oclif/commands/${file}`)
    .filter((file) => existsSync(new URL(file, root)))
    .map(read)
    .join('\n');
}

describe('docs/zapier.md', () => {
  test('tells the limits as they are', () => {
    expect(page).toContain(`Only above ${MAX_BUNDLE_MESSAGES.toLocaleString('en')} messages`);
    expect(page).toContain(`More than ${ERRORS_TOLERATED} errors in a row`);
    const pauses = Array.from({ length: ERRORS_TOLERATED }, (_, i) => pauseAfter(i + 1, null, 0.5));
    const hours = pauses.reduce((all, pause) => all + pause, 0) / 3_600_000;
    expect(page).toContain(`over about ${Math.round(hours)} hours`);
    const { PAKIET_RETENTION_DAYS } = variablesSchema.parse({});
    expect(page).toContain(`(\`PAKIET_RETENTION_DAYS\`, ${PAKIET_RETENTION_DAYS} by default)`);
    expect(page).toContain(`${ERROR_STATUS.managed_by_zap} \`managed_by_zap\``);
  });

  test('tells the gap that is caught up on as it is', () => {
    const minutes = Number(/off for less than (\d+) minutes/.exec(page)?.[1]);
    const off = {
      enabled: false,
      disabledReason: 'unsubscribed',
      disabledAt: 0,
      disabledPosition: 0,
    } as const;
    expect(gapOf(off, minutes * 60_000 - 1, 9)).toBeNull();
    expect(gapOf(off, minutes * 60_000, 9)).not.toBeNull();
    expect(page).toContain(`off for ${minutes} minutes or more`);
  });

  test('links only to files and headings that there are', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(5);
    for (const [, file, anchor] of links) {
      const url = new URL(file || 'zapier.md', new URL('docs/', root));
      expect([url.pathname, existsSync(url)]).toEqual([url.pathname, true]);
      if (anchor) expect(anchorsOf(readFileSync(url, 'utf8'))).toContain(anchor);
    }
  });

  test('stays under 245 lines', () => {
    expect(page.split('\n').length).toBeLessThan(245);
  });
});

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
