import { describe, expect, test } from '@jest/globals';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { bundleExample, singleExample } from './spec-examples.ts';

test('the example of a single message in the specification parses and stays as it is', () => {
  expect(singlePayloadSchema.parse(singleExample)).toEqual(singleExample);
});

test('the example of a bundle in the specification parses and stays as it is', () => {
  expect(bundlePayloadSchema.parse(bundleExample)).toEqual(bundleExample);
});

describe('what the schemas refuse', () => {
  const { message } = singleExample;
  test.each([
    [
      'a key that is absent',
      { ...singleExample, chat: { ...singleExample.chat, phone: undefined } },
    ],
    ['a key that is unknown', { ...singleExample, extra: '' }],
    ['a third direction', { ...singleExample, message: { ...message, direction: 'lost' } }],
    [
      'an offset with a colon',
      { ...singleExample, message: { ...message, timestamp: '2021-02-24T06:25:29+00:00' } },
    ],
    [
      'another time zone',
      { ...singleExample, message: { ...message, timestamp: '2021-02-24T06:25:29+0200' } },
    ],
  ])('%s', (_what, payload) => {
    expect(singlePayloadSchema.safeParse(payload).success).toBe(false);
  });

  test('a bundle of no messages', () => {
    expect(bundlePayloadSchema.safeParse({ ...bundleExample, messages: [] }).success).toBe(false);
  });
});

test('every field has a title and a description', () => {
  const bare: string[] = [];
  const visit = (path: string, schema: { shape?: object; element?: unknown; meta(): unknown }) => {
    const { title, description } = (schema.meta() ?? {}) as Record<string, string>;
    if (!title || !description) bare.push(path);
    const inner = schema.shape ?? (schema.element as typeof schema | undefined)?.shape ?? {};
    for (const [key, child] of Object.entries(inner)) visit(`${path}.${key}`, child);
  };
  visit('single', singlePayloadSchema);
  visit('bundle', bundlePayloadSchema);
  expect(bare).toEqual([]);
});
