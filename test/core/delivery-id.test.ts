import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryId } from '../../src/core/delivery-id.ts';

const contents = fc.tuple(
  fc.integer({ min: 1, max: 30 }),
  fc.constantFrom('single' as const, 'bundle' as const),
  fc.integer({ min: 1, max: 30 }),
  fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
);

test('two deliveries have the same id if, and only if, they carry the same', () => {
  fc.assert(
    fc.property(contents, contents, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(deliveryId(...one) === deliveryId(...other)).toBe(same);
      expect(deliveryId(...one)).toBe(deliveryId(...one));
    }),
    { numRuns: 500 },
  );
});

test('an id is one word and never changes from version to version', () => {
  expect(deliveryId(1, 'bundle', 10_000_001, [1, 2, 3])).toBe(
    'msg_3NFNTxl79MmT_3CIg4h8KC3HLYHX-KHo',
  );
});
