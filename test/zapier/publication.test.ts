import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, ZObject } from 'zapier-platform-core';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';
import nock from './nocked.ts';
import { BROKEN, type Changes, DROPDOWN, HOST } from './publication/broken.ts';
import { copyOf, type Integration, type Item, type Trigger } from './publication/integration.ts';
import { checkItems, checkListAgainstHook } from './publication/live.ts';
import { put } from './publication/put.ts';
import { lint, RULES } from './publication/rules.ts';
import { app, bundleWith, delivery, run, SERVER } from './support.ts';

const integration = app as unknown as Integration;
const idsOf = (findings: string[]) => [...new Set(findings.map((text) => text.split(' ')[0]))];

test('the integration can be published', async () => {
  await expect(lint(integration)).resolves.toEqual([]);
});

describe('of an integration that is otherwise as it is,', () => {
  let before: string[];
  beforeAll(async () => {
    before = await lint(integration);
  });

  /** The rules that find something once the changes are made. */
  async function broken(changes: Changes) {
    const changed = copyOf(integration);
    for (const [path, value] of Object.entries(changes)) put(changed, path, copyOf(value));
    return idsOf((await lint(changed)).filter((finding) => !before.includes(finding)));
  }

  test.each(BROKEN)('%s finds %s', async (id, _what, changes) => {
    await expect(broken(changes)).resolves.toEqual([id]);
  });

  test('no rule minds a link, an address in backticks or a dropdown as they should be', async () => {
    const helpText =
      'Read [how](https://pakiet.example.com/a?b=c) or <a href="https://pakiet.example.com">why</a>, such as `https://x.example`.';
    await expect(broken({ ...DROPDOWN, [`${HOST}.helpText`]: helpText })).resolves.toEqual([]);
  });

  test('every rule is seen to bite', () => {
    expect([...new Set(BROKEN.map(([id]) => id))].sort()).toEqual(Object.keys(RULES).sort());
  });
});

const group = { full_name: 'Harbour crew', is_group: true, is_new_chat: false, phone: '' };
const inGroup = <P extends { chat: object }>(payload: P) => ({
  ...payload,
  chat: { ...payload.chat, ...group },
});

type Run = (z: ZObject, bundle: Bundle) => Promise<Item[]>;

describe.each([
  { key: 'new_message', payloads: [singleSample, inGroup(singleSample)], first: 'message' },
  {
    key: 'new_message_batch',
    payloads: [bundleSample, inGroup(bundleSample)],
    first: 'messages.0',
  },
])('real items of $key', ({ key, payloads, first }) => {
  const trigger = integration.triggers[key] as Trigger;
  const perform = trigger.operation.perform as Run;
  const performList = trigger.operation.performList as Run;

  async function listedAndLive(): Promise<[Item[], Item[]]> {
    nock(SERVER).get('/api/v1/samples').query(true).reply(200, payloads);
    const listed = await run(performList, bundleWith());
    const live = await Promise.all(payloads.map((payload) => run(perform, delivery(payload))));
    return [listed, live.flat()];
  }

  /** The items with one value put elsewhere; `undefined` takes it away. */
  const changed = (items: Item[], path: string, value?: unknown) =>
    items.map((item) => {
      const copy = copyOf(item);
      put(copy, path, value);
      return copy;
    });

  test('pass Zapier’s checks of a Zap that has run', async () => {
    const [listed, live] = await listedAndLive();
    expect([listed.length, live.length]).toEqual([2, 2]);
    expect(checkItems(trigger, live, 'live')).toEqual([]);
    expect(checkItems(trigger, listed, 'list')).toEqual([]);
    expect(checkListAgainstHook(trigger, listed, live)).toEqual([]);
  });

  test('fail those checks once something is amiss', async () => {
    const [listed, live] = await listedAndLive();
    const undated = changed(live, `${first}.timestamp`, '2021-02-24 16:25');
    const without = changed(live, 'chat.phone');
    const retyped = (items: Item[]) => changed(items, 'chat.is_group', 'no');
    // What is amiss with the real items is for the test above.
    const before = checkItems(trigger, live, 'live');
    const added = (findings: string[]) => idsOf(findings.filter((text) => !before.includes(text)));

    expect(added(checkItems(trigger, undated, 'live'))).toEqual(['T003']);
    expect(added(checkItems(trigger, without, 'live'))).toEqual(['T004']);
    expect(added(checkItems(trigger, retyped(live), 'live'))).toEqual(['T005']);
    expect(added(checkItems(trigger, retyped(listed), 'list'))).toEqual(['Z001']);
    expect(added(checkListAgainstHook(trigger, listed, without))).toEqual(['T006']);
    const more = changed(listed, 'chat.nickname', 'Johnny');
    expect(added(checkListAgainstHook(trigger, more, live))).toEqual(['T006']);
  });
});
