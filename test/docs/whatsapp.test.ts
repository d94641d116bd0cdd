import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { variablesSchema } from '../../src/server/config.ts';
import { native } from '../../src/sources/native.ts';
import { WEBHOOK_SOURCES } from '../../src/sources/registry.ts';
import { DROP_REASONS } from '../../src/sources/source.ts';
import { whatsappCloud } from '../../src/sources/whatsapp-cloud.ts';
import { change, incoming, request } from '../sources/fixtures/whatsapp-cloud.ts';
import { ROOT, run } from '../support/program.ts';

const page = readFileSync(join(ROOT, 'docs/whatsapp.md'), 'utf8');
const section = (title: string) => page.split(/^##+ /m).find((one) => one.startsWith(title)) ?? '';
const rowsOf = (text: string) => text.split('\n').filter((line) => /^\| `/.test(line));
const firstCells = (title: string) =>
  rowsOf(section(title)).flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
const bodies = [...page.matchAll(/-d '(\{[\s\S]*?\})'/g)].map(([, json]) => json as string);

describe('docs/whatsapp.md', () => {
  test('explains every reason for leaving something out, and no other', () => {
    expect([...firstCells('What is left out')].sort()).toEqual([...DROP_REASONS].sort());
  });

  test('names the fields that are read, and no other', () => {
    const fields = firstCells('A business number');
    expect(fields.length).toBeGreaterThan(3);
    for (const field of fields) {
      const { dropped } = whatsappCloud.map(request(change(field as string, {})));
      expect([field, dropped]).toEqual([field, {}]);
    }
  });

  test('has JSON that can be sent', () => {
    expect(bodies).toHaveLength(4);
    for (const body of bodies) expect(() => JSON.parse(body)).not.toThrow();
    for (const { kind } of WEBHOOK_SOURCES) expect(page).toContain(`"kind": "${kind}"`);
  });

  test('hands a sent message over to the chat that Meta’s received ones are in', () => {
    const [sent] = native.map(JSON.parse(bodies.at(-1) as string)).items;
    const [received] = whatsappCloud.map(
      request(incoming({ type: 'text', text: { body: 'Hi' } })),
    ).items;
    if (sent?.kind !== 'message' || received?.kind !== 'message') throw new Error('No messages');
    expect(sent.message.chat.id).toBe(received.message.chat.id);
    expect(sent.message.whatsapp_account).toEqual(received.message.whatsapp_account);
    expect(sent.message.message.origin).toBe('product');
  });

  test('links only to what there is', () => {
    const slug = (title: string) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-');
    const slugs = [...page.matchAll(/^##+ (.*)$/gm)].map(([, title]) => slug(title as string));
    for (const [, target] of page.matchAll(/\]\(#([\w-]+)\)/g)) expect(slugs).toContain(target);
    for (const [, file] of page.matchAll(/\]\(([\w-]+\.md)/g)) {
      expect(readFileSync(join(ROOT, 'docs', file as string), 'utf8')).not.toBe('');
    }
  });

  test('names only settings and options that there are', async () => {
    const variables = [...page.matchAll(/\b(PAKIET_[A-Z_]+|HOST)\b/g)]
      .map(([, name]) => name as string)
      .filter((name) => name !== 'PAKIET_API_KEY');
    expect(Object.keys(variablesSchema.shape)).toEqual(expect.arrayContaining(variables));
    const { stdout } = await run(process.execPath, ['simulate/simulate.ts', '--help']);
    const options = [...section('Without an account').matchAll(/--[a-z]+/g)].map(([one]) => one);
    expect(options.length).toBeGreaterThan(5);
    for (const option of options) expect(stdout).toContain(option);
  });
});
