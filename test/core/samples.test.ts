import { beforeEach, describe, expect, test } from '@jest/globals';
import { newestSamples } from '../../src/core/samples.ts';
import type { Store } from '../../src/store/store.ts';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import type { Filters, Granularity } from '../../src/wire/webhook.ts';
import { appendAll, received, sent } from '../support/chat-log.ts';
import { emptyStore } from '../support/stores.ts';
import { SITE } from '../support/world.ts';

const HOUR = 3_600_000;

let store: Store;
beforeEach(async () => {
  store = await emptyStore();
});

const samples = (granularityHours: Granularity, filters: Filters = {}, workspaceId = 1) =>
  newestSamples(store.read, SITE, workspaceId, { granularityHours, filters }, 100 * HOUR);

const texts = async (granularityHours: Granularity, filters?: Filters) =>
  (await samples(granularityHours, filters)).map((sample) =>
    'message' in sample ? sample.message.text : sample.messages.map(({ text }) => text).join(),
  );

test('where no message matches there are none', async () => {
  expect(await samples(0)).toEqual([]);
  await appendAll(store, [received(0)]);
  expect(await samples(0, { direction: 'sent' })).toEqual([]);
  expect(await samples(0, { chat_type: 'group' })).toEqual([]);
  expect(await samples(0, {}, 2)).toEqual([]);
});

describe('the three newest', () => {
  beforeEach(async () => {
    const other = { chat: { id: 'other', is_group: true } };
    await appendAll(store, [received(0, 'a'), sent(HOUR - 1, 'b'), received(HOUR, 'c')]);
    await appendAll(store, [{ ...received(2 * HOUR, 'd'), ...other }]);
    await appendAll(store, [received(5 * HOUR, 'e'), received(5 * HOUR, 'f')]);
  });

  test('messages, newest first', async () => {
    const single = await samples(0);
    for (const sample of single) singlePayloadSchema.parse(sample);
    expect((await texts(0)).sort()).toEqual(['d', 'e', 'f']);
  });

  test('bundles, cut as a webhook would have cut them', async () => {
    for (const sample of await samples(1)) bundlePayloadSchema.parse(sample);
    expect(await texts(1)).toEqual(['e,f', 'd', 'c']);
    expect(await texts(24)).toEqual(['a,b,c,e,f', 'd']);
  });

  test('of those that pass the filters', async () => {
    expect(await texts(1, { direction: 'sent' })).toEqual(['b']);
    expect(await texts(0, { chat_type: 'group' })).toEqual(['d']);
  });

  test('tell a new chat by its first message', async () => {
    const isNew = (await samples(1)).map(({ chat }) => chat.is_new_chat);
    expect(isNew).toEqual([false, true, false]);
  });
});
