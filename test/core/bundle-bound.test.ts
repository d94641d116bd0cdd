import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openingBytes, weightOf } from '../../src/core/bundle.ts';
import { boundOf } from '../../src/core/bundle-bound.ts';
import { aChat, aMessage, anAccount } from '../support/messages.ts';
import { SITE } from '../support/world.ts';

// What grows most when it is escaped, and what takes most bytes.
const hostile = fc.oneof(
  fc.string({
    unit: fc.constantFrom('"', "'", '&', '<', '\\', '\n', '\u0001', '\u2028', '\u0085'),
  }),
  fc.string({ unit: 'binary' }),
  fc.constant(''),
);

test('no message is heavier than what is said of its size', () => {
  const message = fc.record({
    direction: fc.constantFrom('received' as const, 'sent' as const),
    timestamp: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(253402300799000) }),
    senderName: hostile,
    senderPhone: hostile,
    recipientName: hostile,
    recipientPhone: hostile,
    text: hostile,
  });
  const names = fc.record({ fullName: hostile, phone: hostile });
  fc.assert(
    fc.property(message, names, names, fc.boolean(), (given, ofChat, ofAccount, isGroup) => {
      const context = {
        site: SITE,
        webhook: { createdAt: 0 },
        direction: null,
        chat: aChat({ ...ofChat, isGroup }),
        account: anAccount(ofAccount),
      };
      const logged = aMessage({ ...given, timestamp: given.timestamp.getTime(), seq: 7 });
      const { senderName, senderPhone, recipientName, recipientPhone, text } = logged;
      const octets = Buffer.byteLength(
        [senderName, senderPhone, recipientName, recipientPhone, text].join(''),
      );
      const bound = boundOf(context);
      expect(bound.weight(octets)).toBeGreaterThanOrEqual(weightOf(context, logged));
      expect(bound.opening(octets)).toBeGreaterThanOrEqual(openingBytes(context, logged));
    }),
  );
});
