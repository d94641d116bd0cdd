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
  newMessage,
  newMessageBatch,
  run,
  SERVER,
} from './support.ts';

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
  hours: number;
}

const CASES: Case[] = [
  { trigger: newMessage, payload: singleSample, inputData: {}, hours: 0 },
  { trigger: newMessageBatch, payload: bundleSample, inputData: { granularity: '6' }, hours: 6 },
];

/** Answers the request for samples that a trigger's test in the editor makes. */
const answerSamples = (hours: number, status: number, body: nock.Body) =>
  nock(SERVER, { reqheaders: { authorization: `Bearer ${API_KEY}` } })
    .get('/api/v1/samples')
    .query({ granularity_hours: String(hours) })
    .reply(status, body);

/** Every leaf of an item by its key in Zapier, with its type: `chat__phone`, `messages[]sender__phone`. */
function leavesOf(value: unknown, key = ''): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, `${key}[]`));
  if (typeof value === 'object' && value !== null) {
    const join = key === '' || key.endsWith('[]') ? key : `${key}__`;
    return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, join + name));
  }
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:]+\+\d{4}$/.test(value)) {
    return [[key, 'datetime']];
  }
  if (Number.isInteger(value)) return [[key, 'integer']];
  return [[key, typeof value]];
}

const shapeOf = (item: unknown) => Object.fromEntries(leavesOf(item));

const fieldShape = (fields: readonly PlainOutputField[], prefix = ''): [string, string][] =>
  fields.flatMap(({ key, type = 'string', children }) =>
    children ? fieldShape(children, `${prefix + key}[]`) : [[prefix + key, type]],
  );

describe.each(CASES)('$trigger.key', ({ trigger, payload, inputData, hours }) => {
  const { operation } = trigger;
  const listed = () => run(operation.performList, bundleWith({ inputData }));
  const sampleShape = shapeOf(operation.sample);

  test('keeps the names of the wire and adds to them', () => {
    expect(operation.sample).toMatchObject(payload);
  });

  test.each([
    ['direct', payload],
    ['group', { ...payload, chat: { ...payload.chat, ...inGroup } }],
  ])('has one shape in sample, editor test and live hook, for a %s chat', async (_type, body) => {
    answerSamples(hours, 200, [body]);
    const fromList = await listed();
    const live = await run(operation.perform, delivery(body));
    expect(fromList).toHaveLength(1);
    expect(live).toEqual(fromList);
    expect(shapeOf(live[0])).toEqual(sampleShape);
    expect(Object.keys(live[0] ?? {})).toEqual(Object.keys(operation.sample));
  });

  test('has an output field of the right type for every value of its sample, and no other', () => {
    expect(Object.fromEntries(fieldShape(operation.outputFields))).toEqual(sampleShape);
  });

  test('labels its output fields, each differently', () => {
    const labels = operation.outputFields.flatMap(({ label, children = [] }) => [
      label,
      ...children.map((child) => child.label),
    ]);
    for (const label of labels) expect(label).toMatch(/^([A-Z(][\w)]*)( [A-Z(][\w)]*)*$/);
    expect(new Set(labels).size).toBe(labels.length);
  });

  test('shows nothing, rather than fail, when there is no message yet', async () => {
    answerSamples(hours, 200, []);
    await expect(listed()).resolves.toEqual([]);
  });

  test.each<[string, number, nock.Body, string]>([
    ['no list', 200, payload, 'not_pakiet'],
    ['a list of something else', 200, [{ text: payload.chat.full_name }], 'not_pakiet'],
    ['a refusal', 401, { error: { code: 'unauthorized', message: API_KEY } }, 'refused_api_key'],
    ['an error', 500, payload, 'server_broken'],
  ])('fails without quoting the answer when it is %s', async (_what, status, body, code) => {
    answerSamples(hours, status, body);
    const failure = await failureOf(listed());
    expect(failure).toMatchObject({ name: 'AppError', code });
    expect(failure.whole).not.toContain(API_KEY);
    expect(failure.whole).not.toContain(payload.chat.full_name);
  });
});

test('the messages of a batch are line items', () => {
  const messages = newMessageBatch.operation.outputFields.find(({ key }) => key === 'messages');
  expect(messages?.children?.map(({ key }) => key)).toEqual([
    'direction',
    'timestamp',
    'message_id',
    'sender__full_name',
    'sender__phone',
    'recipient__full_name',
    'recipient__phone',
    'text',
  ]);
});
