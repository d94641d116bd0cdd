import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { native } from '../../src/sources/native.ts';
import { WEBHOOK_SOURCES } from '../../src/sources/registry.ts';
import type { Mapped } from '../../src/sources/source.ts';
import { whatsappCloud } from '../../src/sources/whatsapp-cloud.ts';
import type { CanonicalItem } from '../../src/wire/canonical.ts';
import { type Fixture, WAHA_FIXTURES } from './fixtures/waha.ts';
import { CLOUD_FIXTURES, change } from './fixtures/whatsapp-cloud.ts';

const SOURCES = [...WEBHOOK_SOURCES, native];
const FIXTURES: Fixture[] = [...WAHA_FIXTURES, ...CLOUD_FIXTURES];

const ALIAS = /^(phone:\+[1-9]\d{4,18}|lid:\d{1,32}@lid|user:[\w.-]{1,128})$/;
const PHONE = /^\+[1-9]\d{4,18}$/;

const accountOf = (item: CanonicalItem) =>
  item.kind === 'message' ? item.message.whatsapp_account.phone : item.account;

/** What whoever takes the items may rely on. */
function expectSound({ items, dropped }: Mapped): void {
  for (const count of Object.values(dropped)) expect(count).toBeGreaterThan(0);
  for (const item of items) {
    expect(accountOf(item)).toMatch(PHONE);
    const aliases = 'aliases' in item ? item.aliases : [];
    for (const alias of aliases) expect(alias).toMatch(ALIAS);
    expect(new Set(aliases).size).toBe(aliases.length);
    expect(JSON.stringify(item)).not.toMatch(/\\u(0000|d[89ab])/);
  }
}

/** Junk of the kind that breaks readers. */
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    ...[null, '', 0, -1, 1e300, [], {}, [[]], { _serialized: 5 }],
    ...['__proto__', 'a\0b', '\ud800', '_@_', 'true_@_', 'false_1@c.us_', 'x'.repeat(70_000)],
  ),
);

/** The value with what stands at one place replaced. */
function spoil(value: unknown, pick: (below: number) => number, by: unknown): unknown {
  if (typeof value !== 'object' || value === null || pick(4) === 0) return by;
  const keys = Object.keys(value);
  const key = keys[pick(keys.length)];
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[key] = spoil(copy[key], pick, by);
  return copy;
}

describe('every source', () => {
  test('takes any JSON without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), junk, (source, body) => {
        expectSound(source.map(body));
      }),
    );
  });

  test('takes its own requests with anything in them spoilt', () => {
    const spoilt = fc
      .tuple(fc.constantFrom(...FIXTURES), fc.array(junk, { minLength: 1, maxLength: 3 }), fc.gen())
      .map(([{ body }, values, gen]) =>
        values.reduce<unknown>(
          (from, by) => spoil(from, (below) => gen(fc.nat, Math.max(0, below - 1)), by),
          body,
        ),
      );
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), spoilt, (source, body) => {
        expectSound(source.map(body));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a request of the Cloud API', () => {
  type Update = 'received' | 'sent' | 'receipt' | 'reaction' | 'bad';
  const update = fc.constantFrom<Update>('received', 'sent', 'receipt', 'reaction', 'bad');
  const tree = fc.array(fc.array(fc.array(update, { maxLength: 6 }), { maxLength: 4 }), {
    maxLength: 4,
  });

  test('gives each message exactly once, in order, whatever stands beside it', () => {
    fc.assert(
      fc.property(tree, (entries) => {
        let next = 0;
        const expected: string[] = [];
        const one = (kind: Update) => {
          next += 1;
          const id = `wamid.${next}`;
          if (kind === 'bad') return next % 2 ? null : { id, timestamp: {}, type: 'text' };
          if (kind === 'reaction') return { id, from: '16505551234', type: 'reaction' };
          if (kind === 'receipt') return { id, status: 'read' };
          expected.push(`${kind} ${id}`);
          const peer = kind === 'sent' ? 'to' : 'from';
          return { id, [peer]: '16505551234', timestamp: '1749416383', type: 'text', text: {} };
        };
        const changesOf = (updates: Update[]) => {
          const isEcho = updates.includes('sent');
          const list = isEcho ? 'message_echoes' : 'messages';
          const kinds = updates.filter((kind) => kind !== (isEcho ? 'received' : 'sent'));
          const receipts = kinds.filter((kind) => kind === 'receipt').map(one);
          const messages = kinds.filter((kind) => kind !== 'receipt').map(one);
          return change(isEcho ? 'smb_message_echoes' : 'messages', {
            [list]: messages,
            statuses: receipts,
          });
        };
        const body = { entry: entries.map((changes) => ({ changes: changes.map(changesOf) })) };
        const { items, dropped } = whatsappCloud.map(body);
        const given = items.map((item) => {
          if (item.kind !== 'message') throw new Error(`There is a ${item.kind}`);
          return `${item.message.message.direction} ${item.message.message.message_id}`;
        });
        expect(given).toEqual(expected);
        const counted = Object.values(dropped).reduce((sum, count) => sum + count, 0);
        expect(counted + given.length).toBe(next);
      }),
    );
  });
});
