import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { v4, v7, validate, version } from 'uuid';
import { chatOfMessageId, makeMessageId } from '../../src/store/message-id.ts';

const message = fc.record({
  chatId: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
  seq: fc.integer({ min: 1, max: 2 ** 50 }),
  receivedAt: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
});

describe('the id of a message', () => {
  test('is a UUID that tells the chat', () => {
    fc.assert(
      fc.property(message, (given) => {
        const id = makeMessageId(given);
        expect(validate(id)).toBe(true);
        expect(version(id)).toBe(8);
        expect(chatOfMessageId(id)).toBe(given.chatId);
        expect(chatOfMessageId(id.toUpperCase())).toBe(given.chatId);
      }),
    );
  });

  test('stands in order of time', () => {
    fc.assert(
      fc.property(message, message, (a, b) => {
        fc.pre(a.receivedAt < b.receivedAt);
        expect(makeMessageId(a) < makeMessageId(b)).toBe(true);
      }),
    );
  });

  test('is another for each message of one chat that came at the same moment', () => {
    const ids = Array.from({ length: 4096 }, (_, seq) =>
      makeMessageId({ chatId: 10_000_001, seq, receivedAt: 1000 }),
    );
    expect(new Set(ids).size).toBe(4096);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('is another where a clock set back and a log restored make all the rest alike', () => {
    const ids = Array.from({ length: 50 }, () =>
      makeMessageId({ chatId: 10_000_001, seq: 1, receivedAt: 1000 }),
    );
    expect(new Set(ids).size).toBeGreaterThan(45);
  });

  test('can be made while the clock stands before 1970', () => {
    expect(chatOfMessageId(makeMessageId({ chatId: 5, seq: 1, receivedAt: -1 }))).toBe(5);
  });

  test.each(['', 'abc', '77a28d55-5345-5435-8c72-3a7bcad8ded9', v4(), v7()])(
    'tells no chat where it is none of ours: %j',
    (id) => {
      expect(chatOfMessageId(id)).toBeNull();
    },
  );
});
