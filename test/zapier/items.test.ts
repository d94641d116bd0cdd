import { describe, expect, test } from '@jest/globals';
import type { Bundle, PlainOutputField, ZObject } from 'zapier-platform-core';
import type { BundlePayload, SinglePayload } from '../../src/wire/payload.ts';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';
import nock from './nocked.ts';
import {
  API_KEY,
  bundleWith,
  delivery,
  failureOf,
  JSON_HEADERS,
  newMessage,
  newMessageBatch,
  run,
  SERVER,
} from './support.ts';

/** The times as Zapier wants them, by the regular expression of its own checks: offset with a colon. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/;
const WIRE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/;

const inGroup = { full_name: 'Harbour crew', is_group: true, is_new_chat: false, phone: '' };

type Run = (z: ZObject, bundle: Bundle) => Promise<Record<string, unknown>[]>;

interface Case {
  trigger: {
    key: string;
    operation: {
      perform: Run;
      performList: Run;
      sample: Record<string, unknown>;
      outputFields: PlainOutputField[];
    };
  };
  payload: SinglePayload | BundlePayload;
  inputData: Record<string, unknown>;
  query: Record<string, string>;
}

const CASES: Case[] = [
  {
    trigger: newMessage,
    payload: singleSample,
    inputData: {},
    query: { granularity_hours: '0', direction: 'received' },
  },
  {
    trigger: newMessageBatch,
    payload: bundleSample,
    inputData: { granularity: '6' },
    query: { granularity_hours: '6' },
  },
];

/** Answers the request for samples that a trigger's test in the editor makes. */
const answerSamples = (query: Record<string, string>, status: number, body: nock.Body) =>
  nock(SERVER, { reqheaders: { authorization: `Bearer ${API_KEY}` } })
    .get('/api/v1/samples')
    .query(query)
    .reply(status, body, JSON_HEADERS);

/** Every leaf of an item by its key in Zapier, with its type: `chat__phone`, `messages[]sender__phone`. */
function leavesOf(value: unknown, key = ''): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, `${key}[]`));
  if (typeof value === 'object' && value !== null) {
    const join = key === '' || key.endsWith('[]') ? key : `${key}__`;
    return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, join + name));
  }
  if (typeof value === 'string' && ISO_8601.test(value)) return [[key, 'datetime']];
  if (Number.isInteger(value)) return [[key, 'integer']];
  return [[key, typeof value]];
}

/** The keys at every depth, in their order. */
const orderOf = (item: unknown) => leavesOf(item).map(([key]) => key);

/** What the wire says, times written as Zapier wants them. */
const withZapierTimes = (payload: object): object =>
  JSON.parse(JSON.stringify(payload), (_key, value) =>
    WIRE_TIME.test(value) ? value.replace('+0000', '+00:00') : value,
  );

const shapeOf = (item: unknown) => Object.fromEntries(leavesOf(item));

const fieldShape = (fields: readonly PlainOutputField[], prefix = ''): [string, string][] =>
  fields.flatMap(({ key, type = 'string', children }) =>
    children ? fieldShape(children, `${prefix + key}[]`) : [[prefix + key, type]],
  );

describe.each(CASES)('$trigger.key', ({ trigger, payload, inputData, query }) => {
  const { operation } = trigger;
  const listed = () => run(operation.performList, bundleWith({ inputData }));
  const sampleShape = shapeOf(operation.sample);

  test('keeps the names of the wire and adds to them', () => {
    expect(operation.sample).toMatchObject(withZapierTimes(payload));
  });

  const group = { ...payload, chat: { ...payload.chat, ...inGroup } };
  const shuffled = Object.fromEntries(Object.entries(group).reverse());
  const additional = { ...payload, reactions: ['👍'], chat: { ...payload.chat, colour: 'red' } };

  test.each<[string, object]>([
    ['a direct chat', payload],
    ['a group chat', group],
    ['a server that orders its keys differently', shuffled],
    ['a newer server that adds keys', additional],
  ])('has one shape in sample, editor test and live hook, for %s', async (_whose, body) => {
    answerSamples(query, 200, [body]);
    const fromList = await listed();
    const live = await run(operation.perform, delivery(body));
    expect(fromList).toHaveLength(1);
    expect(live).toEqual(fromList);
    for (const item of [fromList[0], live[0]]) {
      expect(shapeOf(item)).toEqual(sampleShape);
      expect(orderOf(item)).toEqual(orderOf(operation.sample));
    }
  });

  test('writes every time with a colon in its offset, in sample, editor test and live hook', async () => {
    answerSamples(query, 200, [payload]);
    const items = [operation.sample, ...(await listed())];
    items.push(...(await run(operation.perform, delivery(payload))));
    expect(items).toHaveLength(3);
    for (const item of items) {
      const times = JSON.stringify(item).match(/"[^"]*timestamp":"[^"]*"/g) ?? [];
      expect(times.length).toBeGreaterThan(0);
      for (const time of times) expect(time.split('":"')[1]?.slice(0, -1)).toMatch(ISO_8601);
      expect(JSON.stringify(item)).not.toContain('+0000');
    }
  });

  test('has an output field of the right type for every value of its sample, and no other', () => {
    expect(Object.fromEntries(fieldShape(operation.outputFields))).toEqual(sampleShape);
  });

  test('begins with the key that its output fields begin with', () => {
    const [first] = operation.outputFields;
    expect(orderOf(operation.sample)[0]).toBe(first?.key);
  });

  test('labels its output fields, each differently', () => {
    const labels = operation.outputFields.flatMap(({ label, children = [] }) => [
      label,
      ...children.map((child) => child.label),
    ]);
    for (const label of labels) expect(label).toMatch(/^([A-Z(][\w)]*)( [A-Z(][\w)]*)*$/);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of ['Text', 'Name', 'Phone', 'Direction', 'ID']) {
      expect(labels).not.toContain(label);
    }
  });

  test('shows nothing, rather than fail, when there is no message yet', async () => {
    answerSamples(query, 200, []);
    await expect(listed()).resolves.toEqual([]);
  });

  test.each<[string, number, nock.Body, string]>([
    ['no list', 200, payload, 'not_pakiet'],
    ['a list of something else', 200, [{ text: payload.chat.full_name }], 'not_pakiet'],
    ['a refusal', 401, { error: { code: 'unauthorized', message: API_KEY } }, 'refused_api_key'],
    ['an error', 500, payload, 'server_broken'],
  ])('fails without quoting the answer when it is %s', async (_what, status, body, code) => {
    answerSamples(query, status, body);
    const failure = await failureOf(listed());
    expect(failure).toMatchObject({ name: 'AppError', code });
    expect(failure.whole).not.toContain(API_KEY);
    expect(failure.whole).not.toContain(payload.chat.full_name);
  });
});

test('the messages of a batch are line items', () => {
  const messages = newMessageBatch.operation.outputFields.find(({ key }) => key === 'messages');
  expect(messages?.children?.map(({ key }) => key)).toEqual([
    'text',
    'sender__full_name',
    'sender__phone',
    'recipient__full_name',
    'recipient__phone',
    'direction',
    'timestamp',
    'message_id',
  ]);
});
