import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fieldsFrom,
  fieldsOf,
  newFields,
  rangeOf,
  readSettings,
} from '../../src/web/webhooks/settings.ts';
import { GRANULARITIES, newWebhookSchema } from '../../src/wire/webhook.ts';
import { aWebhook } from '../support/messages.ts';

const read = (fields: Record<string, unknown>) =>
  readSettings(
    fieldsFrom({
      target_url: 'https://crm.example/hook',
      granularity_hours: '0',
      concurrency: '10',
      ...fields,
    }),
    'en',
  );

test('an empty form leaves to the API what it leaves out', () => {
  const settings = { target_url: 'https://crm.example/hook', granularity_hours: 24 as const };
  const fields = { ...newFields(), target_url: settings.target_url, granularity_hours: '24' };
  const { source: _, ...expected } = newWebhookSchema.parse(settings);
  expect(readSettings(fields, 'en')).toEqual({ ok: true, settings: expected });
});

test.each([
  ['target_url', '', 'required'],
  ['target_url', 'crm.example/hook', 'url'],
  ['target_url', 'ftp://crm.example/hook', 'url'],
  ['target_url', 'https://me:pass@crm.example/', { text: expect.stringMatching(/password/) }],
  ['target_url', `https://crm.example/${'x'.repeat(2048)}`, 'too_long'],
  ['granularity_hours', '', 'choice'],
  ['granularity_hours', '2', 'choice'],
  ['name', 'x'.repeat(201), 'too_long'],
  ['direction', 'up', 'choice'],
  ['chat_type', 'channel', 'choice'],
  ['chats', ['1', 'x'], 'choice'],
  ['whatsapp_accounts', 'x', 'choice'],
  ['concurrency', '', { text: 'Enter a whole number from 1 to 100.' }],
  ['concurrency', '0', { text: 'Enter a whole number from 1 to 100.' }],
  ['concurrency', '1.5', { text: 'Enter a whole number from 1 to 100.' }],
  ['rate_per_second', 'ten', { text: 'Enter a whole number from 1 to 1000.' }],
  ['rate_per_second', '1001', { text: 'Enter a whole number from 1 to 1000.' }],
])('says beside %s what is wrong with %j', (field, value, problem) => {
  expect(read({ [field]: value })).toEqual({ ok: false, problems: { [field]: problem } });
});

test('what a webhook is set to stands in its form, and read again is the same', () => {
  const url = fc.webUrl().filter((text) => text.length < 2048);
  const phone = fc.stringMatching(/^\+[1-9]\d{4,18}$/);
  const few = <Value>(value: fc.Arbitrary<Value>) =>
    fc.uniqueArray(value, { minLength: 1, maxLength: 5 });
  const filters = fc.record(
    {
      whatsapp_accounts: few(phone),
      direction: fc.constantFrom('sent' as const, 'received' as const),
      chat_type: fc.constantFrom('direct' as const, 'group' as const),
      chats: few(fc.stringMatching(/^[1-9]\d{0,14}$/)),
    },
    { requiredKeys: [] },
  );
  const number = (field: 'concurrency' | 'rate_per_second') => fc.integer(rangeOf(field));
  fc.assert(
    fc.property(
      fc.record({
        name: fc.string({ maxLength: 200 }).map((name) => name.trim()),
        targetUrl: url,
        granularityHours: fc.constantFrom(...GRANULARITIES),
        filters,
        concurrency: number('concurrency'),
        rate: fc.option(number('rate_per_second')),
        enabled: fc.boolean(),
      }),
      (given) => {
        const { targetUrl, granularityHours, rate, ...rest } = given;
        expect(readSettings(fieldsOf(aWebhook(given)), 'en')).toEqual({
          ok: true,
          settings: {
            ...rest,
            target_url: targetUrl,
            granularity_hours: granularityHours,
            rate_per_second: rate,
          },
        });
      },
    ),
  );
});
