import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { castOf } from '../../simulate/cast.ts';
import type { Dated } from '../../simulate/cloud-requests.ts';
import { conversations, isMessage } from '../../simulate/conversations.ts';
import { cloudFeed, type Feed, type Together, wahaFeed } from '../../simulate/feed.ts';
import { parseBody, type WebhookSource } from '../../src/sources/source.ts';
import { waha } from '../../src/sources/waha.ts';
import { whatsappCloud } from '../../src/sources/whatsapp-cloud.ts';
import type { CanonicalItem } from '../../src/wire/canonical.ts';
import { Random } from '../crash/random.ts';

type MessageItem = Extract<CanonicalItem, { kind: 'message' }>;

const KEY = 'the key';
const EPOCH = 1_780_000_000_000;

interface Kind {
  source: WebhookSource;
  secrets: Record<string, string>;
  feed: (random: Random) => Feed;
  idOf: (id: string) => string;
}

const KINDS: [string, Kind][] = [
  [
    'waha',
    {
      source: waha,
      secrets: { hmac_key: KEY },
      feed: (random) => wahaFeed(random, KEY),
      idOf: (id) => id,
    },
  ],
  [
    'whatsapp-cloud',
    {
      source: whatsappCloud,
      secrets: { app_secret: KEY },
      feed: (random) => cloudFeed(random, KEY),
      idOf: (id) => `wamid.${Buffer.from(id).toString('base64')}`,
    },
  ],
];

const requestsOf = (groups: Together[]) => groups.flatMap(({ requests }) => requests);

/** So many updates, in looks of this size each. */
function looksOf(seed: number, size: number, updates: number): Dated[][] {
  const everything = conversations(castOf(new Random(seed), 4), seed);
  const dated: Dated[] = [];
  for (const happening of everything) {
    if (dated.length === updates) break;
    dated.push({ happening, at: EPOCH + Math.floor(happening.at) });
  }
  return Array.from({ length: Math.ceil(updates / size) }, (_, at) =>
    dated.slice(at * size, (at + 1) * size),
  );
}

describe.each(KINDS)('what the simulator sends as %s', (_, { source, secrets, feed, idOf }) => {
  const received = (groups: Together[]) =>
    requestsOf(groups).flatMap(({ body, headers }) => {
      const rawBody = Buffer.from(body);
      expect(source.verify({ headers, rawBody }, secrets)).toBeNull();
      const { items, dropped } = source.map(parseBody(rawBody));
      for (const reason of ['unreadable', 'invalid', 'unknown_account', 'unsupported'] as const) {
        expect(dropped[reason]).toBeUndefined();
      }
      return items;
    });

  test('is signed, and says each message as it was meant', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 40 }), (seed, size) => {
        const one = feed(new Random(seed, 9));
        const looks = looksOf(seed, size, 200);
        const items = received([...looks.flatMap((look) => one.requests(look)), ...one.closing()]);
        const said = new Map(
          items.flatMap((item) =>
            item.kind === 'message' ? [[item.message.message.message_id, item] as const] : [],
          ),
        );
        const meant = looks.flat().filter(({ happening }) => isMessage(happening));
        expect(said.size).toBe(meant.length);
        for (const { happening, at } of meant) {
          const { account, chat, person, direction, kind, text } = happening;
          const { message, aliases } = said.get(idOf(happening.id)) as MessageItem;
          expect(message.whatsapp_account.phone).toBe(`+${account.phone}`);
          expect(message.message.direction).toBe(direction);
          expect(Math.floor(message.message.timestamp / 1000)).toBe(Math.floor(at / 1000));
          expect(message.message.attachments).toHaveLength(kind === 'attachment' ? 1 : 0);
          if (kind === 'text') expect(message.message.text).toBe(text);
          expect(message.chat.is_group).toBe(chat.groupId !== null);
          if (chat.groupId !== null) {
            expect(message.chat.id).toContain(chat.groupId);
          } else {
            const names = [
              `phone:+${person.phone}`,
              `lid:${person.lid}@lid`,
              `user:${person.userId}`,
            ];
            expect(aliases.length).toBeGreaterThan(0);
            expect(names).toEqual(expect.arrayContaining([...aliases]));
            if (direction === 'received') expect(message.chat.full_name).toBe(person.name);
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  test('has duplicates, and what it counts as new is each message once', () => {
    const one = feed(new Random(5));
    const looks = looksOf(5, 3, 1500);
    const groups = [...looks.flatMap((look) => one.requests(look)), ...one.closing()];
    const sum = (field: 'messages' | 'duplicates') =>
      requestsOf(groups).reduce((total, request) => total + request[field], 0);
    const meant = looks.flat().filter(({ happening }) => isMessage(happening));
    expect(sum('messages')).toBe(meant.length);
    expect(sum('duplicates')).toBeGreaterThan(10);
    const ids = received(groups).flatMap((item) =>
      item.kind === 'message' ? [item.message.message.message_id] : [],
    );
    expect(ids).toHaveLength(sum('messages') + sum('duplicates'));
    expect(new Set(ids).size).toBe(meant.length);
  });
});

describe('the order', () => {
  const idsOf = (source: WebhookSource, groups: Together[]) => {
    const ids = requestsOf(groups).flatMap(({ body }) => {
      const { items } = source.map(JSON.parse(body));
      return items.flatMap((item) =>
        item.kind === 'message' ? [item.message.message.message_id] : [],
      );
    });
    return [...new Set(ids)];
  };
  const meant = looksOf(3, 1500, 1500)
    .flat()
    .flatMap(({ happening }) => (isMessage(happening) ? [happening.id] : []));

  test('is kept by WAHA', () => {
    const one = wahaFeed(new Random(3), KEY);
    expect(idsOf(waha, one.requests(looksOf(3, 1500, 1500).flat()))).toEqual(meant);
  });

  test('is kept within a request of Meta’s, and not between them', () => {
    const decoded = (ids: string[]) =>
      ids.map((id) => Buffer.from(id.replace('wamid.', ''), 'base64').toString());
    const one = cloudFeed(new Random(3), KEY);
    const groups = looksOf(3, 5, 1500).flatMap((look) => one.requests(look));
    for (const group of groups) {
      const ids = decoded(idsOf(whatsappCloud, [group]));
      expect(ids).toEqual(meant.filter((id) => ids.includes(id)));
    }
    const all = decoded(idsOf(whatsappCloud, [...groups, ...one.closing()]));
    expect(all).not.toEqual(meant);
    expect([...all].sort()).toEqual([...meant].sort());
  });

  test('the address books come first, as names without messages', () => {
    const cast = castOf(new Random(3), 2);
    const [books] = cloudFeed(new Random(3), KEY)
      .opening(cast)
      .flatMap(({ requests }) => requests);
    const { items } = whatsappCloud.map(JSON.parse(books?.body ?? ''));
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['contact']));
    expect(items.every((item) => item.kind === 'contact' && item.fullName)).toBe(true);
  });
});
