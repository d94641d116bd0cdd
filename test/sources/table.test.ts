import { describe, expect, test } from '@jest/globals';
import { native } from '../../src/sources/native.ts';
import { WEBHOOK_SOURCES, webhookSource } from '../../src/sources/registry.ts';
import { waha } from '../../src/sources/waha.ts';
import { whatsappCloud } from '../../src/sources/whatsapp-cloud.ts';
import { WAHA_FIXTURES } from './fixtures/waha.ts';
import { CLOUD_FIXTURES } from './fixtures/whatsapp-cloud.ts';

const plain = (mapped: object) => JSON.parse(JSON.stringify(mapped));

describe('WAHA', () => {
  test.each(WAHA_FIXTURES)('$name', ({ body, items = [], dropped = {} }) => {
    expect(plain(waha.map(body))).toEqual({ items, dropped });
  });

  test('gives a message the same id whatever form its chat takes and whichever event tells it', () => {
    const ids = ['false_5511@c.us_AC2A', 'false_222@lid_AC2A', 'false_1@g.us_AC2A_222@lid'];
    const told = ids.flatMap((id) =>
      ['message', 'message.any'].map((event) => ({
        event,
        me: { id: '5511900000001@c.us' },
        payload: { id, timestamp: 1, body: 'Oi' },
      })),
    );
    const items = told.flatMap((body) => waha.map(body).items);
    expect(items.filter(({ kind }) => kind === 'message')).toHaveLength(6);
    for (const item of items) {
      expect(item).toMatchObject({ message: { message: { message_id: 'AC2A' } } });
    }
  });
});

describe('what the sender of a WAHA message may make up', () => {
  const told = (id: string, rest: object = {}) =>
    waha.map({
      event: 'message',
      me: { id: '5511900000001@c.us', pushName: 'Ana' },
      payload: { id, timestamp: 1, body: 'Oi', ...rest },
    });

  test('an id that names somebody else as the participant of a group', () => {
    const { items } = told('false_12036300@g.us_X_447700980021@c.us', { participant: '888@lid' });
    expect(JSON.stringify(items)).not.toContain('447700980021');
  });

  test('ids with an underscore, which are different ones', () => {
    const idOf = (id: string) => JSON.stringify(told(id).items.at(-1));
    expect(idOf('false_5511@c.us_AAA_1')).not.toBe(idOf('false_5511@c.us_AAA_2'));
  });

  test('a message that cannot be taken, of which nothing else is believed', () => {
    const { items, dropped } = told('false_5511900000002@c.us_A', { timestamp: 'never' });
    expect([items, dropped]).toEqual([[], { invalid: 1 }]);
  });
});

describe('the WhatsApp Cloud API', () => {
  test.each(CLOUD_FIXTURES)('$name', ({ body, items = [], dropped = {} }) => {
    expect(plain(whatsappCloud.map(body))).toEqual({ items, dropped });
  });
});

describe('the ingest call', () => {
  const good = {
    whatsapp_account: { phone: '+972550000000' },
    chat: { id: 'john' },
    message: { message_id: '1', direction: 'received', timestamp: '2021-02-24T16:25:29Z' },
  };

  test('takes one message, or several, and counts those that are none', () => {
    expect(native.map(good).items).toHaveLength(1);
    const { items, dropped } = native.map({ messages: [{}, good, null, good] });
    expect(items.map(({ kind }) => kind)).toEqual(['message', 'message']);
    expect(dropped).toEqual({ invalid: 2 });
    expect(native.map(undefined)).toEqual({ items: [], dropped: { invalid: 1 } });
  });
});

test('sources are found by their kind', () => {
  for (const source of WEBHOOK_SOURCES) expect(webhookSource(source.kind)).toBe(source);
  expect(webhookSource('evolution')).toBeUndefined();
});
