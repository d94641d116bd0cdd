import { describe, expect, test } from '@jest/globals';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';
import { sign } from '../../src/wire/signature.ts';
import { delivery, failureOf, newMessage, newMessageBatch, run, SECRET } from './support.ts';

const MARKER = 'Let us meet at the harbour at nine';
const single = { ...singleSample, message: { ...singleSample.message, text: MARKER } };
const bundle = {
  ...bundleSample,
  messages: bundleSample.messages.map((message) => ({ ...message, text: MARKER })),
};

type Delivery = ReturnType<typeof delivery>;
const perform = (arrived: Delivery) => run(newMessage.operation.perform, arrived);
const performBatch = (arrived: Delivery) => run(newMessageBatch.operation.perform, arrived);

/** The delivery with other headers. */
const withHeaders = (arrived: Delivery, headers: Record<string, string>): Delivery => ({
  ...arrived,
  rawRequest: { ...arrived.rawRequest, headers },
});

/** The delivery with another raw body, or none. */
function withContent({ rawRequest = {}, ...arrived }: Delivery, content?: string): Delivery {
  const { content: _replaced, ...rest } = rawRequest;
  return { ...arrived, rawRequest: { ...rest, ...(content !== undefined && { content }) } };
}

describe('a delivery that is signed', () => {
  test('becomes one message, its id that of the message', async () => {
    const [item, ...others] = await perform(delivery(single));
    expect(others).toEqual([]);
    const timestamp = '2021-02-24T16:25:29+00:00';
    const message = { ...single.message, timestamp };
    expect(item).toEqual({ ...single, message, id: single.message.message_id });
  });

  test('becomes one batch, with a count, a transcript and the ids of its first and last message', async () => {
    const [item, ...others] = await performBatch(delivery(bundle));
    expect(others).toEqual([]);
    const times = ['2021-02-24T16:25:29+00:00', '2021-02-24T16:30:29+00:00'];
    expect(item).toEqual({
      ...bundle,
      messages: bundle.messages.map((message, at) => ({ ...message, timestamp: times[at] })),
      first_message_timestamp: times[0],
      last_message_timestamp: times[1],
      id: '77a28d55-5345-5435-8c72-3a7bcad8ded9:0b9c5a0e-6f0b-5b1c-9a55-2f6d1c7a3e10',
      message_count: 2,
      transcript: `John Doe (2021-02-24 16:25): ${MARKER}\nJane Smith (2021-02-24 16:30): ${MARKER}`,
    });
  });

  test('gives the same id each time it is sent', async () => {
    const [first] = await performBatch(delivery(bundle, { at: Date.parse('2021-02-24') }));
    const [again] = await performBatch(delivery(bundle, { at: Date.parse('2021-02-25') }));
    expect(again?.id).toBe(first?.id);
  });

  test.each([
    ['as Zapier renames it', (name: string) => name],
    ['in small letters', (name: string) => name.toLowerCase()],
    ['in capitals', (name: string) => name.toUpperCase()],
    ['without the prefix', (name: string) => name.replace(/^Http-/, '')],
    ['as CGI does', (name: string) => name.toUpperCase().replaceAll('-', '_')],
  ])('is recognised by headers named %s', async (_how, rename) => {
    const arrived = delivery(single);
    const headers = Object.entries(arrived.rawRequest?.headers ?? {}).map(
      ([name, value]) => [rename(name), value as string] as const,
    );
    await expect(perform(withHeaders(arrived, Object.fromEntries(headers)))).resolves.toHaveLength(
      1,
    );
  });

  test('counts however old it is', async () => {
    await expect(perform(delivery(single, { at: 0 }))).resolves.toHaveLength(1);
  });

  test('counts when one of several signatures is right, as during a change of secret', async () => {
    const arrived = delivery(single);
    const headers = { ...arrived.rawRequest?.headers } as Record<string, string>;
    headers['Http-Webhook-Signature'] = `v1,AAAA ${headers['Http-Webhook-Signature']}`;
    await expect(perform(withHeaders(arrived, headers))).resolves.toHaveLength(1);
  });

  test('is known by its parsed body when the raw one is missing or rewritten', async () => {
    const arrived = delivery(single);
    const rewritten = JSON.stringify(single, null, 2);
    const expected = await perform(arrived);
    expect(expected).toMatchObject([{ message: { text: MARKER } }]);
    await expect(perform(withContent(arrived))).resolves.toEqual(expected);
    await expect(perform(withContent(arrived, rewritten))).resolves.toEqual(expected);
  });

  test('is read from what was signed, not from a parsed body that differs', async () => {
    const forged = { ...singleSample, message: { ...singleSample.message, text: 'forged' } };
    const arrived = { ...delivery(single), cleanedRequest: forged };
    const [item] = await perform(arrived);
    expect(item?.message.text).toBe(MARKER);
  });

  test.each([
    ['raw', (arrived: Delivery) => arrived],
    ['parsed', (arrived: Delivery) => withContent(arrived)],
  ])('is known by its %s body in any script, quotes and line breaks included', async (_how, as) => {
    const text = 'שלום 👋🏽 ¿qué tal? “so”\n\u2028<b>&amp;</b> "\\" {{bundle.inputData}}';
    const message = { ...single.message, text };
    const [item] = await perform(as(delivery({ ...single, message })));
    expect(item?.message.text).toBe(text);
  });

  test.each([
    ['raw', (arrived: Delivery) => arrived],
    ['parsed', (arrived: Delivery) => withContent(arrived)],
  ])('is known by its %s body though it has a querystring of its own', async (_how, as) => {
    const body = { ...single, querystring: { a: '1' } };
    const arrived = { ...delivery(body), cleanedRequest: body };
    await expect(perform(as(arrived))).resolves.toHaveLength(1);
  });

  test('counts whatever the rest of what subscribing returned looks like', async () => {
    const subscribeData = { id: 'wh_1', secret: SECRET, subscription: null };
    const arrived = { ...delivery(single), subscribeData } as unknown as Delivery;
    await expect(perform(arrived)).resolves.toHaveLength(1);
  });

  test('by a newer server with a field more is let through, without that field', async () => {
    const newer = { ...single, message: { ...single.message, reaction: '👍' } };
    await expect(perform(delivery(newer))).resolves.toEqual(await perform(delivery(single)));
  });
});

describe('a delivery is refused, telling neither secret nor message,', () => {
  const good = delivery(single);
  const otherSecret = `whsec_${Buffer.from('another key').toString('base64')}`;
  const altered = { ...single, chat: { ...single.chat, full_name: 'Mallory' } };

  test.each<[string, Delivery]>([
    ['when another secret signed it', delivery(single, { secret: otherSecret })],
    ['when it is not signed', withHeaders(good, { 'Content-Type': 'application/json' })],
    [
      'when its body was altered',
      withContent({ ...good, cleanedRequest: altered }, JSON.stringify(altered)),
    ],
    [
      'when its id was altered',
      withHeaders(good, {
        ...(good.rawRequest?.headers as Record<string, string>),
        'Http-Webhook-Id': 'msg_2',
      }),
    ],
    [
      'when its time was altered',
      withHeaders(good, {
        ...(good.rawRequest?.headers as Record<string, string>),
        'Http-Webhook-Timestamp': '1700000000',
      }),
    ],
    ['when there is nothing to check it by', { ...good, subscribeData: { id: 'wh_1' } }],
    [
      'when the secret at hand is no key',
      { ...good, subscribeData: { id: 'wh_1', secret: 'whsec_%%%' } as { id: string } },
    ],
    [
      'when the secret at hand is empty',
      { ...good, subscribeData: { id: 'wh_1', secret: '' } as { id: string } },
    ],
    ['when it is empty', { ...good, rawRequest: {}, cleanedRequest: null }],
  ])('%s', async (_when, arrived) => {
    const failure = await failureOf(perform(arrived));
    expect(failure).toMatchObject({ name: 'AppError', code: 'invalid_signature' });
    for (const text of [SECRET, otherSecret, MARKER]) expect(failure.whole).not.toContain(text);
  });

  const { chat: _left, ...without } = single;
  test.each<[string, Delivery]>([
    ['when it is a batch', delivery(bundle)],
    ['when a key is missing', delivery(without)],
    ['when a value is of another type', delivery({ ...single, message: [single.message] })],
  ])('%s instead of a message', async (_when, arrived) => {
    const failure = await failureOf(perform(arrived));
    expect(failure).toMatchObject({ name: 'AppError', code: 'unexpected_payload' });
    for (const text of [SECRET, MARKER]) expect(failure.whole).not.toContain(text);
  });

  test('when it is signed but no JSON', async () => {
    const headers = sign(SECRET, 'msg_1', 0, MARKER);
    const arrived = withContent(withHeaders(good, { ...headers }), MARKER);
    const failure = await failureOf(perform(arrived));
    expect(failure).toMatchObject({ name: 'AppError', code: 'invalid_signature' });
    expect(failure.whole).not.toContain(MARKER);
  });
});
