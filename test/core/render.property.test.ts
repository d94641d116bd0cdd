import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Rendering, renderBundle, renderSingle } from '../../src/core/render.ts';
import type { Store } from '../../src/store/store.ts';
import { inboundMessageSchema } from '../../src/wire/inbound.ts';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { arrival } from '../support/messages.ts';
import { emptyStore } from '../support/stores.ts';
import { SITE } from '../support/world.ts';

// Whatever people write, the receiver gets what the schemas promise.

const nasty = [
  '<script>alert(1)</script>',
  '</a>',
  "<a href='https://evil.example/'>here</a>",
  '"\'&amp;&lt;<br/>',
  '\r\n',
  '\u2028',
  '👩‍🚀👍🏽',
  '\u202e',
  'مرحبا',
  '\0',
  '\uD83D',
  '{{x}}',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', size: 'medium' }),
  fc.string({ unit: 'grapheme', size: 'medium' }),
  fc.array(fc.constantFrom(...nasty)).map((parts) => parts.join('')),
);
const name = fc.oneof(fc.constant(''), text);
const phone = fc.oneof(fc.constant(''), fc.constant('+48 123-456-789'));
const party = fc.option(fc.record({ full_name: name, phone }), { nil: undefined });
const years = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };

const conversation = fc.record({
  chat: fc.record({ full_name: name, phone, is_group: fc.boolean() }),
  account: fc.record({ fullName: name, email: text }),
  responsible: fc.record({ responsibleName: text, responsibleEmail: text }),
  messages: fc.array(
    fc.record({
      direction: fc.constantFrom('received' as const, 'sent' as const),
      origin: fc.constantFrom('product' as const, 'phone' as const),
      timestamp: fc
        .date({ ...years, noInvalidDate: true })
        .map((date) => date.toISOString().replace(/^[+-]\d+/, '2021')),
      sender: party,
      recipient: party,
      text,
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

let store: Store;
beforeEach(async () => {
  store = await emptyStore();
});

test('every payload parses, survives JSON, and its aggregation has no markup but our own', async () => {
  let chats = 0;
  await fc.assert(
    fc.asyncProperty(conversation, async ({ chat, account, responsible, messages }) => {
      chats += 1;
      // What comes with the same phone number in another account is another chat.
      const ours = `+97255${1_000_000 + chats}`;
      const inbound = messages.map((message, i) =>
        inboundMessageSchema.parse({
          whatsapp_account: { phone: ours },
          chat: { id: `chat-${chats}`, ...chat },
          message: { message_id: `${chats}/${i}`, ...message },
        }),
      );
      const rendering = await store.transaction(async (tx): Promise<Rendering> => {
        const [first] = await tx.messages.append(
          inbound.map((message) => ({ ...arrival(), message, receivedAt: () => chats })),
        );
        if (first?.status !== 'appended') throw new Error('It was not appended');
        await tx.accounts.put(1, ours, account);
        await tx.chats.edit(1, first.chat.id, responsible);
        const stored = await tx.chats.get(1, first.chat.id);
        return { site: SITE, webhook: { createdAt: 0 }, direction: null, ...stored } as Rendering;
      });
      const range = { chatId: rendering.chat.id, fromSeq: 1, direction: null, limit: 10 };
      const logged = await store.read.messages.range(range);

      const bundle = renderBundle(rendering, logged);
      expect(bundlePayloadSchema.parse(JSON.parse(JSON.stringify(bundle)))).toEqual(bundle);
      for (const message of logged) {
        const single = renderSingle(rendering, message);
        expect(singlePayloadSchema.parse(JSON.parse(JSON.stringify(single)))).toEqual(single);
      }
      expect(bundle.messages.map((message) => message.text)).toEqual(
        inbound.map(({ message }) => message.text),
      );
      expect(JSON.stringify(bundle).isWellFormed()).toBe(true);
      expectOnlyOurMarkup(bundle.aggregation, logged[0]?.uuid as string);
    }),
    { numRuns: 150 },
  );
});

function expectOnlyOurMarkup(aggregation: string, uuid: string): void {
  const link = `<a href='https://pakiet.test/permalink/${uuid}/'>here</a>`;
  const [before, after, ...more] = aggregation.split(link);
  expect(more).toEqual([]);
  expect(after).toBe(' to open the conversation in Pakiet');
  expect(before?.replaceAll('<br/>', '')).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
}
